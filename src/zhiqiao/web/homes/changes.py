"""What changed in the last seven days, newest first; what is newer than the last visit is marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from zhiqiao.core.models import AuditEntry, Job
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.selectors import newest_matches
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.acting import names_of
from zhiqiao.parties.jobselectors import jobs_visible_to
from zhiqiao.registry.selectors import imports_visible_to
from zhiqiao.web.pages import BY_NAME
from zhiqiao.wording import TONES, label, trail_word

SPAN: Final = timedelta(days=7)
SHOWN: Final = 8
OF_EACH: Final = 4
LOOKED_AT: Final = 200  # newest entries of the trail
LOGIN: Final = "parties.user"
TOLD: Final = frozenset({
    "core.undo_import", "inventory.confirm_tier", "inventory.freeze", "inventory.begin", "needs.close_need",
    "needs.publish_need", "needs.hide_need", "parties.merge_organisations", "parties.grant_role", "parties.end_role",
    "parties.create_user", "parties.close_login",
})  # fmt: skip
"""Decisions of people; the rest of the trail is the machine's own work or told by other lines."""
ENDED: Final = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


@dataclass(frozen=True)
class Change:
    text: str | Promise
    detail: str | Promise
    address: str
    icon: str
    at: datetime
    word: str = ""
    tone: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class Changes:
    """``last_visit``: when this person logged in the time before; None at the first time."""

    lines: list[Change]
    last_visit: datetime | None


def changes_for(actor: Actor) -> Changes:
    since = timezone.now() - SPAN
    visit = last_visit(actor)
    found = [*_imports(actor, since), *_matches(actor, since), *_needs(actor, since), *_work(actor, since)]
    found += _trail(actor, since)
    newest = sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]
    return Changes([_marked(change, visit) for change in newest], visit)


def _marked(change: Change, visit: datetime | None) -> Change:
    return Change(**(vars(change) | {"fresh": visit is not None and change.at > visit}))


def last_visit(actor: Actor) -> datetime | None:
    logins = AuditEntry.objects.filter(subject_type=LOGIN, subject_id=actor.actor_id, action="parties.log_in")
    return logins.order_by("-id").values_list("at", flat=True)[1:2].first()


def _imports(actor: Actor, since: datetime) -> Iterator[Change]:
    if not BY_NAME["import_list"].open_to(actor):
        return
    for run in imports_visible_to(actor).filter(created_at__gte=since).order_by("-id")[:OF_EACH]:
        counts = {"created": f"{run.created:,}", "updated": f"{run.updated:,}", "rejected": f"{run.rejected:,}"}
        yield Change(
            f"{label(run.kind)} · {run.sender}",
            _("%(created)s new, %(updated)s changed, %(rejected)s rejected") % counts,
            reverse("import_page", args=[run.public_id]),
            "file-import",
            run.finished_at or run.created_at,
            label(run.state),
            TONES.get(run.state, ""),
        )


def _matches(actor: Actor, since: datetime) -> Iterator[Change]:
    if not BY_NAME["need_list"].open_to(actor):
        return
    own = newest_matches(actor).filter(computed_at__gte=since)
    if actor.holds(Role.ENTERPRISE_MEMBER):
        own = own.filter(need__organisation_id__in=actor.organisations)
    told: set[int] = set()
    for match in own[: OF_EACH * 3]:
        if match.need_id in told or len(told) == OF_EACH:
            continue
        told.add(match.need_id)
        yield Change(
            match.need.title, match.patent.title, reverse("need_page", args=[match.need.public_id]), "sparkles",
            match.computed_at, match.get_relevance_display(), TONES.get(match.relevance, ""),
        )  # fmt: skip


def _needs(actor: Actor, since: datetime) -> Iterator[Change]:
    if not BY_NAME["need_list"].open_to(actor):
        return
    for need in needs_visible_to(actor).filter(created_at__gte=since).order_by("-id")[:OF_EACH]:
        yield Change(
            need.title, _("Need stated by %(firm)s") % {"firm": need.organisation_name or _("a firm")},
            reverse("need_page", args=[need.public_id]), "bulb", need.created_at,
        )  # fmt: skip


def _work(actor: Actor, since: datetime) -> Iterator[Change]:
    """Work that ended; imports are told above."""
    page = BY_NAME.get("job_list")
    if page is None or not page.open_to(actor):
        return
    jobs: QuerySet[Job] = jobs_visible_to(actor).filter(state__in=ENDED, finished_at__gte=since)
    for job in jobs.exclude(kind="import").order_by("-id")[:OF_EACH]:
        yield Change(
            label(job.kind), job.actor_name, reverse("job_page", args=[job.public_id]), "list-details",
            job.finished_at or job.created_at, label(job.state), TONES.get(job.state, ""),
        )  # fmt: skip


def _trail(actor: Actor, since: datetime) -> Iterator[Change]:
    if not BY_NAME["audit_list"].open_to(actor):
        return
    newest = AuditEntry.objects.order_by("-id").values_list("at", "action", "actor_id")[:LOOKED_AT]
    told = [entry for entry in newest if entry[1] in TOLD and entry[0] >= since]
    often = Counter((action, who) for _at, action, who in told)
    last = {(action, who): at for at, action, who in reversed(told)}
    names = names_of({who for _action, who in often})
    for (action, who), at in sorted(last.items(), key=lambda each: each[1], reverse=True)[:OF_EACH]:
        times = f" × {often[action, who]}" if often[action, who] > 1 else ""
        yield Change(f"{trail_word(action)}{times}", names[who], reverse("audit_list"), "shield-check", at)
