"""The first page: what waits, what changed, what to do next; and the hall for those who have not logged in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from zhiqiao.web.homes import home_of
from zhiqiao.web.pages import SignedInRequest


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    if not request.actor.signed_in:
        return redirect("public_search")
    return render(request, "home.html", home_of(request.actor))
