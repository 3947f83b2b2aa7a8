"""Whom a patent could be pushed to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhiqiao.matching.selectors import suggestions_for_patent
from zhiqiao.parties.registers.organisations import with_places_and_industries
from zhiqiao.registry.policies import PATENTS
from zhiqiao.registry.selectors import patent_for
from zhiqiao.web.pages import SignedInRequest, for_page


@require_safe
@for_page("patent_list")
def patent_push(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The organisations that would care, as found last."""
    patent = patent_for(request.actor, str(public_id))
    PATENTS.require(request.actor, "push", patent)
    suggestions = list(suggestions_for_patent(request.actor, patent))
    with_places_and_industries(request.actor, [each.organisation for each in suggestions])
    return render(request, "patents/push.html", {"patent": patent, "suggestions": suggestions})
