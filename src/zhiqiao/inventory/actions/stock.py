"""Taking stock: which patents count for which institution, and why the others do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction

from zhiqiao.core.audit import Subject, Work, as_column, unit_of_work
from zhiqiao.core.models.base import new_public_id
from zhiqiao.inventory.actions.chunks import Progress, add_rows, change_rows, key_chunks, no_progress
from zhiqiao.inventory.actions.statements import adopt_statements
from zhiqiao.inventory.models import Inventory, InventoryEntry
from zhiqiao.inventory.policies import ENTRIES, FREEZE, INVENTORIES, TAKE_STOCK
from zhiqiao.inventory.rules.facts import PatentFacts
from zhiqiao.inventory.rules.scope import NO_LONGER_HELD, WITHDRAWN, Scope, scope_of
from zhiqiao.inventory.selectors.facts import known_expiry
from zhiqiao.inventory.states import ENTRY_STATES
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.roles import STOCK_HOLDERS
from zhiqiao.registry.models import Patent, PatentHolder

ENTRY_COLUMNS: Final = (
    "public_id", "created_at", "updated_at", "inventory_id", "patent_id", "organisation_id", "in_stock", "scope_code",
    "state", "self_grade", "willing", "accepted_ways", "exploitation", "note", "reply_count", "intents", "buyers",
    "tier", "suggested_tier",
)  # fmt: skip
UNSAID: Final = ("", "", "[]", "", "", 0, 0, 0, "", "")
"""From ``self_grade`` to ``suggested_tier``: nobody has said or counted anything yet."""

PATENT_COLUMNS: Final = (
    "id", "public_id", "kind", "status_group", "status_phase", "status_as_of", "filed_on", "granted_on", "expires_on",
    "withdrawn_at",
)  # fmt: skip


@dataclass
class StockReport:
    """What a stocktaking found.

    ``codes`` counts entries by scope code; ``without_institution`` patents that no institution or state-owned firm
    holds and that therefore have no entry; ``statements`` entries that took over what the holder's list says.
    """

    inventory: Inventory
    codes: Counter[str] = field(default_factory=Counter)
    patents: int = 0
    without_institution: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    statements: int = 0


def yearly_inventory(cutoff: date) -> str:
    """What a year's stocktaking is called."""
    return f"{cutoff.year}年存量专利盘点"


def take_stock(
    *, actor: Actor, inventory_name: str, cutoff: date, today: date, progress: Progress = no_progress
) -> StockReport:
    """Enter every institution's patents into the stocktaking, in or out with the reason (domain §1.2).

    The same again changes nothing; after new imports it brings the entries up to date until the stocktaking is
    frozen. Raises ``Conflict`` ``inventory_frozen`` or ``inventory_cutoff_differs``, ``Invalid``
    ``cutoff_in_future``.
    """
    ENTRIES.require(actor, TAKE_STOCK)
    if cutoff > today:
        raise Invalid("cutoff_in_future", cutoff=cutoff, today=today)
    report = StockReport(_open_inventory(actor, inventory_name, cutoff))
    patents = Patent.objects.all()
    total, done = patents.count(), 0
    for keys in key_chunks(patents):
        with unit_of_work(actor) as work:
            _enter_chunk(work, report, keys)
        done += len(keys)
        progress(done, max(total, done), "take_stock")
    return report


def freeze_inventory(*, actor: Actor, inventory: Inventory) -> Inventory:
    """Fix which patents count, so that coverage has one denominator from now on (domain §1.5).

    Raises ``Conflict`` ``inventory_frozen``.
    """
    INVENTORIES.require(actor, FREEZE)
    with unit_of_work(actor) as work:
        still_open = Inventory.objects.filter(pk=inventory.pk, frozen_at__isnull=True)
        if still_open.update(frozen_at=work.at, frozen_by=actor.actor_id) != 1:
            raise Conflict("inventory_frozen", inventory=inventory.name)
        subject = Subject("inventory.inventory", str(inventory.public_id))
        work.record("inventory.freeze", subject, {"frozen_at": None}, {"frozen_at": work.at.isoformat()})
    inventory.refresh_from_db()
    return inventory


def _open_inventory(actor: Actor, name: str, cutoff: date) -> Inventory:
    inventory = Inventory.objects.filter(name=name).first() or _new_inventory(actor, name, cutoff)
    if inventory.cutoff_on != cutoff:
        raise Conflict("inventory_cutoff_differs", inventory=name, cutoff=inventory.cutoff_on)
    if inventory.frozen_at is not None:
        raise Conflict("inventory_frozen", inventory=name)
    return inventory


def _new_inventory(actor: Actor, name: str, cutoff: date) -> Inventory:
    if not name.strip():
        raise Invalid("inventory_name_empty")
    with unit_of_work(actor) as work:
        try:
            with transaction.atomic():
                inventory = Inventory.objects.create(name=name, cutoff_on=cutoff)
        except IntegrityError:  # somebody else began the same stocktaking a moment ago
            return Inventory.objects.get(name=name)
        subject = Subject("inventory.inventory", str(inventory.public_id))
        work.record("inventory.begin", subject, None, {"name": name, "cutoff_on": cutoff.isoformat()})
    return inventory


def _enter_chunk(work: Work, report: StockReport, keys: list[int]) -> None:
    inventory = report.inventory
    # Writing the row, though nothing changes, holds it until the commit: nobody freezes it under the chunk's feet.
    if Inventory.objects.filter(pk=inventory.pk, frozen_at__isnull=True).update(frozen_by="") != 1:
        raise Conflict("inventory_frozen", inventory=inventory.name)
    wanted: dict[tuple[int, int], Scope] = {}
    holdings = _current_holdings(keys)
    known = _known_entries(inventory, keys)
    for row in Patent.objects.filter(pk__in=keys).values(*PATENT_COLUMNS):
        owners = {} if row["withdrawn_at"] else holdings.get(row["id"], {})
        report.patents += 1
        report.without_institution += not owners
        facts = _scope_facts(row)
        for organisation, first in owners.items():
            wanted[row["id"], organisation] = scope_of(facts, inventory.cutoff_on, first_holder=first)
        for organisation in known.get(row["id"], set()) - set(owners):
            wanted[row["id"], organisation] = Scope(False, WITHDRAWN if row["withdrawn_at"] else NO_LONGER_HELD)
    _write_entries(work, report, keys, wanted)
    report.statements += adopt_statements(work, inventory, keys)


def _scope_facts(row: dict[str, Any]) -> PatentFacts:
    return PatentFacts(
        kind=row["kind"],
        status_group=row["status_group"],
        status_phase=row["status_phase"],
        status_as_of=row["status_as_of"],
        filed_on=row["filed_on"],
        granted_on=row["granted_on"],
        expires_on=known_expiry(row["kind"], row["filed_on"], row["expires_on"]),
    )


def _current_holdings(keys: Sequence[int]) -> dict[int, dict[int, bool]]:
    """By patent: the institutions that hold it now, and whether as the first holder. Right holders where any are
    known, else the applicants; a merged institution counts as the one that lives on."""
    rows = PatentHolder.objects.filter(patent_id__in=keys, valid_to__isnull=True, superseded_at__isnull=True)
    columns = rows.values_list(
        "patent_id", "role", "ordinal", "organisation_id", "organisation__merged_into_id", "organisation__kind"
    )
    by_patent: dict[int, list[tuple[str, int, int | None, str | None]]] = defaultdict(list)
    for patent, role, ordinal, organisation, merged_into, kind in columns:
        by_patent[patent].append((role, ordinal, merged_into or organisation, kind))
    return {patent: dict(_institutions(held)) for patent, held in by_patent.items()}


def _institutions(held: list[tuple[str, int, int | None, str | None]]) -> Iterator[tuple[int, bool]]:
    holders = [each for each in held if each[0] == PatentHolder.Role.HOLDER] or held
    first = min(ordinal for _, ordinal, _, _ in holders)
    # The first place comes last, so that an institution named twice keeps it.
    for _, ordinal, organisation, kind in sorted(holders, key=lambda each: -each[1]):
        if organisation is not None and kind in STOCK_HOLDERS:
            yield organisation, ordinal == first


def _known_entries(inventory: Inventory, keys: Sequence[int]) -> dict[int, set[int]]:
    known: dict[int, set[int]] = defaultdict(set)
    rows = InventoryEntry.objects.filter(inventory=inventory, patent_id__in=keys)
    for patent, organisation in rows.values_list("patent_id", "organisation_id"):
        known[patent].add(organisation)
    return known


def _write_entries(work: Work, report: StockReport, keys: Sequence[int], wanted: dict[tuple[int, int], Scope]) -> None:
    rows = InventoryEntry.objects.filter(inventory=report.inventory, patent_id__in=keys)
    columns = rows.values_list("patent_id", "organisation_id", "pk", "public_id", "in_stock", "scope_code")
    known = {(patent, organisation): tuple(rest) for patent, organisation, *rest in columns}
    fresh, changed = [], []
    at = as_column(work.at)
    for (patent, organisation), scope in wanted.items():
        report.codes[scope.code] += 1
        old = known.get((patent, organisation))
        after = {"in_stock": scope.in_stock, "scope_code": scope.code}
        if old is None:
            public = new_public_id()
            place = (report.inventory.pk, patent, organisation, scope.in_stock, scope.code, ENTRY_STATES.initial)
            fresh.append((as_column(public), at, at, *place, *UNSAID))
            work.record("inventory.enter", Subject("inventory.entry", str(public)), None, after)
            continue
        pk, name, in_stock, code = old
        if (in_stock, code) == (scope.in_stock, scope.code):
            report.unchanged += 1
            continue
        changed.append((scope.in_stock, scope.code, at, pk))
        before = {"in_stock": in_stock, "scope_code": code}
        work.record("inventory.rescope", Subject("inventory.entry", str(name)), before, after)
    add_rows(InventoryEntry, ENTRY_COLUMNS, fresh)
    change_rows(InventoryEntry, ("in_stock", "scope_code", "updated_at"), changed)
    report.created += len(fresh)
    report.changed += len(changed)
