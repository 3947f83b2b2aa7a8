"""The register of patents: list, one patent with all that is known of it, whom it could be pushed to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.matching.actions import suggest_push
from zhiqiao.matching.selectors import needs_answered_by, suggestions_for_patent
from zhiqiao.registry.policies import PATENTS
from zhiqiao.registry.selectors import patent_for
from zhiqiao.web import dossier, listings
from zhiqiao.web.lists import list_export, list_page
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.sending import importable

NEEDS_SHOWN = 10


@require_safe
@for_page("patent_list")
def patent_list(request: SignedInRequest) -> HttpResponse:
    return list_page(request, listings.PATENTS, may_import=importable(request.actor))


@require_safe
@for_page("patent_list")
def patent_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    return list_export(request, listings.PATENTS, kind)


@require_safe
def patent_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Open to everybody as far as the patent is; what only its holders and the city see is left out for others."""
    patent = patent_for(request.actor, str(public_id))
    context = {"patent": patent, **dossier.of_patent(request.actor, patent)}
    if request.actor.signed_in:
        context["answered_needs"] = needs_answered_by(request.actor, patent)[:NEEDS_SHOWN]
    return render(request, "patents/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("patent_list")
def patent_push(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The organisations that would care, as found last; POST looks again."""
    patent = patent_for(request.actor, str(public_id))
    PATENTS.require(request.actor, "push", patent)
    if request.method == "POST":
        suggest_push(actor=request.actor, patent=patent)
        return redirect("patent_push", patent.public_id)
    suggestions = list(suggestions_for_patent(request.actor, patent))
    listings.with_industries(request.actor, [each.organisation for each in suggestions])
    context = {"patent": patent, "suggestions": suggestions}
    return render(request, "patents/push.html", context)
