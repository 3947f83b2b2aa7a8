from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.publication_numbers import KIND_CODE_ERAS, BadPublicationNumber, meaning, parse_publication_number

BEFORE, AFTER = date(2010, 3, 31), date(2010, 4, 7)


@pytest.mark.parametrize(
    ("raw", "key", "kind_code", "kind"),
    [
        ("CN101234567B", "CN101234567B", "B", "invention"),
        ("cn 1234567 c", "CN1234567C", "C", "invention"),
        ("ＣＮ209876543Ｕ", "CN209876543U", "U", "utility_model"),
        ("301234567S", "CN301234567S", "S", "design"),
        ("CN3123456D", "CN3123456D", "D", "design"),
        ("CN101234567B8", "CN101234567B8", "B8", "invention"),
        ("CN201234567Y1", "CN201234567Y1", "Y1", "utility_model"),
        ("CN85102475A", "CN85102475A", "A", "invention"),
    ],
)
def test_reads_numbers_of_all_eras(raw: str, key: str, kind_code: str, kind: str) -> None:
    number = parse_publication_number(raw)
    assert (number.key, number.kind_code, number.kind) == (key, kind_code, kind)
    assert parse_publication_number(number.key) == number


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "publication_empty"),
        (" ", "publication_empty"),
        (101234567, "publication_format"),
        ("CN101234567", "publication_format"),
        ("CN101234567E", "publication_format"),
        ("CN95115608A", "publication_format"),
        ("CN201234567A", "publication_kind"),
        ("CN301234567U", "publication_kind"),
        ("CN401234567A", "publication_kind"),
        ("US1234567B2", "publication_foreign"),
        ("WO2020123456A1", "publication_foreign"),
        ("CN201710601862.3", "publication_application"),
        ("ZL95115608.X", "publication_application"),
    ],
)
def test_refusals_name_their_reason(raw: object, reason: str) -> None:
    with pytest.raises(BadPublicationNumber) as caught:
        parse_publication_number(raw)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("kind_code", "before", "after"),
    [
        ("A", "application", "application"),
        ("B", None, "grant"),
        ("C", "grant", "partial_invalidation"),
        ("U", None, "grant"),
        ("Y", "grant", "partial_invalidation"),
        ("S", None, "grant"),
        ("D", "grant", None),
        ("C1", "partial_invalidation", "partial_invalidation"),
        ("S7", "partial_invalidation", "partial_invalidation"),
        ("A8", "correction", "correction"),
        ("U9", "correction", "correction"),
        ("B3", None, None),
        ("X", None, None),
        ("", None, None),
    ],
)
def test_one_letter_changes_its_meaning_in_april_2010(kind_code: str, before: str | None, after: str | None) -> None:
    assert meaning(kind_code, BEFORE) == before
    assert meaning(kind_code, AFTER) == after


@pytest.mark.parametrize("letter", ["B", "U", "S"])
def test_letters_of_the_first_law_rested_until_2010(letter: str) -> None:
    assert meaning(letter, date(1992, 12, 31)) in {"examined", "application"}
    assert meaning(letter, date(1993, 1, 1)) is None
    assert meaning(letter, date(2010, 4, 1)) == "grant"


def test_what_is_not_certain_says_so() -> None:
    assert {era.letter for era in KIND_CODE_ERAS if not era.certain} == {"B", "U", "S"}
    assert all(era.source for era in KIND_CODE_ERAS)


def test_eight_digits_until_1988() -> None:
    assert parse_publication_number("CN88100001A").kind == "invention"
    with pytest.raises(BadPublicationNumber):
        parse_publication_number("CN89100001A")


def test_without_a_day_only_the_unchanging_is_answered() -> None:
    assert meaning("A", None) == "application"
    assert meaning("C", None) is None
    assert meaning("B9", None) == "correction"
    assert parse_publication_number("CN1234567C").meaning(date(2005, 1, 5)) == "grant"


@given(st.text())
def test_never_crashes(raw: str) -> None:
    with contextlib.suppress(BadPublicationNumber):
        assert parse_publication_number(raw).key.startswith("CN")
