"""Lists through a register's form: each row as if somebody had typed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django import forms

from tests.importing.lists import write_list
from tests.kit.conftest import ActorOf
from tests.web.conftest import City
from zhiqiao.core import importing
from zhiqiao.core.audit import Work, unit_of_work
from zhiqiao.core.blobs import open_blob
from zhiqiao.core.importing import ImportRequest, carry_out, start_import, undo_import
from zhiqiao.core.models import AuditEntry, ImportRow, ImportRun
from zhiqiao.core.reports import write_report
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.registers import Register
from zhiqiao.kit.sheets import SheetReader, asked_of
from zhiqiao.kit.storing import FormStorer, storer_for
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.registers import ORGANISATIONS

pytestmark = pytest.mark.django_db
Take = Callable[..., ImportRun]


def withdraw(work: Work, house: Organisation) -> bool:
    work.record("test.withdraw", ORGANISATIONS.subject_of(house), None, None)
    return bool(Organisation.objects.filter(pk=house.pk).delete()[0])


HOUSES: Register[Any] = replace(ORGANISATIONS, intake="form", withdraw=withdraw)


def house(name: str, **more: str) -> dict[str, str]:
    return {"名称": name, "类型": "企业", **more}


@pytest.fixture
def take(city: City, actor: ActorOf, tmp_path: Path) -> Take:
    def taken(rows: list[dict[str, Any]], who: str = "bureau", file: str = "单位.xlsx") -> ImportRun:
        place = write_list(tmp_path / file, rows)
        request = ImportRequest(kind="organisation", files=((file, place),), sender="示例")
        run = start_import(actor=actor(who), request=request)
        return carry_out(actor=actor(who), run=run, storer=FormStorer(HOUSES))

    return taken


def rejected(run: ImportRun) -> list[tuple[int, list[str], str]]:
    rows = ImportRow.objects.filter(run=run, outcome="rejected").order_by("id")
    return [(row.row_number, row.codes, row.column) for row in rows]


def test_good_rows_come_in_and_the_others_are_named(take: Take) -> None:
    run = take(
        [
            house("示例甲公司"),
            house("示例乙公司", 类型="没有的类型"),
            house("", 类型="企业"),
            house("示例丙公司", 统一社会信用代码="91"),
        ]
    )
    assert (run.state, run.rows, run.created, run.rejected) == ("done", 4, 1, 3)
    assert Organisation.objects.get(name="示例甲公司").kind == "enterprise"
    assert [(number, codes) for number, codes, _ in rejected(run)] == [
        (3, ["cells_refused"]), (4, ["cells_refused"]), (5, ["credit_code_format"]),
    ]  # fmt: skip
    assert [column for _, _, column in rejected(run)][:2] == ["类型", "名称"]


def test_reasons_are_told_in_both_languages(take: Take) -> None:
    run = take([house("示例甲公司", 类型="没有的类型")])
    facts = ImportRow.objects.get(run=run, outcome="rejected").facts
    assert facts["zh"].startswith("类型：") and facts["en"].startswith("Kind: ".replace(": ", "：")), facts


@pytest.mark.parametrize("heading", ["名称", "Name", "name", "名称*"])
def test_headings_are_labels_of_any_language_or_names(take: Take, heading: str) -> None:
    assert take([{heading: "示例甲公司", "类型": "企业"}]).created == 1


@pytest.mark.parametrize("word", ["企业", "Enterprise", "enterprise", " ENTERPRISE "])
def test_choices_are_words_of_any_language_or_codes(take: Take, word: str) -> None:
    assert take([house("示例甲公司", 类型=word)]).created == 1
    assert Organisation.objects.get(name="示例甲公司").kind == "enterprise"


def test_the_same_row_again_changes_nothing(take: Take) -> None:
    take([house("示例甲公司")])
    again = take([house("示例甲公司"), house("示例乙公司"), house("示例乙公司")], file="第二份.csv")
    assert (again.created, again.unchanged, again.rejected) == (1, 2, 0)


def test_what_the_rules_refuse_is_a_rejected_row_with_its_words(city: City, take: Take) -> None:
    run = take([house(city.houses["firm"].name)])
    row = ImportRow.objects.get(run=run)
    assert (run.rejected, row.outcome) == (1, "rejected")
    assert row.codes == ["rule_refused"] and row.facts["refused"] == "organisation_exists"
    assert "register already" in row.facts["en"] and row.facts["zh"]


def test_what_failed_leaves_no_trail(city: City, take: Take) -> None:
    before = AuditEntry.objects.filter(action="parties.register_organisation").count()
    take([house(city.houses["firm"].name), house("示例甲公司")])
    assert AuditEntry.objects.filter(action="parties.register_organisation").count() == before + 1


def test_what_the_database_refuses_holds_up_no_other_row(city: City, actor: ActorOf, tmp_path: Path) -> None:
    create = HOUSES.create
    assert create is not None

    def careless(who: Actor, said: Mapping[str, Any]) -> Organisation:
        with unit_of_work(who) as work:
            made = Organisation.objects.create(name=said["name"], name_key=said["name"], kind=said["kind"])
            work.record("test.make", ORGANISATIONS.subject_of(made), None, {"name": made.name})
            if said["name"].startswith("坏"):
                Organisation.objects.create(public_id=made.public_id, name="x", name_key="x", kind="enterprise")
        return made

    place = write_list(tmp_path / "单位.csv", [house("坏公司"), house("好公司")])
    request = ImportRequest(kind="organisation", files=(("单位.csv", place),), sender="示例")
    run = start_import(actor=actor("bureau"), request=request)
    storer = FormStorer(replace(HOUSES, create=replace(create, act=careless)))
    run = carry_out(actor=actor("bureau"), run=run, storer=storer)
    assert (run.created, rejected(run)) == (1, [(2, ["record_doubled"], "")])
    assert not Organisation.objects.filter(name="坏公司").exists()
    assert AuditEntry.objects.filter(action="test.make").count() == 1


def test_who_may_not_write_brings_nothing_in(take: Take) -> None:
    run = take([house("示例甲公司")], who="firm")
    assert (run.created, [codes for _, codes, _ in rejected(run)]) == (0, [["forbidden"]])


def test_the_report_marks_the_cells_to_blame(take: Take, actor: ActorOf) -> None:
    run = take([house("", 类型="没有的类型", 地址="示例路"), house("示例甲公司")])
    write_report(actor=actor("bureau"), run=run)
    run.refresh_from_db()
    assert run.report is not None
    with open_blob(run.report) as stream:
        sheet = openpyxl.load_workbook(stream).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [each.coordinate for each in cells if each.fill.fgColor.rgb == "FFFCE0E0"] == ["A2", "B2"]
    assert "名称" in sheet["F2"].value and "类型" in sheet["F2"].value


def test_undo_takes_back_what_came_in(take: Take, actor: ActorOf) -> None:
    run = take([house("示例甲公司"), house("示例乙公司")])
    undo_import(actor=actor("bureau"), run=run, storer=FormStorer(HOUSES))
    assert not Organisation.objects.filter(name__startswith="示例甲").exists()
    assert take([house("示例甲公司")]).created == 1  # what was taken back is new again


def test_what_a_later_list_told_of_too_stays(take: Take, actor: ActorOf) -> None:
    first = take([house("示例甲公司"), house("示例乙公司")])
    take([house("示例甲公司")], file="第二份.csv")
    undo_import(actor=actor("bureau"), run=first, storer=FormStorer(HOUSES))
    kept = Organisation.objects.filter(name__in=["示例甲公司", "示例乙公司"]).values_list("name", flat=True)
    assert list(kept) == ["示例甲公司"]


def test_a_register_that_cannot_take_back_says_so(take: Take, actor: ActorOf) -> None:
    run = take([house("示例甲公司")])
    with pytest.raises(Conflict, match="undo_not_offered"):
        undo_import(actor=actor("bureau"), run=run, storer=FormStorer(replace(HOUSES, withdraw=None)))
    run.refresh_from_db()
    assert run.state == ImportRun.State.DONE and Organisation.objects.filter(name="示例甲公司").exists()


def test_a_killed_run_goes_on_where_it_stopped(
    city: City, actor: ActorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    place = write_list(tmp_path / "单位.csv", [house(f"示例{number}公司") for number in range(7)])
    request = ImportRequest(kind="organisation", files=(("单位.csv", place),), sender="示例")

    def stop(step: importing.Progress) -> None:
        if Organisation.objects.filter(name__endswith="公司").count() >= 4:
            raise KeyboardInterrupt

    run = start_import(actor=actor("bureau"), request=request)
    with pytest.raises(KeyboardInterrupt):
        carry_out(actor=actor("bureau"), run=run, storer=FormStorer(HOUSES), watch=stop)
    run.refresh_from_db()
    assert (run.state, run.created, run.checkpoint) == ("running", 4, {"table": 0, "rows": 4})
    assert start_import(actor=actor("bureau"), request=request).pk == run.pk
    run = carry_out(actor=actor("bureau"), run=run, storer=FormStorer(HOUSES))
    assert (run.state, run.created, run.unchanged, run.rejected) == ("done", 7, 0, 0)


def test_only_registers_that_say_so_take_lists_through_their_form() -> None:
    with pytest.raises(Invalid, match="import_kind"):
        storer_for("need")


class Sheet(RecordForm):
    day = forms.DateField(required=False)
    count = forms.IntegerField(required=False)
    sum = forms.DecimalField(required=False)
    told = forms.BooleanField(required=False)
    ways = forms.MultipleChoiceField(choices=[("sale", "转让"), ("licence", "许可")], required=False)
    kind = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙"), ("c", "乙")], initial="a", required=False)
    note = forms.CharField(required=False)
    file = forms.FileField(required=False)


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("day", "2025年3月4日", "2025-03-04"),
        ("day", datetime(2025, 3, 4), "2025-03-04"),
        ("day", date(2025, 3, 4), "2025-03-04"),
        ("day", 45720, "2025-03-04"),
        ("count", "1,234", "1234"),
        ("count", "１２３４", "1234"),
        ("count", 12.0, "12"),
        ("count", "1,2,3", "1,2,3"),  # no number: the form says so
        ("sum", " 12,345.60 ", "12345.60"),
        ("told", "是", "true"),
        ("told", "否", "false"),
        ("told", True, "true"),
        ("ways", "转让；licence", ["sale", "licence"]),
        ("ways", "转让、许可", ["sale", "licence"]),
        ("kind", "甲", "a"),
        ("kind", "B", "b"),
        ("kind", "乙", "乙"),  # two choices share these words
        ("kind", None, "a"),
        ("note", " 文字 ", "文字"),
        ("note", 13800000000.0, "13800000000"),
    ],
)
def test_cells_as_the_form_takes_them(name: str, cell: Any, value: Any) -> None:
    said, faults = SheetReader.of(Sheet, PUBLIC).said({name: cell})
    assert (said[name], faults) == (value, [])


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("day", "2025年3月", "date_imprecise"),
        ("day", "昨天", "date_format"),
        ("day", "03/04/2025", "date_ambiguous"),
        ("told", "不详", "cell_format"),
        ("note", "#REF!", "cell_error"),
        ("note", "乱\ufffd码", "text_damaged"),
        ("note", 441900199001011234.0, "digits_lost"),
    ],
)
def test_cells_that_cannot_be_read_are_named(name: str, cell: Any, code: str) -> None:
    _, faults = SheetReader.of(Sheet, PUBLIC).said({name: cell})
    assert [(fault.name, fault.code) for fault in faults] == [(name, code)]


def test_a_sheet_asks_for_no_files() -> None:
    assert [each.field for each in asked_of(Sheet.base_fields, {})] == [
        name for name in Sheet.base_fields if name != "file"
    ]
