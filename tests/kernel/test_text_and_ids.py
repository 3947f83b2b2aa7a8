from __future__ import annotations

import unicodedata
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.ids import new_id
from zhiqiao.kernel.text import clean_line, clean_text, compact, fold_hyphens, fold_width, is_missing, number_in, plain


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  一种\x00装置 ", "一种装置"),
        ("a\u200bb\ufeffc\u202ed", "abcd"),
        ("a\tb\u3000\u3000c\xa0d", "a b c d"),
        ("第一行 \r\n 第二行\r第三行", "第一行\n第二行\n第三行"),
        ("\ud800半", "半"),
        ("① ㎡ x² Ａ，。", "① ㎡ x² Ａ，。"),
        ("e\u0301", "é"),
        (None, ""),
        (float("nan"), ""),
        (12.0, "12"),
        (12.5, "12.5"),
        (523808, "523808"),
    ],
)
def test_cleaning(raw: object, clean: str) -> None:
    assert clean_text(raw) == clean


def test_nothing_is_cut_off_silently() -> None:
    assert clean_text(" 五个字的话 ", limit=5) == "五个字的话"
    with pytest.raises(Invalid) as caught:
        clean_text("五个字的话", limit=4)
    assert caught.value.reason == "text_too_long"
    assert caught.value.facts == {"limit": 4, "length": 5}


@given(st.text(st.characters()))
def test_cleaning_is_stable_and_can_be_stored(raw: str) -> None:
    clean = clean_text(raw)
    assert clean_text(clean) == clean
    clean.encode("utf-8")
    assert not any(unicodedata.category(sign) == "Cc" and sign != "\n" for sign in clean)


@given(st.text())
def test_a_line_has_no_breaks(raw: str) -> None:
    assert "\n" not in clean_line(raw)


def test_folding() -> None:
    assert fold_width("Ａｂ１２（）：；　～") == "Ab12():; ~"
    assert fold_width("，。①²") == ",。①²"
    assert fold_hyphens("1–2—3−4－5") == "1-2-3-4-5"
    assert compact(" ｚｌ 2017\t10.3\u200b ") == "ZL201710.3"


def test_plain_writes_whole_numbers_whole() -> None:
    assert [plain(raw) for raw in (1.0, 1.5, 3, 1e20, None)] == ["1", "1.5", "3", "1e+20", ""]


@pytest.mark.parametrize("raw", [None, float("nan"), Decimal("NaN"), Decimal("sNaN")])
def test_missing(raw: object) -> None:
    assert is_missing(raw)
    assert number_in(raw) is None
    assert plain(raw) == ""


@pytest.mark.parametrize("raw", [True, "1", b"1", float("inf"), Decimal("-Infinity"), 10**400])
def test_what_is_no_number_cell(raw: object) -> None:
    assert not is_missing(raw)
    assert number_in(raw) is None


@pytest.mark.parametrize("raw", [0, -1, 2.5, Decimal("2.50")])
def test_number_cells(raw: object) -> None:
    assert number_in(raw) is raw


def test_ids_are_version_7_distinct_and_ascending() -> None:
    ids = [new_id() for _ in range(2000)]
    assert {each.version for each in ids} == {7}
    assert len(set(ids)) == 2000
    assert ids == sorted(ids)
    assert type(ids[0]) is uuid.UUID
