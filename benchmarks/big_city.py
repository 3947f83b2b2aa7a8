"""A large invented city in a home of its own: as many patents as asked, their holders, needs, stocktaking and trail.

Rows go straight into the tables: what is measured on it is reading, and an import of 300 000 would take as long as all
measurements together. The index is written as the product writes it, but with an encoder that costs nothing: lists do
not ask for meaning.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from invented import OBJECTS, abstract, need, title

Row = tuple[Any, ...]
ORGANISATIONS, NEEDS, RUNS = 20_000, 5_000, 2_000
UNIVERSITIES = 60  # the first of the organisations
PASSWORD = "a-quiet-bridge-2026"  # noqa: S105 -- of an invented city
PEOPLE = {
    "bureau": ("bureau_officer", 0),
    "university": ("holder_manager", 1),
    "enterprise": ("enterprise_member", UNIVERSITIES + 1),
}
FIRST_DAY, DAYS = date(2009, 1, 1), 6_200
GROUPS = [
    f"{section}{number:02d}{letter}"
    for section in "ABCDEFGH"
    for number in (1, 2, 5, 21, 29, 65)
    for letter in "BFHJMQ"
]
KINDS = (("invention",) * 55, ("utility_model",) * 35, ("design",) * 10)
STATUSES = (("alive",) * 62, ("pending",) * 15, ("dead",) * 18, ("restorable",), ("unknown",) * 4)
FUNDINGS = (("unknown",) * 83, ("yes",) * 12, ("no",) * 5)


class NoMeaning:
    """The same text has the same vector; that is all."""

    identity = "no-meaning-1"
    dimension = 8

    def encode_queries(self, texts: Sequence[str]) -> Any:
        values = np.array([[crc32(f"{at}{text}".encode()) % 1000 - 499.5 for at in range(8)] for text in texts])
        values = values.reshape(-1, 8).astype(np.float32)
        return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6)

    encode_passages = encode_queries


def set_up(home: Path, database_url: str | None = None) -> None:
    """Django on that home, in this process."""
    os.environ.update(ZHIQIAO_HOME=str(home), DJANGO_SETTINGS_MODULE="zhiqiao.conf.settings")
    os.environ.pop("ZHIQIAO_DATABASE_URL", None)
    if database_url:
        os.environ["ZHIQIAO_DATABASE_URL"] = database_url
    import django
    from django.conf import settings

    settings.ZHIQIAO_ENCODER = "big_city:NoMeaning"
    django.setup()


def bring_up_to_date() -> None:
    """A new home, or one that was kept while the program went on."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from zhiqiao.core.statistics import count_what_grew

    count_what_grew()  # as the worker does


def build(rows: int) -> None:
    """Fill the empty database of the home that was set up."""
    from django.db import connection, transaction

    share = rows / 300_000
    with transaction.atomic():
        _organisations(max(UNIVERSITIES + 10, int(ORGANISATIONS * share)) if rows else UNIVERSITIES + 10)
        _people()
        _patents(rows)
        _needs(int(NEEDS * share))
        _inventory(rows)
        _runs(int(RUNS * share))
        _trail(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its own worker does in time
    from zhiqiao.core.statistics import count_what_grew

    count_what_grew()
    from zhiqiao.core.indexing import collection_names, rebuild

    for name in collection_names():
        rebuild(name)


def insert(model: Any, columns: str, rows: Iterator[Row]) -> None:
    from zhiqiao.core.bulk import insert_rows

    names = columns.split()
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [name for name in fields if name not in names and not fields[name].primary_key]
    blank = tuple(_plain(fields[name].get_default()) for name in rest)
    # A public id is each record's own, not the default of the first.
    fresh = rest.index("public_id") if "public_id" in rest else None

    def whole() -> Iterator[Row]:
        from zhiqiao.core.models.base import new_public_id

        for row in rows:
            more = list(blank)
            if fresh is not None:
                more[fresh] = _plain(new_public_id())
            yield (*map(_plain, row), *more)

    insert_rows(model, (*names, *rest), whole())


def _plain(value: Any) -> Any:
    from zhiqiao.core.audit import as_column

    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, uuid.UUID) or hasattr(value, "tzinfo"):
        return as_column(value)
    return value.isoformat() if isinstance(value, date) else value


def organisation_name(key: int) -> str:
    """Of the organisation with that running key; the first is the bureau."""
    if key == 1:
        return "示例市市场监督管理局"
    about = OBJECTS[key % len(OBJECTS)]
    if key <= UNIVERSITIES:
        return f"示例{about}大学第{key}分校"
    return f"示例市{chr(0x4E00 + key * 37 % 5000)}{chr(0x4E00 + key * 101 % 5000)}{about}科技有限公司"


def _organisations(count: int) -> None:
    from zhiqiao.kernel.names import organisation_key
    from zhiqiao.parties.models import Organisation
    from zhiqiao.parties.naming import initials, sort_key

    def rows() -> Iterator[Row]:
        for key in range(1, count + 1):
            name = organisation_name(key)
            kind = "authority" if key == 1 else "university" if key <= UNIVERSITIES else "enterprise"
            yield name, organisation_key(name), sort_key(name), initials(name), kind

    insert(Organisation, "name name_key pinyin initials kind", rows())
    keep_names(0)


def keep_names(last: int) -> None:
    """As the product does when it takes an organisation in."""
    from zhiqiao.core.parts import stored
    from zhiqiao.parties.models import Organisation
    from zhiqiao.parties.naming import NAMES

    fresh = Organisation.objects.filter(pk__gt=last)
    NAMES.keep(stored(fresh.values_list("pk", "name_key", "pinyin")))


def _people() -> None:
    from zhiqiao.parties.models import Membership, Organisation, User

    houses = list(Organisation.objects.order_by("pk")[: UNIVERSITIES + 2])
    for name, (role, house) in PEOPLE.items():
        person = User(username=name, display_name=f"示例·{name}")
        person.set_password(PASSWORD)
        person.save()
        Membership.objects.create(user=person, organisation=houses[house], role=role, started_on=date(2024, 1, 1))


def _of(shares: tuple[tuple[str, ...], ...], chance: random.Random) -> str:
    return chance.choice([value for part in shares for value in part])


def holder_of(number: int, organisations: int) -> int:
    """Four in ten patents are a university's, a fifth of those the first one's; the firms share the rest."""
    if number % 10 < 4:
        return 2 if number % 50 < 4 else 2 + number * 7 % (UNIVERSITIES - 1)
    return UNIVERSITIES + 1 + number * 13 % (organisations - UNIVERSITIES)


def _patents(count: int) -> None:
    from zhiqiao.kernel.application_numbers import check_digit
    from zhiqiao.kernel.names import organisation_key
    from zhiqiao.parties.models import Organisation
    from zhiqiao.registry.models import HolderStatement, Patent, PatentHolder

    organisations = Organisation.objects.count()

    def patents() -> Iterator[Row]:
        chance = random.Random(3)
        for key in range(1, count + 1):
            kind, status = _of(KINDS, chance), _of(STATUSES, chance)
            filed = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
            body = f"{filed.year}{'123'[('invention', 'utility_model', 'design').index(kind)]}{key:07d}"
            name = title(chance) + (f"珂{key // 20}系列" if key % 20 < 7 else "")
            symbol = f"{chance.choice(GROUPS)}{chance.randrange(1, 60)}/{chance.randrange(100):02d}"
            symbol = f"{chance.randrange(1, 32):02d}-{chance.randrange(1, 9):02d}" if kind == "design" else symbol
            house = organisation_name(holder_of(key, organisations))
            yield (
                body + check_digit(body), kind, name, abstract(chance, name), filed if key % 100 else None,
                filed + timedelta(days=700) if status in {"alive", "dead"} else None, symbol, [symbol], [house],
                [house], status, {"alive": "授权"}.get(status, ""), _of(FUNDINGS, chance), key % 20 != 19,
            )  # fmt: skip

    columns = (
        "number kind title abstract filed_on granted_on main_class classes applicants holders status_group"
        " status_words funding public"
    )
    insert(Patent, columns, patents())

    def holdings() -> Iterator[Row]:
        for key in range(1, count + 1):
            for ordinal, house in enumerate({holder_of(key, organisations), *([2] if key % 97 == 0 else [])}, 1):
                name = organisation_name(house)
                yield key, "holder", ordinal, name, organisation_key(name), house, house

    insert(PatentHolder, "patent_id role ordinal name name_key organisation_id standing_id", holdings())
    told = (
        (key, holder_of(key, organisations), {"willingness": "愿意转让"}, {"expected_price": "120000"})
        for key in range(5, count + 1, 20)
    )
    insert(HolderStatement, "patent_id organisation_id said money", told)


def _needs(count: int) -> None:
    from zhiqiao.needs.models import Need
    from zhiqiao.parties.models import Organisation

    houses = Organisation.objects.count() - UNIVERSITIES

    def rows() -> Iterator[Row]:
        chance = random.Random(5)
        for key in range(1, count + 1):
            house = UNIVERSITIES + 1 + (0 if key % 100 == 0 else chance.randrange(houses))
            deadline = date(2026, 1, 1) + timedelta(days=chance.randrange(700)) if key % 3 else None
            state = chance.choice(("open", "open", "open", "answered", "closed"))
            text = need(chance)
            yield text[:20], text, house, organisation_name(house), deadline, state, key % 10 < 6

    insert(Need, "title content organisation_id organisation_name deadline state published", rows())


def _inventory(count: int) -> None:
    from zhiqiao.inventory.models import Inventory, InventoryEntry, TierDecision
    from zhiqiao.parties.models import Organisation

    held = Inventory.objects.create(name="示例盘点", cutoff_on=date(2025, 12, 31))
    organisations = Organisation.objects.count()
    tiers = ("base", "convertible", "promoted", "fast", "watch", "abandon", "")

    def entries() -> Iterator[Row]:
        for key in range(1, count + 1):
            house = holder_of(key, organisations)
            if house <= UNIVERSITIES:
                stays, tier = key % 3 > 0, tiers[key * 11 % 7]
                code = "in_stock" if stays else "granted_after_cutoff"
                yield held.pk, key, house, stays, code, tier, tier, key % 1000 / 10 if key % 4 else None

    columns = "inventory_id patent_id organisation_id in_stock scope_code tier suggested_tier score"
    insert(InventoryEntry, columns, entries())
    reasons = [{"code": "appraised_below", "facts": {"total": 31.5, "below": 40.0}}]
    rows = list(InventoryEntry.objects.filter(in_stock=True).values_list("pk", "suggested_tier"))
    insert(TierDecision, "entry_id suggested reasons rules_version", ((*row, reasons, "benchmark") for row in rows))


def _runs(count: int) -> None:
    from zhiqiao.core.models import ImportRun

    def rows() -> Iterator[Row]:
        for key in range(1, count + 1):
            sender, house = (organisation_name(2), 2) if key % 10 == 0 else ("示例", None)
            yield "patents", f"IMP-{key:06d}", sender, "x", "示例", house, f"{key:064d}", "done", 30, 20, 10

    columns = "kind number sender actor_id actor_name organisation_id fingerprint state rows created rejected"
    insert(ImportRun, columns, rows())
    keep_runs(0)


def keep_runs(last: int) -> None:
    from zhiqiao.core.importing import RUNS
    from zhiqiao.core.models import ImportRun
    from zhiqiao.core.parts import stored

    fresh = ImportRun.objects.filter(pk__gt=last).values_list("pk", "number", "sender", "actor_name")
    RUNS.keep((key, " ".join(told), "") for key, *told in stored(fresh))


def _trail(count: int) -> None:
    from django.utils import timezone

    from zhiqiao.core.models import AuditEntry
    from zhiqiao.registry.models import Patent

    now, transaction, size = timezone.now(), uuid.uuid4(), 2_000
    # Read before: PostgreSQL answers no question while it takes rows in.
    patents = list(Patent.objects.order_by("pk").values_list("public_id", flat=True)[:count])

    def rows() -> Iterator[Row]:
        nonlocal transaction
        for at, public_id in enumerate(patents):
            transaction = uuid.uuid4() if at % size == 0 else transaction
            yield (
                transaction, at % size, size, now, "console:示例", "registry.import_patent", "patent", str(public_id),
                "{}",
            )  # fmt: skip

    insert(AuditEntry, "transaction ordinal size at actor_id action subject_type subject_id content", rows())
