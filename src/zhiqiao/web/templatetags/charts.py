"""Charts in templates: ``{% chart chart %}``."""

from __future__ import annotations

from typing import Any

from django import template

from zhiqiao.web.charts import Chart

register = template.Library()


@register.inclusion_tag("parts/chart.html", name="chart")
def show_chart(shown: Chart) -> dict[str, Any]:
    """The figure with its heading, its place for drawing, its values and their table."""
    return {"chart": shown}


@register.filter
def plain_figure(value: float | None) -> str:
    """As few digits as say it; a dash for what is not known."""
    return "—" if value is None else f"{value:,.10g}" if float(value).is_integer() else f"{value:,.2f}"
