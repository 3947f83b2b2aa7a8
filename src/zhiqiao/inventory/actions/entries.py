"""The institution's own words on a patent, and the way of its file through review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from zhiqiao.core.audit import Subject, Work, shortened, unit_of_work
from zhiqiao.inventory.actions.tiers import TierReport, suggest_for
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.policies import CORRECT, move_verb
from zhiqiao.inventory.rules.facts import Replies
from zhiqiao.inventory.rules.statements import (
    EXPLOITATION,
    SELF_GRADES,
    WILLING,
    check_choice,
    check_maturity,
    check_ways,
    lacking_in_file,
)
from zhiqiao.inventory.selectors.entries import entry_to
from zhiqiao.inventory.states import ENTRY_STATES, FILED_COMPLETELY
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class EntryCorrection:
    """All that the institution says about a patent, as it stands after the correction; empty or None: not said."""

    self_grade: str = ""
    willing: str = ""
    accepted_ways: tuple[str, ...] = ()
    maturity: int | None = None
    exploitation: str = ""
    note: str = ""

    @classmethod
    def of(cls, entry: InventoryEntry) -> EntryCorrection:
        """What is said now, to change from."""
        ways = tuple(entry.accepted_ways)
        return cls(entry.self_grade, entry.willing, ways, entry.maturity, entry.exploitation, entry.note)

    def checked(self) -> dict[str, Any]:
        return {
            "self_grade": check_choice("self_grade", self.self_grade, SELF_GRADES),
            "willing": check_choice("willing", self.willing, WILLING),
            "accepted_ways": check_ways(self.accepted_ways),
            "maturity": check_maturity(self.maturity),
            "exploitation": check_choice("exploitation", self.exploitation, EXPLOITATION),
            "note": self.note.strip(),
        }


def correct_entry(*, actor: Actor, entry: InventoryEntry, correction: EntryCorrection) -> InventoryEntry:
    """Write down what the institution says. ``entry`` is the record as the person saw it.

    Raises ``Conflict`` ``entry_changed_meanwhile`` where somebody else wrote to it since, ``Invalid`` as the checks
    of ``rules.statements`` do.
    """
    with unit_of_work(actor) as work:
        standing = entry_to(actor, CORRECT, entry.public_id)
        after = correction.checked()
        before = {field: getattr(standing, field) for field in after}
        if before == after:
            return standing
        unchanged = InventoryEntry.objects.filter(pk=entry.pk, updated_at=entry.updated_at)
        if unchanged.update(**after, updated_at=work.at) != 1:
            raise Conflict("entry_changed_meanwhile", entry=str(entry.public_id))
        subject = Subject("inventory.entry", str(entry.public_id))
        work.record("inventory.correct_entry", subject, shortened(before), shortened(after))
        _suggest_anew(work, [entry.pk])
    return InventoryEntry.objects.get(pk=entry.pk)


def move_entry(*, actor: Actor, entry: InventoryEntry, move: str, note: str = "") -> InventoryEntry:
    """Take the file one step on or back (domain §14).

    Raises ``Conflict`` ``transition_not_allowed`` or ``entry_changed_meanwhile``, ``Invalid`` ``willing_not_said`` or
    ``refusal_needs_reason`` where the file is not complete, ``entry_out_of_stock``.
    """
    with unit_of_work(actor) as work:
        entry = entry_to(actor, move_verb(move), entry.public_id)
        step = ENTRY_STATES.require(entry.state, move)
        if not entry.in_stock:
            raise Invalid("entry_out_of_stock", scope_code=entry.scope_code)
        if step.guard == FILED_COMPLETELY and (lacking := lacking_in_file(entry.willing, entry.note)):
            raise Invalid(lacking, entry=str(entry.public_id))
        standing = InventoryEntry.objects.filter(pk=entry.pk, state=entry.state)
        if standing.update(state=step.target, updated_at=work.at) != 1:
            raise Conflict("entry_changed_meanwhile", entry=str(entry.public_id))
        before, after = (
            {"state": entry.state},
            {"state": step.target, **({"note": note.strip()} if note.strip() else {})},
        )
        work.record(f"inventory.{move}", Subject("inventory.entry", str(entry.public_id)), before, after)
        _suggest_anew(work, [entry.pk])
    return InventoryEntry.objects.get(pk=entry.pk)


def record_replies(*, actor: Actor, patent_id: int, replies: Replies) -> int:
    """Write down what enterprises replied about a patent, as matching counts it. Returns how many entries changed.

    Called by matching when a reply comes in: who replied has no say over the entry itself, so no policy is asked.
    """
    with unit_of_work(actor) as work:
        after = {
            "reply_count": replies.count,
            "reply_mean": replies.mean,
            "intents": replies.intents,
            "buyers": replies.buyers,
        }
        changed: list[int] = []
        for entry in InventoryEntry.objects.filter(patent_id=patent_id):
            before = {field: getattr(entry, field) for field in after}
            if before == after:
                continue
            InventoryEntry.objects.filter(pk=entry.pk).update(**after)
            work.record("inventory.count_replies", Subject("inventory.entry", str(entry.public_id)), before, after)
            changed.append(entry.pk)
        _suggest_anew(work, changed)
    return len(changed)


def _suggest_anew(work: Work, keys: list[int]) -> None:
    """What was said or replied can change the tier that the rules suggest."""
    in_stock = InventoryEntry.objects.filter(pk__in=keys, in_stock=True)
    suggest_for(work, TierReport(), in_stock, timezone.localdate(work.at))
