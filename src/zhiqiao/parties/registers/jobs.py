"""The registers of long work and of what the clock asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from zhiqiao.core.jobprogress import JobProgress, progress_of
from zhiqiao.core.jobqueue import handler_paths
from zhiqiao.core.models import Job, Schedule
from zhiqiao.core.schedules import UNFINISHED, next_due
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_or_none
from zhiqiao.kit.columns import Column, Kind
from zhiqiao.kit.filters import Filters, Records, choice, labelled, search_box, since, until
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Change, Move, Register, View, Waits
from zhiqiao.kit.roles import EVERY_ROLE, Role
from zhiqiao.parties.actions.jobs import cancel_job, retry_job
from zhiqiao.parties.actions.schedules import change_schedule, run_schedule_now, switch_schedule
from zhiqiao.parties.jobpolicies import CANCEL, CHANGE, RETRY, RUN, SWITCH, VIEW_CONTENT
from zhiqiao.parties.jobpolicies import JOBS as JOBS_POLICY
from zhiqiao.parties.jobpolicies import SCHEDULES as SCHEDULES_POLICY
from zhiqiao.parties.jobselectors import jobs_visible_to, schedules_visible_to
from zhiqiao.wording import label, refusal, work_failure

FRESH = timedelta(days=7)
ENDED_BADLY = (Job.State.FAILED, Job.State.CANCELLED)
FAILURES_SHOWN = 50  # of the result's first ones; the report has all
KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.BUREAU_OFFICER})


class JobFilter(Filters):
    q = search_box(_("Person or kind of work"))
    kind = choice(_("What"), lambda: labelled(handler_paths()))
    state = choice(_("State"), lambda: labelled(Job.State.values))
    asked = choice(_("Asked for by"), [("me", _("Myself"))], method="by_asker")
    ended = choice(_("Ended at"), [("week", _("In the last seven days"))], method="by_end")
    asked_since = since(_("Asked for since"), "created_at__date")
    asked_until = until(_("Asked for until"), "created_at__date")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        kinds = [kind for kind in handler_paths() if words.lower() in label(kind).lower()]
        return records.filter(Q(actor_name__icontains=words) | Q(kind__in=kinds))

    def by_asker(self, records: Records, name: str, value: str) -> Records:
        return records.filter(actor_id=self.request.actor.actor_id)

    def by_end(self, records: Records, name: str, value: str) -> Records:
        return records.filter(finished_at__gte=timezone.now() - FRESH)


def attach(actor: Actor, jobs: Sequence[Job]) -> None:
    """What was done and why it failed can hold records: put beside the job for those alone who may read them."""
    for job in jobs:
        open_to_them = JOBS_POLICY.may(actor, VIEW_CONTENT, job)
        told = (job.result or {}) if open_to_them else {}
        job.told = told  # type: ignore[attr-defined]  # for the columns below
        job.move_told = move_of(job) if open_to_them else ""  # type: ignore[attr-defined]  # as above


def move_of(job: Job) -> str:
    """The step that a job takes on many records, as their page calls it; empty for other work."""
    register = register_or_none(job.arguments.get("register", ""))
    move = register.move_named(job.arguments.get("move", "")) if register else None
    return f"{register.title}: {move.label}" if register and move else ""


def told_of(job: Job) -> dict[str, Any]:
    """Nothing where nobody has asked who reads it."""
    told: dict[str, Any] = vars(job).get("told", {})
    return told


def progress(job: Job) -> JobProgress:
    return progress_of(job, timezone.now())


def counts_of(job: Job) -> str:
    return "\n".join(f"{label(name)}: {count}" for name, count in told_of(job).get("counts", {}).items())


def facts_of(job: Job) -> str:
    facts = [f"{label(name)}: {value}" for name, value in told_of(job).get("about", {}).items()]
    return "\n".join(filter(None, [vars(job).get("move_told", ""), *facts]))


def failures_of(job: Job) -> str:
    failed = told_of(job).get("failed", [])[:FAILURES_SHOWN]
    return "\n".join(f"{each['subject']}: {work_failure(each['code'], each['facts'])}" for each in failed)


def why_failed(job: Job) -> str:
    """The code alone in words: its text can hold a record's values."""
    return work_failure(job.failure["code"]) if job.failure else ""


def cancel(actor: Actor, job: Job, said: Mapping[str, Any]) -> Job:
    return cancel_job(actor=actor, job=job)


def retry(actor: Actor, job: Job, said: Mapping[str, Any]) -> Job:
    return retry_job(actor=actor, job=job)


def going(job: Job) -> bool:
    return job.state in UNFINISHED and not job.cancel_requested


JOBS: Register[Job] = Register(
    name="job",
    path="jobs",
    model=Job,
    subject="core.job",
    title=_("Work in hand"),
    one=_("Work"),
    icon="list-details",
    group=_("System"),
    lead=_("What takes longer than a page: how far it is, what came of it, what failed and why."),
    help=_(
        "Long work goes on when you leave the page, and when a machine fails it is taken up where it stopped. It can "
        "be cancelled, and tried again after it failed or was cancelled; what was done so far is not done twice."
    ),
    empty=_("No long work yet. An import, an appraisal or a schedule brings the first."),
    policy=JOBS_POLICY,
    records=jobs_visible_to,
    named=lambda job: label(job.kind),
    roles=EVERY_ROLE,
    navigation=frozenset({Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.SYSTEM_ADMIN}),
    columns=(
        Column("kind", _("What"), lambda job: job.kind, Kind.TAG),
        Column("state", _("State"), lambda job: job.state, Kind.CODE),
        Column("percent", _("Done (%)"), lambda job: progress(job).percent, Kind.COUNT),
        Column("stage", _("Stage"), lambda job: label(job.stage)),
        Column("seconds_left", _("Seconds left"), lambda job: progress(job).seconds_left, Kind.COUNT, shown=False),
        Column("done", _("Done so far"), lambda job: job.progress_done, Kind.COUNT, shown=False),
        Column("total", _("To do"), lambda job: job.progress_total, Kind.COUNT, shown=False),
        Column("by", _("Asked for by"), lambda job: job.actor_name),
        Column("asked_at", _("Asked for"), lambda job: job.created_at, Kind.MOMENT, sort="-new"),
        Column("started_at", _("Began"), lambda job: job.started_at, Kind.MOMENT, shown=False),
        Column("finished_at", _("Ended at"), lambda job: job.finished_at, Kind.MOMENT),
        Column("attempts", _("Attempts"), lambda job: job.attempts, Kind.COUNT, shown=False),
        Column("failure", _("Why it stopped"), why_failed),
        Column("failures", _("Failed"), lambda job: told_of(job).get("failures"), Kind.COUNT),
        Column("facts", _("About"), facts_of, Kind.LONG, listed=False),
        Column("counts", pgettext_lazy("of work", "What was done"), counts_of, Kind.LONG, listed=False),
        Column("failed", _("What failed and why"), failures_of, Kind.LONG, listed=False),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=JobFilter,
    attach=attach,
    moves=(
        Move(
            "cancel", _("Cancel the work"), CANCEL, cancel, offered=going, icon="x", tone="danger",
            confirm=_("It stops at its next step. What was done so far stays."),
            done=_("The work stops at its next step."),
        ),
        Move(
            "retry", _("Try again"), RETRY, retry, offered=lambda job: job.state in ENDED_BADLY, icon="refresh",
            done=_("The work waits for its turn again."),
        ),
    ),
    views=(
        View("going", _("Going on"), "state=running"),
        View("waiting", _("Waiting"), "state=queued"),
        View("failed", _("Failed this week"), "state=failed&ended=week"),
        View("mine", _("Asked for by me"), "asked=me"),
    ),
    waits=(
        Waits(
            "state=failed&ended=week",
            ngettext_lazy(
                "%(count)s piece of work failed this week", "%(count)s pieces of work failed this week", "count"
            ),
            KEEPERS, _("See why, put it right, then try it again."), "alert-circle", "bad",
        ),
    ),
    events={"core.end_job": "job.ended"},
)  # fmt: skip


class ScheduleFilter(Filters):
    q = search_box(_("Name"))
    enabled = choice(_("State"), [("on", _("On")), ("off", _("Off"))], method="by_state")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip().lower()
        names = [each for each in records.values_list("name", flat=True) if words in label(each).lower()]
        return records.filter(Q(name__in=names) | Q(name__icontains=words))

    def by_state(self, records: Records, name: str, value: str) -> Records:
        return records.filter(enabled=value == "on")


class ScheduleForm(RecordForm):
    cron = forms.CharField(
        label=_("When"), max_length=64,
        help_text=_(
            "Minute, hour, day of the month, month, day of the week, in Beijing time: “30 2 * * 1-5” is half past two "
            "in the night, Monday to Friday."
        ),
    )  # fmt: skip

    def clean_cron(self) -> str:
        cron: str = self.cleaned_data["cron"]
        try:
            next_due(cron, timezone.now())
        except Invalid as refused:
            raise forms.ValidationError(refusal(refused).text, code=refused.reason) from refused
        return cron


def change(actor: Actor, schedule: Schedule, said: Mapping[str, Any]) -> Schedule:
    return change_schedule(actor=actor, schedule=schedule, cron=said["cron"])


def switch_on(actor: Actor, schedule: Schedule, said: Mapping[str, Any]) -> Schedule:
    return switch_schedule(actor=actor, schedule=schedule, enabled=True)


def switch_off(actor: Actor, schedule: Schedule, said: Mapping[str, Any]) -> Schedule:
    return switch_schedule(actor=actor, schedule=schedule, enabled=False)


def run_now(actor: Actor, schedule: Schedule, said: Mapping[str, Any]) -> Schedule:
    run_schedule_now(actor=actor, schedule=schedule)
    return schedule


def last_state(schedule: Schedule) -> str:
    return schedule.last_job.state if schedule.last_job else ""


SCHEDULES: Register[Schedule] = Register(
    name="schedule",
    path="schedules",
    model=Schedule,
    subject="core.schedule",
    title=_("Schedules"),
    one=_("Schedule"),
    icon="clock",
    group=_("System"),
    lead=_("What is done by itself, and when. All times are Beijing time."),
    help=_(
        "Work that fell due while the installation was off is done once when it is on again. While the last piece of "
        "work is still going on, no second one is begun."
    ),
    policy=SCHEDULES_POLICY,
    records=schedules_visible_to,
    named=lambda schedule: label(schedule.name),
    roles=KEEPERS | {Role.BUREAU_AUDITOR},
    columns=(
        Column("name", _("Name"), lambda schedule: schedule.name, Kind.TAG, sort="name"),
        Column("kind", _("What"), lambda schedule: schedule.kind, Kind.TAG),
        Column("cron", _("When"), lambda schedule: schedule.cron, Kind.NUMBER),
        Column("enabled", _("On"), lambda schedule: schedule.enabled, Kind.FLAG),
        Column("next_due", pgettext_lazy("of a schedule", "Next"), lambda schedule: schedule.next_due, Kind.MOMENT),
        Column("last_due", pgettext_lazy("of a schedule", "Last"), lambda schedule: schedule.last_due, Kind.MOMENT),
        Column("last_state", _("How the last one ended"), last_state, Kind.CODE),
    ),
    sorts=(Sort("name", "name"), Sort("-name", "name", descending=True)),
    filters=ScheduleFilter,
    change=Change(
        _("Change when"), CHANGE, ScheduleForm, change, first=lambda schedule: {"cron": schedule.cron},
        done=_("The schedule is changed."),
    ),
    moves=(
        Move(
            "run", _("Run now"), RUN, run_now, icon="player-play", bulk=False,
            offered=lambda schedule: last_state(schedule) not in UNFINISHED, done=_("The work waits for its turn."),
        ),
        Move(
            "on", _("Switch on"), SWITCH, switch_on, offered=lambda schedule: not schedule.enabled, icon="check",
            done=_("The schedule is on."),
        ),
        Move(
            "off", _("Switch off"), SWITCH, switch_off, offered=lambda schedule: schedule.enabled, icon="ban",
            confirm=_("Nothing is done by this schedule until somebody switches it on."),
            done=_("The schedule is off."),
        ),
    ),
)  # fmt: skip
