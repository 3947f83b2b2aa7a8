"""Store the rows of a list of organisations: find whom each speaks of, fill and change, keep the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from zhiqiao.core.audit import Work
from zhiqiao.core.importing import AS_MANY_AS_READ, Outcome
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.exchange.cells import Table
from zhiqiao.exchange.headings import HeadingMap, read_headings
from zhiqiao.exchange.organisations import OrganisationRecord, read_organisations
from zhiqiao.exchange.rows import ReadOptions, ReadRow
from zhiqiao.exchange.templates import Asked, examples_of, without_example
from zhiqiao.exchange.vocabularies import ORGANISATIONS
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.parties import policies
from zhiqiao.parties.importing.matching import Match, StoredOrganisations, match
from zhiqiao.parties.importing.template import template
from zhiqiao.parties.importing.undo import take_back
from zhiqiao.parties.importing.values import References, stated_columns
from zhiqiao.parties.importing.writing import Writer
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.naming import OrganisationFinder


class OrganisationStorer:
    """Takes lists of organisations into the register. One storer for one run: it remembers the register."""

    kind = "organisations"
    rows_at_once = AS_MANY_AS_READ

    def __init__(self) -> None:
        self._finder: OrganisationFinder | None = None
        self._references: References | None = None

    def open_to(self, actor: Actor) -> bool:
        return policies.ORGANISATIONS.may(actor, "register")

    def asked(self, actor: Actor) -> tuple[Asked, ...]:
        return template()

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]:
        return read_headings(table, ORGANISATIONS, saved)

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterator[ReadRow[OrganisationRecord]]:
        return read_organisations(without_example(table, mapping, examples_of(template())), mapping, options)

    def store(self, rows: Sequence[ReadRow[OrganisationRecord]], run: ImportRun, work: Work) -> list[Outcome]:
        if self._finder is None:
            self._finder = OrganisationFinder.load()
        if self._references is None:
            self._references = References.load()
        return _Chunk(self._finder, self._references, Writer(work, run, self._finder)).outcomes(rows)

    def undo(self, run: ImportRun, work: Work) -> int:
        return take_back(run, work)


class _Chunk:
    """The rows of one transaction, one after the other: a row sees what those before it brought."""

    def __init__(self, finder: OrganisationFinder, references: References, writer: Writer) -> None:
        self.finder, self.references, self.writer = finder, references, writer
        self.stored = StoredOrganisations()
        self.named_before: set[int] = set()

    def outcomes(self, rows: Sequence[ReadRow[OrganisationRecord]]) -> list[Outcome]:
        self._read_ahead([row.record for row in rows if row.record is not None])
        found = [self._outcome(row) for row in rows]
        self.writer.finish()
        return found

    def _read_ahead(self, records: list[OrganisationRecord]) -> None:
        keys = {self.finder.find_by_credit_code(each.credit_code) or self.finder.find(each.name) for each in records}
        known = [key for key in keys if key is not None]
        self.stored.read_ahead(known)
        for part in in_batches(known):
            self.writer.read_ahead(part)
            told = ImportRow.objects.filter(run=self.writer.run, subject_id__in=part)
            self.named_before.update(key for key in told.values_list("subject_id", flat=True) if key is not None)

    def _outcome(self, row: ReadRow[OrganisationRecord]) -> Outcome:
        assert row.record is not None  # noqa: S101 -- rows with a problem do not come here
        warnings = tuple(warning.code for warning in row.warnings)
        try:
            kind, key, codes = self._store(row.record)
        except ZhiqiaoError as refusal:
            return Outcome("rejected", None, (refusal.reason, *warnings))
        return Outcome(kind, key, (*warnings, *codes))

    def _store(self, record: OrganisationRecord) -> tuple[str, int, list[str]]:
        found = match(record, self.finder, self.stored)
        columns, codes = stated_columns(record, self.references)
        if found.key is None or self.stored[found.key].withdrawn_at is not None:
            known = None if found.key is None else self.stored[found.key]
            organisation = self.writer.create(record, columns, known)
            self.stored[organisation.pk] = organisation
            outcome = "created"
        else:
            organisation = self.stored[found.key]
            outcome, more = self._update(organisation, record, columns, found)
            codes += more
        self.named_before.add(organisation.pk)
        return outcome, organisation.pk, codes

    def _update(
        self, organisation: Organisation, record: OrganisationRecord, columns: dict[str, Any], found: Match
    ) -> tuple[str, list[str]]:
        again = organisation.pk in self.named_before
        if again:  # a second row of the same list adds; it does not contradict the first
            columns = {name: value for name, value in columns.items() if not getattr(organisation, name)}
        changed = self.writer.update(organisation, record, columns, renames=found.renames and not again)
        codes = [] if found.renames or self.finder.bears(organisation.pk, record.name) else ["former_name_used"]
        if again:
            return "unchanged", [*codes, "row_merged"]
        return ("updated" if changed else "unchanged"), codes
