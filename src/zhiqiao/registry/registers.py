"""The registers of patents and of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiqiao.core.importing import RUNS
from zhiqiao.core.models import ImportRun
from zhiqiao.core.parts import likely_first
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind, Note, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, labelled, search_box, since, text_box, until
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Finding, Move, Register, View, all_but
from zhiqiao.kit.roles import AUDITORS, EVERY_ROLE_WITH_RECORDS, SENDERS, STOCK
from zhiqiao.kit.storing import kind_words, kinds_of_list
from zhiqiao.registry.declared import said_in, with_statements, yuan_in
from zhiqiao.registry.models import Patent
from zhiqiao.registry.models.patents import Funding, PatentKind, StatusGroup
from zhiqiao.registry.partial_days import partial_day
from zhiqiao.registry.policies import IMPORTS as IMPORTS_POLICY
from zhiqiao.registry.policies import PATENTS as POLICY
from zhiqiao.registry.searching import held_by, in_class, not_published, patents_begun, patents_like
from zhiqiao.registry.selectors import imports_visible_to, patents_visible_to
from zhiqiao.registry.sending import send_again, stop_import, undo_import

HEAVY: Final = all_but(
    Patent, "number", "kind", "title", "filed_on", "published_on", "granted_on", "expires_on", "main_class",
    "applicants", "holders", "status_group", "status_words", "status_as_of", "funding", "public",
)  # fmt: skip


class PatentFilter(Filters):
    q = search_box(_("Words, number, applicant or class"))
    kind = choice(_("Kind"), PatentKind.choices)
    status = choice(_("Legal status"), StatusGroup.choices, field_name="status_group")
    klass = text_box(_("Class begins with"), "by_class", 8, placeholder="H02J")
    holder = text_box(_("Holder or applicant"), "by_holder")
    funding = choice(_("Public funding"), Funding.choices)
    filed_since = since(_("Filed since"), "filed_on")
    filed_until = until(_("Filed until"), "filed_on")
    seen = choice(
        _("Published"), [("no", _("Not yet published")), ("yes", pgettext_lazy("it is", "Published"))], method="by_seen"
    )

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return patents_like(records, value, self.request.actor.tokens)

    def by_holder(self, records: Records, name: str, value: str) -> Records:
        return held_by(records, value, self.request.actor.tokens)

    def by_class(self, records: Records, name: str, value: str) -> Records:
        return records.filter(in_class(value))

    def by_seen(self, records: Records, name: str, value: str) -> Records:
        if value == "yes":
            return records.filter(public=True)
        return not_published(records, self.request.actor)


class PublicPatentFilter(PatentFilter):
    """The hall asks less: words, kind and class."""

    status = holder = funding = filed_since = filed_until = seen = None


def holder_names(patent: Patent) -> list[str]:
    """Right holders where a file named them, else the applicants."""
    return [
        str(each.get("name", each) if isinstance(each, dict) else each) for each in patent.holders or patent.applicants
    ]


def secret(patent: Patent) -> Note | None:
    return None if patent.public else Note(str(_("Not published")), "warn", "lock")


def day_of_status(patent: Patent) -> Note:
    return Note(patent.status_as_of.isoformat() if patent.status_as_of else str(_("no day told")))


def filed_on(patent: Patent) -> Any:
    """The day, or as much of it as the file told."""
    return patent.filed_on or partial_day(patent, "filed_on") or None


def line_of(patent: Patent) -> Sequence[Any]:
    return patent.shown_number, *holder_names(patent)[:1], patent.get_status_group_display()


PATENTS: Register[Patent] = Register(
    name="patent",
    path="patents",
    model=Patent,
    subject="registry.patent",
    title=_("Patents"),
    one=_("Patent"),
    icon="file-certificate",
    group=_("Records"),
    lead=_("What the imported files say. Status and fees hold for the day shown beside them."),
    help=_(
        "Patents come from the lists that institutions, state-owned firms and platforms send. Every field keeps the "
        "file it came from and the day that file speaks for; the register of the patent office decides."
    ),
    policy=POLICY,
    records=patents_visible_to,
    named=lambda patent: patent.title,
    roles=EVERY_ROLE_WITH_RECORDS,
    public=True,
    columns=(
        Column("title", _("Title"), lambda p: p.title, note=secret),
        Column("number", _("Application number"), lambda p: p.shown_number, Kind.NUMBER, sort="number"),
        Column("kind", _("Kind"), lambda p: p.kind, Kind.TAG, words=choices_of(PatentKind)),
        Column("holders", _("Holder"), holder_names, Kind.NAMES),
        Column("main_class", _("Class"), lambda p: p.main_class, Kind.NUMBER, sort="class"),
        Column("filed_on", _("Filed"), filed_on, Kind.DAY, sort="-filed", reads=("extra",)),
        Column(
            "status", _("Status and its day"), lambda p: p.status_group, Kind.CODE, words=choices_of(StatusGroup),
            note=day_of_status,
        ),
        Column("status_words", _("Status in the source's words"), lambda p: p.status_words, shown=False),
        Column("status_as_of", _("Status as of"), lambda p: p.status_as_of, Kind.DAY, shown=False),
        Column("published_on", _("Published on"), lambda p: p.published_on, Kind.DAY, shown=False),
        Column("granted_on", _("Granted on"), lambda p: p.granted_on, Kind.DAY, shown=False),
        Column("expires_on", _("Expires on"), lambda p: p.expires_on, Kind.DAY, shown=False),
        Column("applicants", _("Applicants"), lambda p: p.applicants, Kind.NAMES, shown=False),
        Column("inventors", _("Inventors"), lambda p: p.inventors, Kind.NAMES, shown=False, reads=("inventors",)),
        Column("classes", _("Classes"), lambda p: p.classes, Kind.NAMES, shown=False, reads=("classes",)),
        Column(
            "funding", _("Public funding"), lambda p: p.funding, Kind.TAG, shown=False, words=choices_of(Funding)
        ),
        Column("public", _("Published"), lambda p: p.public, Kind.FLAG, shown=False),
        Column("abstract", _("Abstract"), lambda p: p.abstract, Kind.LONG, listed=False, reads=("abstract",)),
        Column(
            "expected_price", _("Expected price (yuan)"), lambda p: yuan_in(p, "expected_price"), Kind.YUAN,
            shown=False, roles=STOCK,
        ),
        Column("willingness", _("Willingness"), lambda p: said_in(p, "willingness"), shown=False, roles=STOCK),
        Column("ways", _("Accepted ways"), lambda p: said_in(p, "ways"), shown=False, roles=STOCK),
        Column("maturity", _("Maturity"), lambda p: said_in(p, "maturity"), shown=False, roles=STOCK),
        Column("department", _("Department"), lambda p: said_in(p, "department"), shown=False, roles=STOCK),
    ),
    sorts=(
        Sort("-filed", "filed_on", descending=True, nullable=True),
        Sort("filed", "filed_on", nullable=True),
        Sort("number", "number"),
        Sort("-number", "number", descending=True),
        Sort("class", "main_class"),
        Sort("-class", "main_class", descending=True),
    ),
    filters=PatentFilter,
    finding=Finding(patents_begun, line_of, most=5),
    attach=with_statements,
    views=(
        View("alive", _("In force"), "status=alive"),
        View("funded", _("Publicly funded"), "funding=yes"),
        View("unknown", _("Status not known"), "status=unknown"),
    ),
    intake="patents",
    events={"registry.publish_matured": "patent.published"},
    heavy=HEAVY,
)  # fmt: skip


class ImportFilter(Filters):
    q = search_box(_("Number, sender or person"))
    kind = choice(_("What"), lambda: [(kind, kind_words(kind)) for kind in kinds_of_list()])
    state = choice(_("State"), lambda: labelled(ImportRun.State.values))
    bad = choice(_("Rejected rows"), [("some", _("Some"))], method="by_bad")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        named = Q(number__icontains=words) | Q(sender__icontains=words) | Q(actor_name__icontains=words)
        return likely_first(records, named, RUNS.holding(words))

    def by_bad(self, records: Records, name: str, value: str) -> Records:
        return records.filter(rejected__gt=0).exclude(state=ImportRun.State.UNDONE)


def is_finished(run: ImportRun) -> bool:
    return run.state not in {ImportRun.State.RUNNING, ImportRun.State.UNDONE}


def undo(actor: Actor, run: ImportRun, said: Mapping[str, Any]) -> ImportRun:
    return undo_import(actor=actor, run=run)


def stop(actor: Actor, run: ImportRun, said: Mapping[str, Any]) -> ImportRun:
    return stop_import(actor=actor, run=run)


def again(actor: Actor, run: ImportRun, said: Mapping[str, Any]) -> ImportRun:
    return send_again(actor=actor, run=run)


IMPORTS: Register[ImportRun] = Register(
    name="import",
    path="imports",
    model=ImportRun,
    subject="core.import",
    title=_("Imports"),
    one=_("Import"),
    icon="file-import",
    group=_("Records"),
    lead=_("Every file that was sent, what became of its rows, and what it could not say."),
    help=_(
        "Send the Excel or CSV file as it is. Good rows come in, bad ones are reported with row, column and reason; "
        "correct them in the report and send it again: nothing is doubled. A whole import can be undone."
    ),
    policy=IMPORTS_POLICY,
    records=imports_visible_to,
    named=lambda run: run.number,
    roles=SENDERS | AUDITORS,
    columns=(
        Column("number", _("Import"), lambda r: r.number),
        Column("kind", _("What"), lambda r: r.kind, Kind.TAG, words=kind_words),
        Column("sender", _("Sender"), lambda r: r.sender),
        Column("by", _("Sent by"), lambda r: r.actor_name, shown=False),
        Column("state", _("State"), lambda r: r.state, Kind.CODE),
        Column("rows", _("Rows"), lambda r: r.rows, Kind.COUNT),
        Column("created", _("New"), lambda r: r.created, Kind.COUNT),
        Column("updated", _("Changed"), lambda r: r.updated, Kind.COUNT),
        Column("unchanged", _("Unchanged"), lambda r: r.unchanged, Kind.COUNT, shown=False),
        Column("rejected", _("Rejected"), lambda r: r.rejected, Kind.COUNT),
        Column("started_at", _("Started"), lambda r: r.created_at, Kind.MOMENT, sort="-new"),
        Column("finished_at", _("Ended at"), lambda r: r.finished_at, Kind.MOMENT, shown=False),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=ImportFilter,
    moves=(
        Move(
            "stop", _("Stop"), "stop", stop, offered=lambda run: run.state == ImportRun.State.RUNNING,
            confirm=_("What came in so far stays; it can be undone or the rest sent again."), icon="x", bulk=False,
            done=_("The import stops at its next step."),
        ),
        Move(
            "again", _("Send again"), "start", again, offered=is_finished, icon="refresh", bulk=False,
            confirm=_("The same files are taken in once more. Rows that are known already stay as they are."),
            done=_("The files are being taken in once more."),
        ),
        Move(
            "undo", _("Undo this import"), "undo", undo, offered=is_finished, icon="arrow-back-up", tone="danger",
            confirm=_(
                "New records are withdrawn and changed ones are put back as they were, unless something newer has "
                "changed them since. The files and this page stay."
            ),
            done=_("The import is undone."), bulk=False,
        ),
    ),
    views=(View("bad", _("With rejected rows"), "bad=some"),),
    events={"core.finish_import": "import.finished", "core.undo_import": "import.undone"},
    heavy=all_but(
        ImportRun, "number", "kind", "sender", "actor_name", "state", "rows", "created", "updated", "unchanged",
        "rejected", "created_at", "finished_at",
    ),
)  # fmt: skip
