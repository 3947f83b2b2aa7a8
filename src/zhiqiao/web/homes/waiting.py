"""What waits for a person: what the registers say waits for their role, fees, and lists that came back with faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiqiao.core.models import ImportRun
from zhiqiao.inventory.selectors import TierFilter, fees_due, tiered_list
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.lists import reading
from zhiqiao.kit.paging import count_up_to
from zhiqiao.kit.registers import Register, Waits
from zhiqiao.registry.selectors import imports_visible_to
from zhiqiao.web.homes.keeping import KEPT, MINUTE, is_large, key_for
from zhiqiao.web.pages import BY_NAME

LOOKED_AT: Final = 30  # newest imports
MOST_TROUBLED: Final = 3
URGENCY: Final = {"bad": 0, "warn": 1}


@dataclass(frozen=True)
class Task:
    """One thing that waits: the sentence, a second line, where to do it."""

    text: str | Promise
    detail: str | Promise
    address: str
    icon: str
    tone: str = ""


def waiting_for(actor: Actor) -> list[Task]:
    """Late things first; among equals as the registers stand in the navigation."""
    found = [*_of_registers(actor), *_of_fees(actor), *_of_imports(actor)]
    return sorted(found, key=lambda task: URGENCY.get(task.tone, len(URGENCY)))


def _of_registers(actor: Actor) -> Iterator[Task]:
    for register in registers():
        if not register.open_to(actor):
            continue
        for waits in register.waits:
            if not actor.every_role & waits.roles:
                continue
            if count := _count(register, actor, waits):
                address = f"{reverse(f'{register.name}_list')}?{waits.query}"
                yield Task(waits.words(count), waits.detail, address, waits.icon or register.icon, waits.tone)


def _count(register: Register[Any], actor: Actor, waits: Waits) -> int:
    """In a large register few that wait are found only by looking through all, so their count may be a minute old."""

    def counted() -> int:
        return count_up_to(reading(register, actor, waits.query).records)

    if not is_large(register.records(actor)):
        return counted()
    return cast(int, cache.get_or_set(key_for("waits", actor, register.name, waits.query), counted, MINUTE))


def _of_fees(actor: Actor) -> Iterator[Task]:
    if not BY_NAME["inventory_fees"].open_to(actor):
        return
    found = _fees(actor, timezone.localdate())
    if found is None:
        detail = _("How many is being reckoned and stands here the next time.")
        yield Task(_("Annual fees of the next 90 days"), detail, reverse("inventory_fees"), "calendar-due")
    elif found[0]:
        due, late = found
        words = ngettext(
            "%(count)s annual fee falls due within 90 days", "%(count)s annual fees fall due within 90 days", due
        )
        told = _("%(late)s of them are late already and cost a surcharge.") % {"late": late} if late else ""
        yield Task(words % {"count": due}, told, reverse("inventory_fees"), "calendar-due", "bad" if late else "")


def _fees(actor: Actor, today: date) -> tuple[int, int] | None:
    """How many fall due and how many are late. Reckoning those of a large stock takes seconds: None until
    ``reckon_fees`` has done so, which the page asks for after itself."""
    if not is_large(tiered_list(actor, TierFilter())):
        return _reckoned(actor, today)
    return cast(tuple[int, int] | None, cache.get(key_for("fees", actor, today)))


def reckon_fees(actor: Actor, today: date) -> None:
    """Where it takes long, so that the first page need not wait for it."""
    large = BY_NAME["inventory_fees"].open_to(actor) and is_large(tiered_list(actor, TierFilter()))
    if large and cache.get(key_for("fees", actor, today)) is None:
        cache.set(key_for("fees", actor, today), _reckoned(actor, today), KEPT)


def _reckoned(actor: Actor, today: date) -> tuple[int, int]:
    found = fees_due(actor, today)
    return len(found), found.late


def _of_imports(actor: Actor) -> Iterator[Task]:
    if not BY_NAME["import_list"].open_to(actor):
        return
    for run in _troubled(actor):
        yield Task(
            _("Import %(number)s left out %(rejected)s rows") % {"number": run.number, "rejected": run.rejected}
            if run.rejected
            else _("Import %(number)s could not be read") % {"number": run.number},
            _("Download the report, correct the rows in it, and send it again.")
            if run.rejected
            else _("See there why, correct the file, and send it again."),
            reverse("import_page", args=[run.public_id]),
            "file-import",
            "warn",
        )


def _troubled(actor: Actor) -> list[ImportRun]:
    """The newest import of each sender where it has rows to correct: an older one was sent again since."""
    runs = imports_visible_to(actor).exclude(state__in=[ImportRun.State.UNDONE, ImportRun.State.RUNNING])
    newest: dict[tuple[str, str, int | None], ImportRun] = {}
    for run in runs.order_by("-id")[:LOOKED_AT]:
        newest.setdefault((run.kind, run.sender, run.organisation_id), run)
    bad = [run for run in newest.values() if run.rejected or run.state == ImportRun.State.FAILED]
    return bad[:MOST_TROUBLED]
