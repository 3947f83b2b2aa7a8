"""Read patent lists of any heading dialect into normalised records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from zhiqiao.exchange.addresses import settle_address
from zhiqiao.exchange.cells import Row, Table
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.exchange.patent_cells import (
    PATENT_READERS,
    read_declared_kind,
    settle_agency,
    settle_funding,
    settle_twin,
)
from zhiqiao.exchange.plans import Plan, plan_columns
from zhiqiao.exchange.publications import PUBLICATION_FIELDS, place_publications
from zhiqiao.exchange.rows import Built, CellIssue, Reading, ReadOptions, plain_facts
from zhiqiao.exchange.values import is_nothing
from zhiqiao.kernel.application_numbers import ApplicationNumber, parse_application_number
from zhiqiao.kernel.dates import ParsedDate
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kernel.legal_status import LegalStatus, parse_legal_status

AsOfSource = Literal["row", "given", "stated"]
_DATE_FIELDS = (
    "filed_on",
    "publication_date",
    "first_publication_date",
    "grant_date",
    "priority_on",
    "pct_entered_on",
    "status_date",
)


@dataclass(frozen=True, slots=True)
class PatentRecord:
    """What one row says of one patent. None, empty tuples and absent keys mean that the row does not say.

    ``number``: normalised key with check digit, no dot; ``check_filled``: the digit was computed.
    ``filed_on`` and other days are None where only month or year are given: those are in ``partial_dates``.
    ``published_on`` and ``publication_number`` are those of the application, ``granted_on`` and
    ``grant_number`` those of the grant. ``main_class`` and ``classes`` are IPC symbols, or Locarno ones of designs.
    ``applicants`` as published, ``holders`` the current right holders. ``status`` is in the source's own words
    (``status_simple`` the coarse 有效/失效/审中). ``status_as_of``: the day for which the row vouches, from the row,
    the user or the file's title or name; None where nobody says, then ``known_through``, the latest day in
    the row, bounds it. ``legal_status`` is how the kernel reads both columns together.
    ``funding`` None: unknown. ``money`` in yuan by name. ``declared``: what the holder says (willingness, maturity…).
    ``extra``: other known columns by heading.
    """

    number: str
    kind: str
    pct: bool = False
    check_filled: bool = False
    title: str | None = None
    abstract: str | None = None
    first_claim: str | None = None
    claims: str | None = None
    filed_on: date | None = None
    published_on: date | None = None
    publication_number: str | None = None
    granted_on: date | None = None
    grant_number: str | None = None
    main_class: str | None = None
    classes: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    inventors: tuple[str, ...] = ()
    agency: str | None = None
    agents: tuple[str, ...] = ()
    address: str | None = None
    postcode: str | None = None
    priority: tuple[str, ...] = ()
    priority_on: date | None = None
    pct_application: str | None = None
    pct_publication: str | None = None
    pct_entered_on: date | None = None
    status: str | None = None
    status_simple: str | None = None
    legal_status: LegalStatus | None = None
    status_as_of: date | None = None
    status_as_of_source: AsOfSource | None = None
    known_through: date | None = None
    legal_events: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    family_size: int | None = None
    cited: tuple[str, ...] = ()
    citations_made: int | None = None
    citations_received: int | None = None
    claims_count: int | None = None
    twin: bool | None = None
    twin_number: str | None = None
    funding: bool | None = None
    funding_level: str | None = None
    funding_project: str | None = None
    funding_project_number: str | None = None
    credit_codes: tuple[str, ...] = ()
    partial_dates: Mapping[str, ParsedDate] = field(default_factory=dict)
    money: Mapping[str, Decimal] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


def read_patents(table: Table, mapping: HeadingMap, options: ReadOptions | None = None) -> Reading[PatentRecord]:
    """Every row below the headings as a record or a problem; the table is the one ``read_headings`` gave back."""
    return Reading(table, mapping, _PatentBuilder(mapping, options or ReadOptions()).build)


class _PatentBuilder:
    """The columns' converters, looked up once for the sheet, and the checks across columns."""

    def __init__(self, mapping: HeadingMap, options: ReadOptions) -> None:
        by_field = {name: at for at, name in mapping.columns.items()}
        self._columns = by_field
        self._numbers = [by_field[name] for name in ("application_number", "patent_number") if name in by_field]
        self._plan: Plan = plan_columns(mapping, PATENT_READERS, options, skipped=self._numbers)
        self._has_publications = not by_field.keys().isdisjoint(PUBLICATION_FIELDS)
        self._today = options.today or date.today()
        self._options = options
        self._stated = mapping.as_of
        # What a gazette prints is true for its day.
        self._is_publication = mapping.dialect == "cnipa_xml"

    def build(self, cells: Row) -> Built[PatentRecord]:
        built: Built[PatentRecord] = Built()
        number = self._number(cells, built.issues)
        if isinstance(number, CellIssue):
            built.rejected = number
            return built
        values = self._plan.read(cells, built.issues)
        self._settle_dates(values, built.issues)
        self._check_filing(values, number, built.issues)
        self._check_kind(values, number, built.issues)
        settle_address(values)
        settle_agency(values)
        settle_twin(values)
        settle_funding(values)
        if self._has_publications:
            place_publications(values, number.kind, self._columns, built.issues)
        self._settle_status(values, built.issues)
        built.record = PatentRecord(
            number=number.key,
            kind=number.kind,
            pct=number.pct,
            check_filled=number.check_filled,
            **values,
        )
        return built

    def _number(self, cells: Row, issues: list[CellIssue]) -> ApplicationNumber | CellIssue:
        """The row's identity, or why it has none: number_missing, numbers_disagree, or what the kernel found.

        Where one of two columns is readable, what is wrong with the other is only said.
        """
        found: list[tuple[int, ApplicationNumber]] = []
        wrong: list[CellIssue] = []
        for column in self._numbers:
            cell = cells[column] if column < len(cells) else None
            if is_nothing(cell):
                continue
            try:
                found.append((column, parse_application_number(cell, today=self._today)))
            except ZhiqiaoError as error:
                wrong.append(CellIssue(column, error.reason, plain_facts(error.facts), cell))
        if not found:
            missing = self._numbers[0] if self._numbers else None
            return wrong[0] if wrong else CellIssue(missing, "number_missing", self._instead(cells))
        issues += wrong
        return self._agreed(found, cells, issues)

    def _agreed(
        self, found: list[tuple[int, ApplicationNumber]], cells: Row, issues: list[CellIssue]
    ) -> ApplicationNumber | CellIssue:
        column, number = found[0]
        for other_column, other in found[1:]:
            if other.key != number.key:
                facts = {"first": number.shown, "second": other.shown}
                return CellIssue(other_column, "numbers_disagree", facts, cells[other_column])
        given = next((each for _, each in found if not each.check_filled), None)
        if given is None:
            issues.append(CellIssue(column, "check_digit_filled", {"number": number.shown}, cells[column]))
        return given or number

    def _instead(self, cells: Row) -> dict[str, Any]:
        """What the row has in place of an application number, so that the person knows what to export again."""
        for name in ("publication_number", "grant_number", "first_publication_number"):
            column = self._columns.get(name)
            if column is not None and column < len(cells) and not is_nothing(cells[column]):
                return {"publication_number": str(cells[column])[:40], "todo": "export_with_application_number"}
        return {"todo": "add_application_number"}

    def _settle_dates(self, values: dict[str, Any], issues: list[CellIssue]) -> None:
        """Whole days stay; months and years go to ``partial_dates``; days to come are refused."""
        partial = {}
        for name in _DATE_FIELDS:
            parsed = values.get(name)
            if parsed is None:
                continue
            if parsed.day > self._today:
                del values[name]
                issues.append(CellIssue(self._date_column(name), "date_future", {"day": parsed.day.isoformat()}))
            elif parsed.precision != "day":
                del values[name]
                partial[name] = parsed
                issues.append(CellIssue(self._date_column(name), "date_imprecise", {"precision": parsed.precision}))
            else:
                values[name] = parsed.day
        if partial:
            values["partial_dates"] = partial

    def _date_column(self, name: str) -> int | None:
        return self._columns.get({"priority_on": "priority_date", "pct_entered_on": "pct_entry_date"}.get(name, name))

    def _check_filing(self, values: dict[str, Any], number: ApplicationNumber, issues: list[CellIssue]) -> None:
        """A day before the year in the number is a divisional or PCT application's; one in the next year happens
        where the office set the filing day anew, and is said; a later one is wrong and left out.
        """
        filed = values.get("filed_on")
        if filed is None or filed.year <= number.year:
            return
        facts = {"filed_on": filed.isoformat(), "year_in_number": number.year}
        if filed.year > number.year + 1:
            del values["filed_on"]
            issues.append(CellIssue(self._columns["filed_on"], "filed_on_disagrees", facts))
        else:
            issues.append(CellIssue(self._columns["filed_on"], "filed_on_after_number", facts))

    def _check_kind(self, values: dict[str, Any], number: ApplicationNumber, issues: list[CellIssue]) -> None:
        """The kind is in the number; a column that says otherwise is reported and not followed."""
        words = values.pop("declared_kind", None)
        said = read_declared_kind(words) if words else None
        if said is not None and said != number.kind:
            facts = {"kind_in_number": number.kind, "kind_in_column": said}
            issues.append(CellIssue(self._columns["kind"], "kind_disagrees", facts, words))
        locarno = values.pop("locarno", ())
        classes = values.get("classes", ())
        if locarno and number.kind == "design":
            classes = tuple(dict.fromkeys((*locarno, *classes)))
        main = values.pop("main_classes", ())[:1] or classes[:1]
        if main:
            values["main_class"] = main[0]
            values["classes"] = classes if main[0] in classes else (*main, *classes)

    def _settle_status(self, values: dict[str, Any], issues: list[CellIssue]) -> None:
        words = ";".join(filter(None, (values.get("status"), values.get("status_simple"))))
        if words:
            values["legal_status"] = read = parse_legal_status(words)
            if read.group == "unknown":
                column = self._columns["status" if "status" in values else "status_simple"]
                issues.append(CellIssue(column, "status_unknown", {}, words))
        own = values.pop("status_date", None)
        if own is None and self._is_publication:
            own = values.get("granted_on") or values.get("published_on")
        days = (own, values.get("filed_on"), values.get("published_on"), values.get("granted_on"))
        values["known_through"] = max((day for day in days if day is not None), default=None)
        sources: tuple[tuple[date | None, AsOfSource], ...] = (
            (own, "row"),
            (self._options.as_of, "given"),
            (self._stated, "stated"),
        )
        for day, source in sources:
            if day is not None:
                values["status_as_of"], values["status_as_of_source"] = day, source
                return
