"""Lists of needs into the register. The private columns go to the private layer and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from zhiqiao.core.audit import Work, shortened
from zhiqiao.core.canonical import as_json
from zhiqiao.core.importing import AS_MANY_AS_READ, Outcome
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.exchange.cells import Table
from zhiqiao.exchange.headings import HeadingMap, read_headings
from zhiqiao.exchange.needs import NeedRecord, read_needs
from zhiqiao.exchange.rows import ReadOptions, ReadRow
from zhiqiao.exchange.templates import Asked, examples_of, without_example
from zhiqiao.exchange.vocabularies import NEEDS
from zhiqiao.kit.actors import Actor
from zhiqiao.needs import policies
from zhiqiao.needs.actions import NeedStatement, keep_private, subject
from zhiqiao.needs.importing.history import keep_history, take_back
from zhiqiao.needs.importing.template import template
from zhiqiao.needs.models import Need
from zhiqiao.parties.actions.named import register_named
from zhiqiao.parties.naming import OrganisationFinder

DIGEST = "text:"  # begins the number that stands in where the sender gives none


class NeedStorer:
    """Takes lists of needs into the register; a need is known by its sender's number, or by its text."""

    kind = "needs"
    rows_at_once = AS_MANY_AS_READ

    def __init__(self) -> None:
        self._finder: OrganisationFinder | None = None

    def open_to(self, actor: Actor) -> bool:
        return policies.NEEDS.may(actor, "import")

    def asked(self, actor: Actor) -> tuple[Asked, ...]:
        return template()

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]:
        return read_headings(table, NEEDS, saved)

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterable[ReadRow[NeedRecord]]:
        return read_needs(without_example(table, mapping, examples_of(template())), mapping, options)

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
        touched: set[int] = set()
        for row, record, number in zip(rows, records, numbers, strict=True):
            outcome = self._store_one(row, record, number, known, run, work)
            if outcome.subject_id and outcome.kind != "unchanged":
                touched.add(outcome.subject_id)
            if outcome.subject_id in seen:
                outcome = Outcome("unchanged", outcome.subject_id, (*outcome.codes, "row_merged"))
            seen.add(outcome.subject_id)
            outcomes.append(outcome)
        if touched:
            work.emit("index.needs", ids=sorted(touched))
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
        hidden = keep_private(work, need, private(record))
        told = {"number": number, **values, **({"private": sorted(hidden)} if hidden else {})}
        work.record("needs.import_need", subject(need), None, shortened(told))
        return need

    def _update(self, need: Need, record: NeedRecord, values: dict[str, Any], run: ImportRun, work: Work) -> str:
        changes = {
            name: [as_json(getattr(need, name)), as_json(value)]
            for name, value in values.items()
            if value not in ("", None, {}) and getattr(need, name) != value
        }
        revived = need.withdrawn_at is not None
        hidden = keep_private(work, need, private(record))
        if not changes and not hidden and not revived:
            return "unchanged"
        for name in changes:
            setattr(need, name, values[name])
        self._link(need, record)
        need.withdrawn_at, need.updated_at = None, work.at
        need.save()
        keep_history(need, changes, hidden, (run, work))
        before = shortened({name: pair[0] for name, pair in changes.items()})
        told = {n: p[1] for n, p in changes.items()} | ({"private": sorted(hidden)} if hidden else {})
        work.record("needs.import_need", subject(need), before, shortened(told))
        return "created" if revived else "updated"

    def _link(self, need: Need, record: NeedRecord) -> None:
        assert self._finder is not None  # noqa: S101 -- loaded by store
        key = self._finder.find_by_credit_code(record.credit_code)
        if key is None and record.organisation:
            key = self._finder.find(record.organisation)
        if key is not None:
            need.organisation_id = key

    def undo(self, run: ImportRun, work: Work) -> int:
        return take_back(run, work)


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
