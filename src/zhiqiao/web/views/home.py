"""The first page: what waits, what changed, what to do next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhiqiao.kernel.errors import NotFound
from zhiqiao.web.homes import home_of
from zhiqiao.web.homes.charts import CHARTED, charts_for
from zhiqiao.web.homes.waiting import reckon_fees
from zhiqiao.web.pages import SignedInRequest, for_page


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    if not request.actor.signed_in:
        return redirect("public_search")
    return render(request, "home.html", home_of(request.actor))


@require_safe
@for_page("home")
def home_charts(request: SignedInRequest) -> HttpResponse:
    """The charts of the first page, fetched after it; without script a page of their own."""
    if not request.actor.every_role & CHARTED:
        raise NotFound
    if "reckon" in request.GET:  # asked for after the charts: it may take seconds
        reckon_fees(request.actor, timezone.localdate())
        return HttpResponse(status=204)
    charts = charts_for(request.actor)
    by_htmx = bool(request.headers.get("HX-Request"))
    return render(request, "parts/charts.html" if by_htmx else "charts.html", {"charts": charts})
