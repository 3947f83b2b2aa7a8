"""Lists of needs into the register. The private columns go to the private layer and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from zhiqiao.core.audit import Work, shortened
from zhiqiao.core.importing import Outcome
from zhiqiao.core.models import ImportRow, ImportRun, Revision
from zhiqiao.exchange.cells import Table
from zhiqiao.exchange.headings import HeadingMap, read_headings
from zhiqiao.exchange.needs import NeedRecord, read_needs
from zhiqiao.exchange.rows import ReadOptions, ReadRow
from zhiqiao.exchange.vocabularies import NEEDS
from zhiqiao.needs.actions import NeedStatement, keep_private, subject
from zhiqiao.needs.models import Need
from zhiqiao.parties.actions.named import register_named
from zhiqiao.parties.naming import OrganisationFinder

FIELDS = ("title", "content", "organisation_name", "deadline", "extra")
REVISION = "needs.need"
DIGEST = "text:"  # begins the number that stands in where the sender gives none


class NeedStorer:
    """Takes lists of needs into the register; a need is known by its sender's number, or by its text."""

    kind = "needs"

    def __init__(self) -> None:
        self._finder: OrganisationFinder | None = None

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]:
        return read_headings(table, NEEDS, saved)

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterable[ReadRow[NeedRecord]]:
        return read_needs(table, mapping, options)

    def store(self, rows: Sequence[ReadRow[NeedRecord]], run: ImportRun, work: Work) -> list[Outcome]:
        finder = self._finder = self._finder or OrganisationFinder.load()
        records = [row.record for row in rows if row.record is not None]
        register_named(work, [record.organisation for record in records if record.organisation], finder)
        numbers = [external_number(record) for record in records]
        known = {
            need.external_id: need
            for need in Need.objects.filter(sender=run.sender, external_id__in=numbers).select_related("organisation")
        }
        named = ImportRow.objects.filter(run=run, subject_id__in=[need.pk for need in known.values()])
        seen = set(named.exclude(outcome="rejected").values_list("subject_id", flat=True))
        outcomes: list[Outcome] = []
        for row, record, number in zip(rows, records, numbers, strict=True):
            outcome = self._store_one(row, record, number, known, run, work)
            if outcome.subject_id in seen:
                outcome = Outcome("unchanged", outcome.subject_id, (*outcome.codes, "row_merged"))
            seen.add(outcome.subject_id)
            outcomes.append(outcome)
        touched = sorted({o.subject_id for o in outcomes if o.kind in {"created", "updated"} and o.subject_id})
        if touched:
            work.emit("index.needs", ids=touched)
        return outcomes

    def _store_one(
        self,
        row: ReadRow[NeedRecord],
        record: NeedRecord,
        number: str,
        known: dict[str, Need],
        run: ImportRun,
        work: Work,
    ) -> Outcome:
        codes = tuple(warning.code for warning in row.warnings)
        values = said(record)
        need = known.get(number)
        if need is None:
            need = self._create(number, record, values, run, work)
            known[number] = need
            return Outcome("created", need.pk, codes)
        return Outcome(self._update(need, record, values, run, work), need.pk, codes)

    def _create(self, number: str, record: NeedRecord, values: dict[str, Any], run: ImportRun, work: Work) -> Need:
        need = Need(sender=run.sender, external_id=number, **values)
        self._link(need, record)
        need.save()
        keep_private(need, private(record))
        work.record("needs.import_need", subject(need), None, shortened({"number": number, **values}))
        return need

    def _update(self, need: Need, record: NeedRecord, values: dict[str, Any], run: ImportRun, work: Work) -> str:
        changes = {
            name: [plain(getattr(need, name)), plain(value)]
            for name, value in values.items()
            if value not in ("", None, {}) and getattr(need, name) != value
        }
        revived = need.withdrawn_at is not None
        keep_private(need, private(record))
        if not changes and not revived:
            return "unchanged"
        for name in changes:
            setattr(need, name, values[name])
        self._link(need, record)
        need.withdrawn_at, need.updated_at = None, work.at
        need.save()
        Revision.objects.create(
            subject_type=REVISION, subject_id=need.pk, run=run, actor_id=work.actor.actor_id, changes=changes
        )
        before = shortened({name: pair[0] for name, pair in changes.items()})
        work.record("needs.import_need", subject(need), before, shortened({n: p[1] for n, p in changes.items()}))
        return "created" if revived else "updated"

    def _link(self, need: Need, record: NeedRecord) -> None:
        assert self._finder is not None  # noqa: S101 -- loaded by store
        key = self._finder.find_by_credit_code(record.credit_code)
        if key is None and record.organisation:
            key = self._finder.find(record.organisation)
        if key is not None:
            need.organisation_id = key

    def undo(self, run: ImportRun, work: Work) -> int:
        created = ImportRow.objects.filter(run=run, outcome="created").values_list("subject_id", flat=True)
        later = ImportRow.objects.filter(run__kind="needs", run_id__gt=run.pk).exclude(
            run__state=ImportRun.State.UNDONE
        )
        kept = set(later.values_list("subject_id", flat=True))
        touched = [key for key in created if key is not None and key not in kept]
        for need in Need.objects.filter(pk__in=touched, withdrawn_at=None):
            Need.objects.filter(pk=need.pk).update(withdrawn_at=work.at, updated_at=work.at)
            work.record("needs.undo_import", subject(need), {"title": need.title}, None)
        touched.extend(self._restore(run, work))
        if touched:
            work.emit("index.needs", ids=touched)
        return len(touched)

    def _restore(self, run: ImportRun, work: Work) -> list[int]:
        touched = []
        for revision in Revision.objects.filter(run=run, subject_type=REVISION).order_by("-id"):
            need = Need.objects.get(pk=revision.subject_id)
            back = {n: pair for n, pair in revision.changes.items() if plain(getattr(need, n)) == pair[1]}
            for name, (before, _) in back.items():
                setattr(need, name, date.fromisoformat(before) if name == "deadline" and before else before)
            need.updated_at = work.at
            need.save()
            work.record(
                "needs.undo_import", subject(need),
                shortened({n: p[1] for n, p in back.items()}), shortened({n: p[0] for n, p in back.items()}),
            )  # fmt: skip
            touched.append(need.pk)
        return touched


def external_number(record: NeedRecord) -> str:
    """The sender's own number, or a digest of the text where there is none."""
    if record.external_id:
        return record.external_id
    text = "\n".join((record.title, record.content or "", record.organisation or ""))
    return DIGEST + hashlib.sha256(text.encode()).hexdigest()[:32]


def said(record: NeedRecord) -> dict[str, Any]:
    parts = (record.content, record.goals, record.background)
    extra: dict[str, Any] = dict(record.extra)
    if record.industries:
        extra["industries"] = list(record.industries)
    if record.keywords:
        extra["keywords"] = list(record.keywords)
    for name in ("town", "cooperation"):
        if value := getattr(record, name):
            extra[name] = value
    return {
        "title": record.title,
        "content": "\n".join(part for part in parts if part),
        "organisation_name": (record.organisation or "")[:255],
        "deadline": record.deadline,
        "extra": extra,
    }


def private(record: NeedRecord) -> NeedStatement:
    contact = " ".join(part for part in (record.contact, record.email) if part)
    return NeedStatement(content="", budget=record.budget, contact=contact, phone=record.phone or "")


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
