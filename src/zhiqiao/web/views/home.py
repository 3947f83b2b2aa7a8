"""The first page: what waits, what changed, what to do next; and the hall for those who have not logged in."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from zhiqiao.web import listings
from zhiqiao.web.homes import home_of
from zhiqiao.web.lists import list_export, list_page
from zhiqiao.web.pages import SignedInRequest


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    if not request.actor.signed_in:
        return redirect("public_search")
    return render(request, "home.html", home_of(request.actor))


@require_safe
def public_search(request: SignedInRequest) -> HttpResponse:
    """What is published and in force, for everybody."""
    return list_page(request, listings.PUBLIC_PATENTS)


@require_safe
def public_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    return list_export(request, listings.PUBLIC_PATENTS, kind)
