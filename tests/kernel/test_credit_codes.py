from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.credit_codes import (
    ALPHABET,
    BadCreditCode,
    carries_organisation_check,
    credit_check_digit,
    organisation_check_digit,
    organisation_code_in,
    parse_credit_code,
    parse_organisation_code,
    registrar_hint,
)

VECTORS = [
    "91350100M000100Y43",
    "914403001922038216",
    "91440300708461136T",
    "91441900MA5TE8T058",
    "124419004567890111",
    "91441900MABCD12396",
]

bodies = st.builds(
    lambda head, region, tail: head + f"{region:06d}" + tail,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.integers(0, 999_999),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", VECTORS)
def test_vectors(code: str) -> None:
    assert parse_credit_code(code) == code
    assert carries_organisation_check(code)


@pytest.mark.parametrize(
    "raw",
    ["91440300708461136t", " 9144 0300 7084 61136T ", "９１４４０３００７０８４６１１３６Ｔ", "91440300-70846113-6-T"],
)
def test_writings_of_one_code(raw: str) -> None:
    assert parse_credit_code(raw) == "91440300708461136T"


def test_whole_number_cell_keeps_its_digits() -> None:
    assert parse_credit_code(914403001922038216) == "914403001922038216"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "credit_code_empty"),
        ("", "credit_code_empty"),
        ("无", "credit_code_empty"),
        (9.144030019220382e17, "credit_code_scientific"),
        ("9.14403E+17", "credit_code_scientific"),
        ("91440300708461136I", "credit_code_format"),
        ("9144030070846113OT", "credit_code_format"),
        ("9144030070846113", "credit_code_format"),
        ("91ABC300708461136T", "credit_code_format"),
        ("914403007084611360", "credit_code_check_digit"),
    ],
)
def test_refusals_name_their_reason(raw: object, reason: str) -> None:
    with pytest.raises(BadCreditCode) as caught:
        parse_credit_code(raw)
    assert caught.value.reason == reason


def test_remainder_nought_gives_the_digit_nought() -> None:
    # Weights sum so that this body leaves no remainder; some published code runs past its table here.
    body = next(
        f"91441900{serial:09d}"
        for serial in range(1000)
        if sum(int(sign) * weight for sign, weight in zip(f"91441900{serial:09d}", WEIGHTS, strict=True)) % 31 == 0
    )
    assert credit_check_digit(body) == "0"
    assert parse_credit_code(body + "0") == body + "0"


WEIGHTS = [pow(3, place, 31) for place in range(17)]


@given(bodies)
def test_agrees_with_the_standard_written_out(body: str) -> None:
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    assert (ALPHABET.index(credit_check_digit(body)) + total) % 31 == 0
    assert parse_credit_code(body + credit_check_digit(body)) == body + credit_check_digit(body)


@given(bodies, st.data())
def test_each_single_changed_sign_is_detected(body: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 16))
    allowed = "0123456789" if 2 <= place < 8 else ALPHABET
    other = data.draw(st.sampled_from([sign for sign in allowed if sign != body[place]]))
    with pytest.raises(BadCreditCode):
        parse_credit_code(body[:place] + other + body[place + 1 :] + credit_check_digit(body))


def test_organisation_codes() -> None:
    inside = organisation_code_in("91440300708461136T")
    assert inside == "708461136"
    assert parse_organisation_code("70846113-6") == inside
    assert organisation_check_digit("70846113") == "6"
    with pytest.raises(BadCreditCode) as caught:
        parse_organisation_code("70846113-7")
    assert caught.value.reason == "organisation_code_check_digit"
    with pytest.raises(BadCreditCode):
        parse_organisation_code("7084611")


@given(st.text("0123456789ABCDEFGHJ", min_size=8, max_size=8))
def test_organisation_check_covers_ten_and_eleven(body: str) -> None:
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, [3, 7, 9, 10, 5, 8, 4, 2], strict=True))
    sign = organisation_check_digit(body)
    assert (total + (10 if sign == "X" else int(sign))) % 11 == 0


@pytest.mark.parametrize(
    ("code", "registrar", "kind"),
    [
        ("91440300708461136T", "market_supervision", "enterprise"),
        ("124419004567890111", "staffing", "institution"),
        ("52441900000000000X", "civil_affairs", "private_non_enterprise"),
        ("99441900000000000X", "market_supervision", None),
    ],
)
def test_first_characters_hint_at_the_body(code: str, registrar: str, kind: str | None) -> None:
    hint = registrar_hint(code)
    assert hint is not None
    assert (hint.registrar, hint.kind) == (registrar, kind)


def test_no_hint_where_the_tables_are_silent() -> None:
    assert registrar_hint("N2441900000000000X") is None
