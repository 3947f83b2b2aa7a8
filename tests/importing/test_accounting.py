"""Every row is accounted for; the same again changes nothing; a changed file leaves its history."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.dirty import EXPORTS, parts_2022
from tests.exchange.drafts import Export
from tests.importing.lists import OFFICER, counts, made_up, number, row, stored, take, undo, write_list, written
from zhiqiao.core import importing
from zhiqiao.core.models import AuditEntry, ImportRow, ImportRun, OutboxEvent, Revision
from zhiqiao.core.reports import write_report
from zhiqiao.exchange.cells import FileRefused
from zhiqiao.exchange.tables import open_tables
from zhiqiao.registry.models import HolderStatement, Patent

pytestmark = pytest.mark.django_db
SMALL_EXPORTS = [each for each in EXPORTS if each is not parts_2022]


@pytest.mark.parametrize("make", SMALL_EXPORTS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("chunk", [1, 2_000])
def test_a_dirty_export_comes_in_whole_and_again_changes_nothing(
    make: Callable[[Path], Export], chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", chunk)
    export = make(tmp_path)
    expected = [each for sheet in export.sheets for each in sheet.expected]
    run = take(export.path)
    numbers = {each.number for each in expected if each.number}
    assert run.rows == len(expected)
    assert run.rejected == sum(each.code is not None for each in expected)
    assert run.created == len(numbers) == Patent.objects.count()
    assert set(Patent.objects.values_list("number", flat=True)) == numbers
    assert set(run.unmapped) == set(export.unmapped)
    assert run.reasons.get("row_merged", 0) == run.unchanged == len(expected) - run.rejected - len(numbers)
    rejected = ImportRow.objects.filter(run=run, outcome="rejected").order_by("id")
    assert [(r.row_number, r.codes) for r in rejected] == [(e.row_number, [e.code]) for e in expected if e.code]

    before, patents = written(), list(Patent.objects.order_by("id").values())
    again = take(export.path)
    assert counts(again) == (0, 0, run.rows - run.rejected, run.rejected)
    assert list(Patent.objects.order_by("id").values()) == patents
    after = written()
    for table in ("Revision", "Patent", "PatentHolder", "StatusRecord", "Organisation", "OutboxEvent"):
        assert after[table] == before[table], table
    assert after["AuditEntry"] == before["AuditEntry"] + 2, "start and finish of the run alone"


GRANT_AND_APPLICATION = [
    {**row(1), "公开（公告）号": "CN111000001A", "公开（公告）日": "2020-09-01", "法律状态": "公开", "发明人": "张示"},
    row(2),
    {
        **row(1, 专利名称="一种示例装置(授权文本)", 申请人="示例大学;示例公司"),
        "公开（公告）号": "CN111000001B",
        "公开（公告）日": "2022-02-01",
        "法律状态": "授权",
        "发明人": "张示",
    },
]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)], ids=["application first", "grant first"])
@pytest.mark.parametrize("name", ["清单.csv", "清单_20230501.csv"], ids=["no day", "one day for all"])
@pytest.mark.parametrize("chunk", [1, 2_000])
def test_application_and_grant_make_one_patent_in_any_order_and_chunk(
    order: tuple[int, ...], name: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", chunk)
    path = write_list(tmp_path / name, [GRANT_AND_APPLICATION[at] for at in order])
    run = take(path)
    assert counts(run) == (2, 0, 1, 0)
    patent = stored(1)
    assert (patent.title, patent.status_group) == ("一种示例装置(授权文本)", "alive")
    assert (str(patent.published_on), str(patent.granted_on)) == ("2020-09-01", "2022-02-01")
    assert (patent.publication_number, patent.grant_number) == ("CN111000001A", "CN111000001B")
    assert sorted(h.name for h in patent.holdings.filter(superseded_at=None)) == ["示例公司", "示例大学"]
    again = take(path)
    assert counts(again) == (0, 0, 3, 0)
    assert stored(1).updated_at == patent.updated_at


@pytest.mark.parametrize("chunk", [1, 2_000])
def test_rows_that_contradict_each_other_settle_once(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", chunk)
    rows = [row(1, 专利名称="甲", 法律状态="授权"), row(1, 专利名称="乙", 法律状态="质押"), row(1, 专利名称="丙")]
    path = write_list(tmp_path / "a.csv", rows)
    assert counts(take(path)) == (1, 0, 2, 0)
    title = stored(1).title
    assert counts(take(path)) == (0, 0, 3, 0)
    assert stored(1).title == title


def test_a_changed_file_updates_with_history_and_trail(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [row(1), row(2)]))
    before = AuditEntry.objects.count()
    run = take(write_list(tmp_path / "b.csv", [row(1, 专利名称="新名称"), row(2)]))
    assert counts(run) == (0, 1, 1, 0)
    revision = Revision.objects.get(run=run)
    assert revision.subject_id == stored(1).pk
    assert revision.changes["title"] == ["一种示例装置1", "新名称"]
    entry = AuditEntry.objects.get(action="registry.import_patent", id__gt=0, subject_id=str(stored(1).public_id),
                                   content__contains="新名称")  # fmt: skip
    assert "一种示例装置1" in entry.content
    assert AuditEntry.objects.count() == before + 3
    assert OutboxEvent.objects.filter(queue="index.patents").latest("id").payload["ids"] == [stored(1).pk]


def test_an_empty_cell_never_overwrites(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [row(1, 摘要="摘要文字", 发明人="张示")]))
    assert counts(take(write_list(tmp_path / "b.csv", [row(1, 摘要="", 发明人="—")]))) == (0, 0, 1, 0)
    assert (stored(1).abstract, stored(1).inventors) == ("摘要文字", ["张示"])


def test_money_without_a_unit_is_warned_of_and_not_stored_until_it_is_confirmed(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 预期价格="12.5")])
    run = take(path)
    assert counts(run) == (1, 0, 0, 0)
    assert run.reasons == {"money_unit_unconfirmed": 1}
    assert not HolderStatement.objects.exclude(money={}).exists()
    confirmed = take(path, units={"预期价格": "万元"})
    assert HolderStatement.objects.get().money == {"expected_price": "125000.00"}
    assert counts(confirmed) == (0, 1, 0, 0)
    assert counts(take(path)) == (0, 0, 1, 0), "the unit is kept for the sender"


def test_a_new_price_is_an_update_with_history_and_can_be_undone(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [row(1, **{"预期价格（万元）": "10"})]))
    run = take(write_list(tmp_path / "b.csv", [row(1, **{"预期价格（万元）": "20"})]))
    assert counts(run) == (0, 1, 0, 0)
    assert HolderStatement.objects.get().money == {"expected_price": "200000.00"}
    assert not AuditEntry.objects.filter(content__contains="200000").exists()
    undo(run)
    assert HolderStatement.objects.get().money == {"expected_price": "100000.00"}


def test_a_mapping_is_kept_for_its_sender_alone(tmp_path: Path) -> None:
    cells = {"申请号": number(1), "申请人": "示例大学", "项目甲": "一种示例", "幸运数字": "7"}
    path = write_list(tmp_path / "a.csv", [cells])
    first = take(path, sender="甲校")
    assert set(first.unmapped) == {"项目甲", "幸运数字"}
    assert stored(1).title == ""
    take(path, sender="甲校", mapping={"项目甲": "title", "幸运数字": None})
    assert stored(1).title == "一种示例"
    second = write_list(tmp_path / "b.csv", [{**cells, "申请号": number(2)}])
    assert take(second, sender="甲校").unmapped == []
    assert stored(2).title == "一种示例"
    third = write_list(tmp_path / "c.csv", [{**cells, "申请号": number(3)}])
    assert set(take(third, sender="乙校").unmapped) == {"项目甲", "幸运数字"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [row(1, 专利名称="一种𬭚材料的镕铸方法€")], encoding=encoding))
    assert stored(1).title == "一种𬭚材料的镕铸方法€"


def test_a_zip_of_parts_comes_in_as_one_import(tmp_path: Path) -> None:
    inside = tmp_path / "parts"
    inside.mkdir()
    write_list(inside / "1.xlsx", [row(1), row(2)])
    write_list(inside / "2.csv", [row(2), row(3), row(4, 申请号="2.02E+12")], encoding="gb18030")
    (inside / "readme.txt").write_bytes(b"\x00\x01\x02")
    path = tmp_path / "导出.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each in sorted(inside.iterdir()):
            archive.write(each, f"导出/{each.name}")
    run = take(path)
    assert counts(run) == (3, 0, 1, 1)
    assert run.reasons["number_scientific"] == 1
    assert run.reasons["file_kind_unknown"] == 1, "the part that could not be read is counted and named"
    assert any(each.get("refused") == "file_kind_unknown" and "readme" in each["file"] for each in run.headings)


@pytest.mark.parametrize(("source", "ending"), [("坏.xls", ".xlsx"), ("坏.xlsx", ".xlsx"), ("坏.csv", ".csv")])
def test_the_report_goes_back_as_it_came_and_can_be_imported_once_corrected(
    source: str, ending: str, tmp_path: Path
) -> None:
    rows = [row(1), row(2, 申请号="2.02E+12"), row(3, 申请号="")]
    run = take(write_list(tmp_path / source, rows, titles=["某校专利（示例）"]))
    report = write_report(actor=OFFICER, run=run)
    assert report is not None
    assert report.suffix == ending
    heading, *lines = [list(map(str, cells)) for table in open_tables(report) for _, cells in table.rows]
    assert heading == ["申请号", "专利名称", "申请人", "申请日", "行号", "出错的列", "原因", "原因代码"]
    at = {name: column for column, name in enumerate(heading)}
    assert [float(line[at["行号"]]) for line in lines] == [4, 5]
    assert [line[at["原因代码"]] for line in lines] == ["number_scientific", "number_missing"]
    assert [line[at["出错的列"]] for line in lines] == ["申请号", "申请号"]
    assert all(any("一" <= char <= "鿿" for char in line[at["原因"]]) for line in lines)
    for line, serial in zip(lines, (2, 3), strict=True):
        line[at["申请号"]] = made_up(serial).dotted
    corrected = write_list(tmp_path / f"改{ending}", [dict(zip(heading, line, strict=True)) for line in lines])
    again = take(corrected)
    assert counts(again) == (2, 0, 0, 0)
    assert again.unmapped == []


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"a,b\n1,2\n", b"<html>no</html>"])
def test_a_file_without_a_list_is_refused_by_code_and_the_run_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        take(path)
    assert refused.value.reason in {"file_empty", "file_kind_unknown", "file_truncated", "heading_missing",
                                    "file_unreadable", "file_is_web_page", "xml_unknown"}  # fmt: skip
    run = ImportRun.objects.get()
    assert (run.state, run.rows) == ("failed", 0)
    assert not Patent.objects.exists()


def test_hidden_folder_order_does_not_matter(tmp_path: Path) -> None:
    """Two files of one import that name the same patent give the same record whichever comes first."""
    old = write_list(tmp_path / "导出_20200101.csv", [row(1, 专利名称="旧", 法律状态="公开")])
    new = write_list(tmp_path / "导出_20230101.csv", [row(1, 专利名称="新", 法律状态="授权")])
    take(new, old)
    assert (stored(1).title, stored(1).status_group) == ("新", "alive")
