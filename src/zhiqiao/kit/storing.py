"""Lists into a register that has a form and no importer of its own: each row is written as if somebody had typed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Model

from zhiqiao.core.audit import Work, canonical
from zhiqiao.core.encryption import blind_index
from zhiqiao.core.importing import Outcome
from zhiqiao.core.jobqueue import load_function
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.core.undoing import created_by, told_since
from zhiqiao.exchange.cells import Cell, Row, Table
from zhiqiao.exchange.headings import HeadingMap, read_headings
from zhiqiao.exchange.reasons import REASONS
from zhiqiao.exchange.rows import Built, Reading, ReadOptions, ReadRow, plain_facts
from zhiqiao.exchange.templates import Asked, examples_of, shown, without_example
from zhiqiao.exchange.vocabularies import Vocabulary
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Conflict, Invalid, ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_named, registers
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.registers import Create, Register
from zhiqiao.kit.sheets import CellFault, SheetReader, asked_of, in_each_language, label_of, vocabulary_of
from zhiqiao.wording import label, refusal

BY_FORM: Final = "form"
DIGEST: Final = "row"
"""Under this name a row that came in keeps what it said, as a keyed digest: sent again it is known again."""
LONGEST_WORDS: Final = 1_000  # characters
LANGUAGES: Final[Mapping[str, str]] = {"zh-hans": "zh", "en": "en"}
"""The languages of pages, and what reports call them."""


def form_kinds() -> list[str]:
    """The kinds of list that registers take through their form: each has its register's name."""
    return [each.name for each in registers() if each.intake == BY_FORM]


def kinds_of_list() -> list[str]:
    """Every kind of list that can be sent."""
    return [*settings.ZHIQIAO_STORERS, *form_kinds()]


def register_taking(kind: str) -> Register[Any] | None:
    """The register into which lists of that kind come."""
    return next((each for each in registers() if kind == kind_of(each)), None)


def kind_of(register: Register[Any]) -> str:
    return register.name if register.intake == BY_FORM else register.intake


def kind_words(kind: str) -> str:
    """What is in lists of that kind."""
    return str(register_named(kind).title) if kind in form_kinds() else label(kind)


def storer_for(kind: str) -> FormStorer:
    """Raises ``Invalid`` ``import_kind`` where no register takes such lists."""
    if kind not in form_kinds():
        raise Invalid("import_kind", kind=kind, known=kinds_of_list())
    return FormStorer(register_named(kind))


class FormStorer:
    """One for one run. What the form or the rules refuse is a rejected row with its column, code and words; a row that
    an earlier list brought already, unless that was undone, stays as it is."""

    rows_at_once = 100  # each row is an action of its own

    def __init__(self, register: Register[Any]) -> None:
        assert register.create is not None  # noqa: S101 -- a register that takes lists through its form has one
        self.register = register
        self.kind = register.name
        self.way: Create[Any] = register.create
        self._reader: SheetReader | None = None
        self._known: dict[str, int] | None = None

    def open_to(self, actor: Actor) -> bool:
        return self.register.open_to(actor) and self.register.may_create(actor)

    def asked(self, actor: Actor) -> tuple[Asked, ...]:
        """The columns of the template, in the reader's language."""
        form = self.way.form(actor=actor)
        return asked_of(form.fields, form.examples)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return vocabulary_of(self.kind, self.way.form)

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]:
        return read_headings(table, self.vocabulary, saved)

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterable[ReadRow[dict[str, Cell]]]:
        fields = {at: name for at, name in mapping.columns.items() if name in self.vocabulary.fields}

        def build(cells: Row) -> Built[dict[str, Cell]]:
            return Built({name: cells[at] for at, name in fields.items() if at < len(cells)})

        return Reading(without_example(table, mapping, self._examples), mapping, build)

    @cached_property
    def _examples(self) -> dict[str, frozenset[str]]:
        form = self.way.form
        return examples_of(*in_each_language(lambda: asked_of(form.base_fields, form.examples)))

    def store(self, rows: Sequence[ReadRow[dict[str, Cell]]], run: ImportRun, work: Work) -> list[Outcome]:
        actor = acting(work)
        if self._reader is None:
            self._reader = SheetReader.of(self.way.form, actor)
        if self._known is None:
            self._known = brought_before(run)
        return [self._store_one(row, actor, self._reader, self._known, Headings(run, row)) for row in rows]

    def _store_one(
        self,
        row: ReadRow[dict[str, Cell]],
        actor: Actor,
        reader: SheetReader,
        known: dict[str, int],
        headings: Headings,
    ) -> Outcome:
        cells = row.record or {}
        digest = digest_of(cells)
        if digest in known:
            return Outcome("unchanged", known[digest], ("row_merged",))
        said, faults = reader.said(cells)
        if faults:
            return unread(faults, headings)
        form = self.way.form(said, actor=actor)
        if not form.is_valid():
            return refused_by_form(form, headings)
        try:
            record = self.way.act(actor, form.cleaned_data)  # in a unit of work of its own
        except ZhiqiaoError as error:
            return refused_by_rule(error, form, headings)
        except IntegrityError:
            return Outcome("rejected", None, ("record_doubled",))
        known[digest] = record.pk
        return Outcome("created", record.pk, tuple(each.code for each in row.warnings), facts={DIGEST: digest})

    def undo(self, run: ImportRun, work: Work) -> int:
        """How many records were withdrawn. Raises ``Conflict`` ``undo_not_offered``."""
        if self.register.withdraw is None:
            raise Conflict("undo_not_offered", register=self.register.name)
        brought = created_by(run)
        keys = sorted(set(brought) - told_since(run, brought))
        return sum(self.register.withdraw(work, record) for part in in_batches(keys) for record in self._records(part))

    def _records(self, keys: Sequence[int]) -> Iterable[Model]:
        found: Iterable[Model] = self.register.model._base_manager.filter(pk__in=keys).order_by("pk")
        return found


def acting(work: Work) -> Actor:
    """Who sends the list, with the rights of this moment."""
    if isinstance(work.actor, Actor):
        return work.actor
    found: Actor = load_function(settings.ZHIQIAO_ACTORS)(work.actor.actor_id)
    return found


def digest_of(cells: Mapping[str, Cell]) -> str:
    written = {name: shown(cell) for name, cell in cells.items() if shown(cell)}
    return blind_index("import_row", canonical(written))


def brought_before(run: ImportRun) -> dict[str, int]:
    """What rows said that came in with the same sender's lists not undone, and the record that each became. Another's
    rows are not looked at: they would tell what stands in records that the sender may not see."""
    same = ImportRun.objects.filter(kind=run.kind, organisation_id=run.organisation_id)
    rows = ImportRow.objects.filter(run__in=same, outcome="created", subject_id__isnull=False)
    standing = rows.exclude(run__state=ImportRun.State.UNDONE).values_list("facts", "subject_id")
    return {facts[DIGEST]: key for facts, key in standing.iterator(chunk_size=2_000) if DIGEST in facts and key}


class Headings:
    """What the sheet of a row calls its fields."""

    def __init__(self, run: ImportRun, row: ReadRow[Any]) -> None:
        table: Mapping[str, Any] = next((each for each in reversed(run.headings) if _same(each, row)), {})
        self._by_field = {each["field"]: each["heading"] for each in table.get("columns", ()) if each["field"]}

    def of(self, names: Iterable[str]) -> list[str]:
        return [self._by_field[name] for name in names if name in self._by_field]


def _same(table: Mapping[str, Any], row: ReadRow[Any]) -> bool:
    return "columns" in table and (table["file"], table["sheet"]) == (row.file, row.sheet)


def unread(faults: Sequence[CellFault], headings: Headings) -> Outcome:
    columns = headings.of(fault.name for fault in faults)
    first = faults[0]
    return Outcome("rejected", None, (first.code,), _head(columns), {**first.facts, "columns": columns})


def refused_by_form(form: RecordForm, headings: Headings) -> Outcome:
    told = in_each_language(lambda: _words_of(form))
    columns = headings.of(form.errors)
    return Outcome("rejected", None, ("cells_refused",), _head(columns), {**_told(told), "columns": columns})


def refused_by_rule(error: ZhiqiaoError, form: RecordForm, headings: Headings) -> Outcome:
    """A code that rows of files know has its own words; of another the words are kept beside it."""
    field = str(error.facts.get("field", ""))
    columns = headings.of([field])
    facts = {**plain_facts(error.facts), "columns": columns}
    if error.reason in REASONS:
        return Outcome("rejected", None, (error.reason,), _head(columns), facts)
    words = _told(in_each_language(lambda: refusal(error).text))
    return Outcome("rejected", None, ("rule_refused",), _head(columns), {**facts, **words, "refused": error.reason})


def _head(columns: Sequence[str]) -> str:
    return columns[0] if columns else ""


def _words_of(form: RecordForm) -> str:
    return "；".join(
        f"{label_of(name, form.fields[name])}：{message}" if name in form.fields else str(message)
        for name, faults in form.errors.as_data().items()
        for fault in faults
        for message in fault.messages
    )


def _told(words: Sequence[str]) -> dict[str, str]:
    codes = [LANGUAGES.get(code, code) for code, _name in settings.LANGUAGES]
    return {code: text[:LONGEST_WORDS] for code, text in zip(codes, words, strict=True)}
