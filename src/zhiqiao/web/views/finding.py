"""The fragment below a search field while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhiqiao.web.finding import found
from zhiqiao.web.pages import SignedInRequest


@require_safe
def find(request: SignedInRequest) -> HttpResponse:
    return render(request, "parts/found.html", {"groups": found(request.actor, request.GET.get("q", ""))})
