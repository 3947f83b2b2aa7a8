"""How well pushes fit, for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from zhiqiao.matching.quality import FEWEST_TOLD, MONTHS, Quality, quality
from zhiqiao.web.charts import Chart, Series, Shape


@require_safe
def match_quality(request: HttpRequest) -> HttpResponse:
    found = quality(timezone.localdate())
    context = {"quality": found, "charts": charts_of(found), "months": MONTHS, "fewest": FEWEST_TOLD}
    return render(request, "quality.html", context)


def charts_of(found: Quality) -> list[Chart]:
    months = tuple(month.begins.strftime("%Y-%m") for month in found.months)
    shares = tuple(None if month.share is None else round(100 * month.share, 1) for month in found.months)
    judged = tuple(float(month.judged) for month in found.months)
    fitted = Chart(
        "match-quality", _("Pushed patents that fitted"), Shape.LINE, months, (Series(_("Fitted"), shares),), unit="%"
    )
    return [fitted, Chart("match-judged", _("Judged pairs"), Shape.BARS, months, (Series(_("Judged pairs"), judged),))]
