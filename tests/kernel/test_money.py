from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.money import UNITS, BadMoney, Unit, parse_money, split_amount, unit_in_heading

cents = st.integers(0, 10**12).map(lambda value: Decimal(value) / 100)


@pytest.mark.parametrize(
    ("raw", "unit", "yuan"),
    [
        ("120万元", None, "1200000"),
        ("120 万", None, "1200000"),
        ("1.2亿", None, "120000000"),
        ("1.2亿元", "万元", "120000000"),
        ("1200元", "万元", "1200"),
        ("人民币1,200.50元整", None, "1200.50"),
        ("￥１，２００", "元", "1200"),
        ("¥1,200.00", "元", "1200"),
        ("1,234,567.89", "元", "1234567.89"),
        ("33.3333", "万元", "333333"),
        (120, "万元", "1200000"),
        (0.1 + 0.2, "元", "0.30"),
        (33.333333333333336, "万元", "333333.33"),
        (Decimal("1.5"), "亿元", "150000000"),
        ("无偿", None, "0"),
        ("免费", "万元", "0"),
        (0, "万元", "0"),
    ],
)
def test_amounts_in_yuan(raw: object, unit: Unit | None, yuan: str) -> None:
    assert parse_money(raw, unit) == Decimal(yuan)


@pytest.mark.parametrize(
    ("raw", "unit", "reason"),
    [
        ("1200", None, "money_unit_unconfirmed"),
        ("¥1,200.00", None, "money_unit_unconfirmed"),
        (1200.0, None, "money_unit_unconfirmed"),
        (0, None, "money_unit_unconfirmed"),
        ("面议", "元", "money_format"),
        ("10-20万", "元", "money_format"),
        ("1,20元", None, "money_format"),
        ("120万台", None, "money_format"),
        (True, "元", "money_format"),
        (float("inf"), "元", "money_format"),
        ("-5元", None, "money_negative"),
        (-5, "元", "money_negative"),
        ("0.001元", None, "money_precision"),
        ("$100", "元", "money_currency"),
        ("100美元", "元", "money_currency"),
        ("100万港元", "元", "money_currency"),
        ("10000000亿", None, "money_range"),
        ("", "元", "money_empty"),
        (None, "元", "money_empty"),
        (float("nan"), "元", "money_empty"),
        ("-", "元", "money_empty"),
    ],
)
def test_refusals_name_their_reason(raw: object, unit: Unit | None, reason: str) -> None:
    with pytest.raises(BadMoney) as caught:
        parse_money(raw, unit)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("转让价格(万元)", "万元"),
        ("转让价格（元）", "元"),
        ("质押金额【亿元】", "亿元"),
        ("金额(单位:万元)", "万元"),
        ("金额（人民币万元）", "万元"),
        ("单位：万元", "万元"),
        ("金额/万元", "万元"),
        ("金额_元", "元"),
        ("许可费万元", "万元"),
        ("费用(元/年)", "元"),
        ("金额(万)", "万元"),
        ("（2024年）金额（元）", "元"),
        ("金额", None),
        ("金额(万美元)", None),
        ("金额(百万元)", None),
        ("金额百万元", None),
        ("金额(USD)", None),
        ("单元", None),
        ("元素", None),
        ("", None),
    ],
)
def test_unit_in_heading(heading: str, unit: str | None) -> None:
    assert unit_in_heading(heading) == unit


@given(cents.filter(lambda value: value < 10**9), st.sampled_from(sorted(UNITS)))
def test_unit_in_text_and_beside_it_agree(amount: Decimal, unit: Unit) -> None:
    scaled = amount / UNITS[unit]
    assert parse_money(f"{scaled:f}{unit}") == parse_money(f"{scaled:f}", unit) == amount


def test_left_over_cents_go_to_the_largest_remainder() -> None:
    assert split_amount(Decimal(100), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split_amount(Decimal("0.02"), [1, 1, 98]) == [Decimal(0), Decimal(0), Decimal("0.02")]
    assert split_amount(Decimal("-10"), [Decimal("0.5"), 0, Decimal("1.5")]) == [
        Decimal("-2.5"),
        Decimal(0),
        Decimal("-7.5"),
    ]


@given(cents, st.lists(st.integers(0, 10**6) | st.decimals(0, 100, places=6), min_size=1, max_size=30))
def test_split_sums_to_the_total_and_is_fair(total: Decimal, shares: list[Decimal | int]) -> None:
    whole = sum(Decimal(share) for share in shares)
    if whole == 0:
        with pytest.raises(Invalid):
            split_amount(total, shares)
        return
    parts = split_amount(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * Decimal(share) / whole) < Decimal("0.0100001")
        assert part == part.quantize(Decimal("0.01"))
        assert share or not part


@pytest.mark.parametrize("shares", [[], [0], [1, -1, 1], [Decimal("NaN")]])
def test_shares_that_cannot_be_split(shares: list[Decimal | int]) -> None:
    with pytest.raises(BadMoney) as caught:
        split_amount(Decimal(1), shares)
    assert caught.value.reason == "money_shares"


def test_parts_of_a_cent_are_refused() -> None:
    with pytest.raises(BadMoney) as caught:
        split_amount(Decimal("0.001"), [1])
    assert caught.value.reason == "money_precision"


@given(st.text() | st.floats() | st.integers() | st.decimals())
def test_anything_is_read_or_refused(raw: object) -> None:
    try:
        assert parse_money(raw, "万元") >= 0
    except BadMoney as error:
        assert error.reason.startswith("money_")
