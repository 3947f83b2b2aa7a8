"""Organisations: list, and one with its names, patents, needs and push list."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from zhiqiao.matching.selectors import suggestions_for_organisation
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.selectors import names_of, organisation_by_public_id
from zhiqiao.registry.searching import held_by_organisation
from zhiqiao.registry.selectors import patents_visible_to
from zhiqiao.web import listings
from zhiqiao.web.industries import industry_names, named
from zhiqiao.web.lists import list_export, list_page
from zhiqiao.web.pages import SignedInRequest, for_page

SHOWN = 8  # records in each box


@require_safe
@for_page("organisation_list")
def organisation_list(request: SignedInRequest) -> HttpResponse:
    return list_page(request, listings.ORGANISATIONS)


@require_safe
@for_page("organisation_list")
def organisation_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    return list_export(request, listings.ORGANISATIONS, kind)


@require_safe
@for_page("organisation_list")
def organisation_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A merged organisation's address leads to the one that lives on."""
    actor, organisation = request.actor, organisation_by_public_id(request.actor, public_id)
    if organisation.public_id != public_id:
        return redirect("organisation_page", organisation.public_id)
    patents = held_by_organisation(patents_visible_to(actor), organisation)
    context = {
        "organisation": organisation,
        "industries": named(organisation.industries, industry_names(organisation.industries)),
        "names": names_of(organisation),
        "suggestions": suggestions_for_organisation(actor, organisation)[: 2 * SHOWN],
        "patents": patents.order_by("-id")[:SHOWN],
        "needs": needs_visible_to(actor).filter(organisation=organisation).order_by("-id")[:SHOWN],
    }
    return render(request, "organisations/page.html", context)
