"""A rehearsal leaves nothing behind; a whole import can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.lists import OFFICER, counts, day, rehearse, request, row, stored, take, undo, write_list, written
from zhiqiao.core.importing import ImportNotFinished, carry_out, start_import
from zhiqiao.core.importjobs import storer_of
from zhiqiao.core.indexing import index_pending, reader
from zhiqiao.core.leases import Busy, acquire
from zhiqiao.core.models import AuditEntry, HeadingMapping, ImportRun, Lease
from zhiqiao.core.seal import seal_everything
from zhiqiao.core.verification import verify
from zhiqiao.exchange.cells import FileRefused
from zhiqiao.needs.models import Need
from zhiqiao.registry.models import Patent, PatentHolder, StatusRecord
from zhiqiao.registry.selectors import patents_visible_to

pytestmark = pytest.mark.django_db

BEFORE = [row(1), row(2, 法律状态="授权"), row(3)]
AFTER = [
    row(1, 专利名称="改", 专利权人="示例公司"),
    row(2, 法律状态="未缴年费专利权终止"),
    row(3),
    row(4),
    row(5, 申请号="2.02E+12"),
]


def shown() -> set[str]:
    return set(patents_visible_to(OFFICER).values_list("title", flat=True))


def found() -> set[int]:
    index_pending("patents")
    keys = list(Patent.objects.values_list("id", flat=True))
    return set(reader("patents").documents(keys, OFFICER.tokens))


@pytest.mark.parametrize("known", [True, False])
def test_a_rehearsal_counts_as_the_import_does_and_leaves_nothing(known: bool, tmp_path: Path) -> None:
    if known:
        take(write_list(tmp_path / "a.csv", BEFORE))
    path = write_list(tmp_path / "b.csv", AFTER)
    before, patents = written(), list(Patent.objects.order_by("id").values())
    told = rehearse(path, mapping={"专利名称": "title"})
    assert written() == before
    assert list(Patent.objects.order_by("id").values()) == patents
    assert not HeadingMapping.objects.exists()
    run = take(path, mapping={"专利名称": "title"})
    assert told.counts == {name: getattr(run, name) for name in told.counts}
    assert told.unmapped == run.unmapped
    assert told.headings == run.headings
    if known:
        changed = dict(told.differences)
        assert changed[stored(1).pk]["title"] == ["一种示例装置1", "改"]
        assert "provenance" not in changed[stored(1).pk]


def test_a_rehearsal_of_an_unreadable_file_leaves_nothing_either(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    before = written()
    with pytest.raises(FileRefused):
        rehearse(path)
    assert written() == before


def test_undo_withdraws_what_was_created_and_restores_what_was_changed(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a_20220101.csv", BEFORE))
    titles, known = shown(), found()
    holders = list(PatentHolder.objects.filter(superseded_at=None).values_list("patent_id", "role", "name"))
    run = take(write_list(tmp_path / "b_20240101.csv", AFTER))
    assert counts(run) == (1, 2, 1, 1)
    assert stored(4).pk in found()
    undone = undo(run)
    assert undone.state == ImportRun.State.UNDONE
    assert shown() == titles
    assert found() == known
    assert stored(2).status_words == "授权"
    assert stored(2).status_as_of == day("2022-01-01")
    standing = PatentHolder.objects.filter(superseded_at=None, patent__withdrawn_at=None)
    assert sorted(standing.values_list("patent_id", "role", "name")) == sorted(holders)
    assert list(stored(1).holdings.filter(superseded_at=None).values_list("standing__name", flat=True)) == ["示例大学"]
    assert set(StatusRecord.objects.filter(withdrawn_at=None).values_list("words", flat=True)) == {"授权"}
    assert AuditEntry.objects.filter(action="registry.undo_import").count() == 3
    with pytest.raises(ImportNotFinished):
        undo(run)
    # What was taken back is as if it had never been said: an export between the two days counts again.
    between = take(write_list(tmp_path / "c_20230101.csv", [row(1, 专利名称="中间"), row(4, 专利名称="第四")]))
    assert counts(between) == (1, 1, 0, 0)
    assert (stored(1).title, stored(4).title) == ("中间", "第四")


def test_undo_leaves_what_was_changed_since(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [row(1)]))
    wrong = take(write_list(tmp_path / "b.csv", [row(1, 专利名称="错", 摘要="错的摘要"), row(2)]))
    take(write_list(tmp_path / "c.csv", [row(1, 专利名称="对"), row(2)]))
    undo(wrong)
    assert (stored(1).title, stored(1).abstract) == ("对", "")
    assert stored(2).withdrawn_at is None, "told since by another file"


def test_undo_then_the_same_again_creates_again(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 法律状态="授权"), row(2)])
    for _ in range(3):
        run = take(path)
        assert counts(run) == (2, 0, 0, 0)
        assert stored(1).status_words == "授权"
        assert StatusRecord.objects.filter(withdrawn_at=None).count() == 1
        assert len(found()) == 2
        undo(run)
        assert shown() == set()
        assert found() == set()
    assert Patent.objects.count() == 2


def test_what_was_undone_does_not_speak_any_more(tmp_path: Path) -> None:
    wrong = take(write_list(tmp_path / "a_20260101.csv", [row(1, 专利名称="错", 申请人="错人公司", 摘要="错")]))
    undo(wrong)
    take(write_list(tmp_path / "b_20200101.csv", [row(1)]))
    patent = stored(1)
    assert (patent.title, patent.applicants, patent.abstract) == ("一种示例装置1", ["示例大学"], "")
    assert [h.name for h in patent.holdings.filter(superseded_at=None)] == ["示例大学"]


def test_a_list_of_needs_can_be_taken_back(tmp_path: Path) -> None:
    rows = [{"需求编号": "X-1", "需求名称": "求轻质电池", "需求内容": "要轻", "企业名称": "示例电子厂"}]
    path = write_list(tmp_path / "a.csv", rows)
    run = take(path, kind="needs")
    assert counts(run) == (1, 0, 0, 0)
    assert counts(take(path, kind="needs")) == (0, 0, 1, 0)
    changed = take(write_list(tmp_path / "b.csv", [{**rows[0], "需求名称": "求重型电池"}]), kind="needs")
    assert counts(changed) == (0, 1, 0, 0)
    undo(changed)
    assert Need.objects.get().title == "求轻质电池"


def test_two_at_once_on_one_run_and_the_second_is_told_to_wait(tmp_path: Path) -> None:
    run = start_import(actor=OFFICER, request=request(write_list(tmp_path / "a.csv", [row(1)])))
    acquire(f"import:{run.public_id}", "elsewhere:1:abc", 60)
    with pytest.raises(Busy):
        carry_out(actor=OFFICER, run=run, storer=storer_of("patents"))
    assert not Patent.objects.exists()
    Lease.objects.update(holder="elsewhere:1:abc", expires_at="2000-01-01T00:00:00Z")
    carry_out(actor=OFFICER, run=run, storer=storer_of("patents"))
    assert Patent.objects.count() == 1


def test_a_sealed_trail_over_import_undo_and_again_is_intact(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", BEFORE)
    undo(take(path))
    take(path)
    seal_everything()
    assert verify().intact
