"""Every register of an invented city as long as its patents. A real city has fewer of all these; what is measured is
whether its pages know."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from big_city import UNIVERSITIES, Row, insert, keep_names, keep_runs

STATES = ("pushed",) * 5 + ("seen",) * 4 + ("answered",) * 10 + ("withdrawn",)
REPLIES = ("interested",) * 20 + ("price", "not_our_field", "already_have", "not_now") * 10 + ("need_meeting",) * 3
SELDOM_REPLIES = ("not_mature", "wrong_contact", "other")
FIRST_PUSH, MINUTES_BETWEEN = datetime(2010, 1, 1, tzinfo=UTC), 28


def widen(rows: int) -> None:
    """Organisations, needs, imports and entries of the filled home brought to as many rows too, by copies with numbers
    of their own, and as many pushes laid. What is there already stays. PostgreSQL then clears up and counts, as its
    autovacuum would have within the hour: its plans rest on that."""
    from django.db import connection, transaction

    from zhiqiao.core.indexing import rebuild
    from zhiqiao.core.statistics import count_what_grew

    with transaction.atomic():
        for widened in (_more_organisations, _more_needs, _more_entries, _more_runs, _pushes):
            widened(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    count_what_grew()
    rebuild("needs")


def _more_organisations(rows: int) -> None:
    from zhiqiao.parties.models import Organisation

    there = list(Organisation.objects.order_by("pk").values_list("name", "name_key", "pinyin", "initials", "kind"))

    def copies() -> Iterator[Row]:
        for key in range(len(there), rows):
            name, name_key, pinyin, initials, kind = there[1 + key % (len(there) - 1)]
            branch = key // len(there)
            yield (
                f"{name}第{branch}分部", f"{name_key}第{branch}分部", f"{pinyin} di {branch} fen bu",
                f"{initials}d{branch}fb", kind,
            )  # fmt: skip

    insert(Organisation, "name name_key pinyin initials kind", copies())
    keep_names(len(there))


def _more_needs(rows: int) -> None:
    from zhiqiao.needs.models import Need

    columns = "title content organisation_id organisation_name deadline state published"
    there = list(Need.objects.order_by("pk").values_list(*columns.split()))
    if there:
        insert(Need, columns, (there[key % len(there)] for key in range(len(there), rows)))


def _more_entries(rows: int) -> None:
    from zhiqiao.inventory.models import InventoryEntry, TierDecision
    from zhiqiao.registry.models import Patent

    columns = "inventory_id organisation_id in_stock scope_code tier suggested_tier score"
    there = list(InventoryEntry.objects.order_by("pk").values_list(*columns.split()))
    taken = set(InventoryEntry.objects.values_list("patent_id", flat=True))
    rest = [key for key in Patent.objects.order_by("pk").values_list("pk", flat=True) if key not in taken]
    last = InventoryEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    asked = max(0, rows - len(there))
    insert(
        InventoryEntry, f"patent_id {columns}", ((key, *there[at % len(there)]) for at, key in enumerate(rest[:asked]))
    )
    fresh = InventoryEntry.objects.filter(pk__gt=last, in_stock=True)
    stands = list(fresh.values_list("pk", "suggested_tier"))
    insert(TierDecision, "entry_id suggested reasons rules_version", ((*row, [], "benchmark") for row in stands))


def _more_runs(rows: int) -> None:
    from zhiqiao.core.models import ImportRun

    columns = "kind sender actor_id actor_name organisation_id state rows created rejected"
    there = list(ImportRun.objects.order_by("pk").values_list(*columns.split()))
    copies = (
        (f"IMP-{key:06d}", f"{key:064d}", *there[key % len(there)]) for key in range(len(there) + 1, rows + 1) if there
    )
    insert(ImportRun, f"number fingerprint {columns}", copies)
    keep_runs(len(there))


def _pushes(rows: int) -> None:
    """One of each patent: one in a hundred to the firm that signs in, as many to the university, the rest to all."""
    from zhiqiao.matching.models import Push
    from zhiqiao.parties.models import Organisation
    from zhiqiao.registry.models import Patent

    there = Push.objects.count()
    patents = list(Patent.objects.order_by("pk").values_list("pk", flat=True)[there:rows])
    houses = Organisation.objects.count() - UNIVERSITIES

    def laid() -> Iterator[Row]:
        chance = random.Random(7)
        for at, patent in enumerate(patents, there):
            house = {17: UNIVERSITIES + 2, 53: 2}.get(at % 100, UNIVERSITIES + 1 + chance.randrange(houses))
            state, day = chance.choice(STATES), FIRST_PUSH + timedelta(minutes=MINUTES_BETWEEN * at)
            reply = chance.choice(SELDOM_REPLIES if at % 5_000 == 9 else REPLIES) if state == "answered" else ""
            seen = None if state == "pushed" else day + timedelta(hours=5)
            yield patent, house, state, at % 3 == 0, "benchmark", day, seen, reply, seen if reply else None

    insert(Push, "patent_id organisation_id state personalised actor_id pushed_at seen_at reply answered_at", laid())
