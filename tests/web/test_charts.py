"""Charts: a value checked when it is made, drawn by script, with its table always beneath."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.template import Context, Template

from zhiqiao.web.charts import Chart, Series, Shape

TWO = (Series("专利", (3, 1_200)),)


def chart(**more: Any) -> Chart:
    given: dict[str, Any] = {
        "key": "tiers", "title": "按分层", "shape": Shape.ROWS, "categories": ("优先推广", "放弃"), "series": TWO,
        "unit": "件",
    }  # fmt: skip
    return Chart(**(given | more))


def shown(value: Chart) -> str:
    return Template("{% load charts %}{% chart value %}").render(Context({"value": value}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"series": (Series("专利", (1,)),)},
        {"addresses": ("/patents/",)},
        {"key": "By tier"},
        {"shape": Shape.PIE, "series": TWO * 2},
    ],
)
def test_a_chart_that_does_not_fit_together_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        chart(**wrong)


def test_table_holds_every_figure_and_leads_to_the_records() -> None:
    page = shown(chart(addresses=("/entries/?tier=promote", "")))
    assert '<a href="/entries/?tier=promote">优先推广</a>' in page
    assert "1,200" in page and "(件)" in page and "<details open>" in page
    assert "style=" not in page


def test_values_for_the_script_stand_in_the_page_as_data() -> None:
    page = shown(chart(title="</script><b>", series=(Series("", (1.5, None)),)))
    told = re.search(r'<script id="chart-tiers" type="application/json">(.*?)</script>', page)
    assert told is not None
    values = json.loads(told[1])
    assert values["series"] == [{"name": "", "values": [1.5, None]}] and values["whole"] is False
    assert "</script><b>" not in page and "—" in page


def test_nothing_to_show_says_so_instead_of_an_empty_frame() -> None:
    page = shown(chart(series=(Series("专利", (0, None)),)))
    assert "data-chart" not in page and "<table" not in page
