"""What waits for a person, what changed, what to do next: from the records, for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiqiao.core.models import ImportRun
from zhiqiao.inventory.selectors import (
    TierFilter,
    coverage,
    fees_due,
    sleepers,
    stock_overview,
    tiered_list,
)
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.paging import count_up_to
from zhiqiao.kit.roles import Role
from zhiqiao.matching.selectors import newest_matches
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.registry.selectors import imports_visible_to, patents_visible_to
from zhiqiao.registry.sending import importable
from zhiqiao.web.pages import BY_NAME

SHOWN: Final = 6  # lines in each box
LOOKED_AT: Final = 30  # newest imports
MOST_TROUBLED: Final = 3


@dataclass(frozen=True)
class Figure:
    """A count that leads to its records."""

    name: str
    count: int
    address: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Task:
    """One thing that waits: the sentence, a second line, where to do it."""

    text: str | Promise
    detail: str
    address: str
    icon: str
    tone: str = ""


def home_of(actor: Actor) -> dict[str, Any]:
    if not BY_NAME["patent_list"].open_to(actor):
        return {"works": False}
    return {
        "works": True,
        "figures": list(_figures(actor)),
        "tasks": list(_tasks(actor)),
        "matches": list(newest_matches(actor)[:SHOWN]),
        "runs": list(imports_visible_to(actor).order_by("-id")[:SHOWN])
        if BY_NAME["import_list"].open_to(actor)
        else [],
        "may_import": importable(actor),
        "sees_stock": BY_NAME["inventory_home"].open_to(actor),
    }


def _figures(actor: Actor) -> Iterator[Figure]:
    patents = patents_visible_to(actor)
    whose = "" if sees_whole_city(actor) else _("Whole city")
    yield Figure(_("Patents in the register"), count_up_to(patents), reverse("patent_list"), whose)
    yield Figure(
        _("In force"),
        count_up_to(patents.filter(status_group="alive")),
        f"{reverse('patent_list')}?status=alive",
        whose,
    )
    if BY_NAME["inventory_home"].open_to(actor):
        yield from _stock_figures(actor)
    needs = needs_visible_to(actor).filter(state="open")
    yield Figure(_("Open needs"), count_up_to(needs), f"{reverse('need_list')}?state=open", whose)


def sees_whole_city(actor: Actor) -> bool:
    """Whose own figures are the city's: nothing is to be told apart."""
    return bool(actor.every_role & {Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR})


def _stock_figures(actor: Actor) -> Iterator[Figure]:
    rows = stock_overview(actor)
    if rows.inventory is None:
        return
    covered = coverage(actor, rows.inventory)
    share = covered.rate(covered.appraised)
    notes = [] if sees_whole_city(actor) else [_("Own institution")]
    if share is not None:
        notes.append(_("%(share)s appraised") % {"share": f"{share:.0%}"})
    yield Figure(_("Counted in stock"), rows.rows_in, f"{reverse('entry_list')}?inside=True", " · ".join(notes))


def _tasks(actor: Actor) -> Iterator[Task]:
    if BY_NAME["inventory_home"].open_to(actor):
        yield from _stock_tasks(actor)
    if BY_NAME["import_list"].open_to(actor):
        yield from _import_tasks(actor)


def _stock_tasks(actor: Actor) -> Iterator[Task]:
    if waiting := count_up_to(tiered_list(actor, TierFilter(awaiting=True))):
        yield Task(
            ngettext(
                "%(count)s patent waits for a decision on its tier",
                "%(count)s patents wait for a decision on their tier",
                waiting,
            )
            % {"count": waiting},
            _("The rules suggest to drop or to watch them; that holds only once a person has confirmed it."),
            f"{reverse('entry_list')}?look=waiting",
            "stack-2",
            "warn",
        )
    dues = fees_due(actor, timezone.localdate())
    if dues:
        late = dues.late
        yield Task(
            ngettext(
                "%(count)s annual fee falls due within 90 days",
                "%(count)s annual fees fall due within 90 days",
                len(dues),
            )
            % {"count": len(dues)},
            _("%(late)s of them are late already and cost a surcharge.") % {"late": late} if late else "",
            reverse("inventory_fees"),
            "calendar-due",
            "bad" if late else "",
        )
    if asleep := count_up_to(sleepers(actor, timezone.localdate())):
        yield Task(
            ngettext("%(count)s funded patent sleeps", "%(count)s funded patents sleep", asleep) % {"count": asleep},
            _("Granted more than five years ago, paid from public funds, no exploitation on record."),
            f"{reverse('entry_list')}?look=asleep",
            "moon",
        )


def _import_tasks(actor: Actor) -> Iterator[Task]:
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
