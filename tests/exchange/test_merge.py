"""Rows of one patent become one record: newer wins, nothing empty overwrites, lists grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.exchange.merge import DifferentPatents, merge_records
from zhiqiao.exchange.patents import PatentRecord
from zhiqiao.kernel.legal_status import parse_legal_status

OLD = PatentRecord(
    number="2017106018623",
    kind="invention",
    title="旧名",
    status="授权",
    legal_status=parse_legal_status("授权"),
    status_as_of=date(2020, 1, 1),
    holders=("示例学院",),
    applicants=("示例学院",),
    extra={"a": "1", "b": "1"},
)
NEW = replace(
    OLD,
    title=None,
    abstract="摘要",
    status="未缴年费终止",
    legal_status=parse_legal_status("未缴年费终止"),
    status_as_of=date(2023, 1, 1),
    holders=("示例大学",),
    applicants=("示例大学",),
    extra={"b": "2"},
)

_days = st.none() | st.dates(date(2010, 1, 1), date(2025, 1, 1))
_words = st.none() | st.sampled_from(["甲", "乙", "丙"])
_names = st.lists(st.sampled_from(["甲", "乙", "丙"]), unique=True, max_size=3).map(tuple)


@st.composite
def _records(draw: st.DrawFn) -> PatentRecord:
    words = draw(st.none() | st.sampled_from(["授权", "终止", "驳回"]))
    return PatentRecord(
        number=OLD.number,
        kind="invention",
        check_filled=draw(st.booleans()),
        title=draw(_words),
        filed_on=draw(_days),
        holders=draw(_names),
        inventors=draw(_names),
        status=words,
        legal_status=parse_legal_status(words) if words else None,
        status_as_of=draw(_days),
        known_through=draw(_days),
        extra=draw(st.dictionaries(st.sampled_from("xyz"), st.sampled_from("12"), max_size=2)),
    )


@pytest.mark.parametrize("pair", [(OLD, NEW), (NEW, OLD)])
def test_an_older_export_never_overwrites_a_newer_one(pair: tuple[PatentRecord, PatentRecord]) -> None:
    merged = merge_records(*pair)
    assert (merged.status, merged.status_as_of) == ("未缴年费终止", date(2023, 1, 1))
    assert merged.holders == ("示例大学",)
    assert (merged.title, merged.abstract) == ("旧名", "摘要")
    assert set(merged.applicants) == {"示例学院", "示例大学"}
    assert merged.extra == {"a": "1", "b": "2"}


def test_a_newer_row_that_is_silent_on_the_status_leaves_it() -> None:
    silent = replace(NEW, status=None, legal_status=None)
    merged = merge_records(OLD, silent)
    assert (merged.status, merged.status_as_of) == ("授权", date(2020, 1, 1))


def test_a_given_check_digit_goes_before_a_filled_one() -> None:
    assert not merge_records(replace(OLD, check_filled=True), NEW).check_filled


def test_different_patents_are_never_merged() -> None:
    with pytest.raises(DifferentPatents):
        merge_records(OLD, replace(OLD, number="97101765.4"))


@given(_records())
def test_merging_a_record_with_itself_changes_nothing(record: PatentRecord) -> None:
    assert merge_records(record, record) == record


@given(_records(), _records())
def test_nothing_said_is_lost_and_nothing_is_invented(first: PatentRecord, second: PatentRecord) -> None:
    merged = merge_records(first, second)
    assert set(merged.inventors) == {*first.inventors, *second.inventors}
    for name in ("title", "filed_on", "status"):
        said = {getattr(first, name), getattr(second, name)} - {None}
        assert getattr(merged, name) in (said or {None})
    assert merge_records(merged, first) == merge_records(merge_records(merged, first), first)
