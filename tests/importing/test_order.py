"""An older export never overwrites a newer status, whatever the order they come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.importing.lists import OFFICER, counts, day, request, row, stored, take, write_list
from zhiqiao.core.importing import start_import
from zhiqiao.kernel.errors import Invalid
from zhiqiao.registry.models import Patent, StatusRecord
from zhiqiao.registry.selectors import status_on

pytestmark = pytest.mark.django_db

# (how the day is stated, day, status) of three exports; the last is the newest.
LIFE = (("2019-06-30", "公开"), ("2021-06-30", "授权"), ("2024-06-30", "未缴年费专利权终止"))

Told = tuple[Path, dict[str, Any]]  # the list, and what is said beside it
Writer = Callable[[Path, int, str, str], Told]


def by_option(folder: Path, at: int, stated: str, words: str) -> Told:
    return write_list(folder / f"{at}.csv", [row(1, 法律状态=words)]), {"as_of": day(stated)}


def by_file_name(folder: Path, at: int, stated: str, words: str) -> Told:
    return write_list(folder / f"导出_{stated.replace('-', '')}.csv", [row(1, 法律状态=words)]), {}


def by_title(folder: Path, at: int, stated: str, words: str) -> Told:
    return write_list(folder / f"{at}.xlsx", [row(1, 法律状态=words)], titles=[f"专利清单 导出日期：{stated}"]), {}


def by_row(folder: Path, at: int, stated: str, words: str) -> Told:
    return write_list(folder / f"{at}.csv", [row(1, 法律状态=words, 法律状态最后修改日期=stated)]), {}


def words_on(patent: Patent, at: date, known_at: datetime | None = None) -> str:
    """The status words that stood on a day; there must have been some."""
    found = status_on(patent, at, known_at)
    assert found is not None
    return found.words


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("make", [by_option, by_file_name, by_title, by_row])
def test_the_newest_day_wins_in_any_order(make: Writer, order: tuple[int, ...], tmp_path: Path) -> None:
    for at in order:
        path, said = make(tmp_path, at, *LIFE[at])
        take(path, **said)
    patent = stored(1)
    assert (patent.status_group, patent.status_words) == ("dead", LIFE[2][1])
    assert patent.status_as_of == day(LIFE[2][0])
    assert StatusRecord.objects.filter(patent=patent).count() == 3, "the older ones are kept as history"
    for stated, words in LIFE:
        assert words_on(patent, day(stated)) == words
    assert status_on(patent, day("2018-01-01")) is None


@pytest.mark.parametrize("words", ["未缴年费专利权终止", "失效", "期限届满", "全部无效"])
def test_without_any_day_an_ended_patent_is_not_revived(words: str, tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [row(1, 法律状态=words)]))
    run = take(write_list(tmp_path / "b.csv", [row(1, 法律状态="授权")]))
    assert counts(run) == (0, 0, 1, 0)
    assert run.reasons == {"older_status_kept": 1}
    assert stored(1).status_group == "dead"


def test_without_any_day_life_goes_forward(tmp_path: Path) -> None:
    for words, group in (("公开", "pending"), ("授权", "alive"), ("终止", "dead")):
        take(write_list(tmp_path / "a.csv", [row(1, 法律状态=words)]))
        assert stored(1).status_group == group


def test_older_fields_never_overwrite_newer_ones_but_fill_gaps(tmp_path: Path) -> None:
    take(write_list(tmp_path / "n_20240101.csv", [row(1, 专利名称="新名称", 申请人="新人公司")]))
    run = take(write_list(tmp_path / "o_20190101.csv", [row(1, 专利名称="旧名称", 申请人="旧人公司", 摘要="摘要")]))
    patent = stored(1)
    assert (patent.title, patent.applicants, patent.abstract) == ("新名称", ["新人公司"], "摘要")
    assert counts(run) == (0, 1, 0, 0)
    assert run.reasons == {"older_kept": 1}
    assert [h.name for h in patent.holdings.filter(superseded_at=None)] == ["新人公司"]


def test_a_corrected_export_of_the_same_day_corrects(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a_20240101.csv", [row(1, 法律状态="失效", 专利名称="错")]))
    run = take(write_list(tmp_path / "b_20240101.csv", [row(1, 法律状态="授权", 专利名称="对")]))
    assert counts(run) == (0, 1, 0, 0)
    assert (stored(1).status_group, stored(1).title) == ("alive", "对")


def test_a_day_to_come_is_refused_or_left_out(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1)])
    with pytest.raises(Invalid) as refused:
        take(path, as_of=day("2999-01-01"))
    assert refused.value.reason == "date_future"
    take(write_list(tmp_path / "清单_20991231.csv", [row(1, 法律状态="公开")]))
    assert stored(1).status_as_of is None
    take(write_list(tmp_path / "b.csv", [row(1, 法律状态="授权")]), as_of=day("2024-01-01"))
    assert stored(1).status_words == "授权"


def test_a_status_can_be_told_as_it_was_known_at_any_moment(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a_20210101.csv", [row(1, 法律状态="授权")]))
    known_then = StatusRecord.objects.get().recorded_at
    take(write_list(tmp_path / "b_20200101.csv", [row(1, 法律状态="公开")]))
    patent = stored(1)
    assert words_on(patent, day("2020-06-01")) == "公开"
    assert status_on(patent, day("2020-06-01"), known_then) is None
    assert words_on(patent, day("2021-06-01"), known_then) == "授权"


def test_the_same_file_under_way_is_gone_on_with(tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1)])
    first = start_import(actor=OFFICER, request=request(path))
    assert start_import(actor=OFFICER, request=request(path)).pk == first.pk
    done = take(path)
    assert done.pk == first.pk
    assert take(path).pk != first.pk
