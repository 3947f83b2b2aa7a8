"""Needs: said in two sentences and answered at once, put on record, matched, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.matching.actions import match_need, need_text
from zhiqiao.matching.searching import as_passage, as_reasons
from zhiqiao.matching.selectors import found_for_text, matches_of
from zhiqiao.needs.actions import NeedStatement, close_need, hide_need, publish_need, state_need
from zhiqiao.needs.models import Need
from zhiqiao.needs.policies import NEEDS
from zhiqiao.needs.selectors import need_for
from zhiqiao.parties.actors import Actor
from zhiqiao.parties.models import Organisation
from zhiqiao.web import listings
from zhiqiao.web.forms import NeedForm, StateNeedForm
from zhiqiao.web.lists import list_export, list_page
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.wording import refusal


@require_safe
@for_page("need_list")
def need_list(request: SignedInRequest) -> HttpResponse:
    return list_page(request, listings.NEEDS)


@require_safe
@for_page("need_list")
def need_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    return list_export(request, listings.NEEDS, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("need_say")
def need_say(request: SignedInRequest) -> HttpResponse:
    """Match what was typed and keep nothing. POST, so that a trade secret never stands in an address or a log."""
    form = NeedForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "matches": None, "may_state": bool(behalves(request.actor))}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            context |= answered(request.actor, text)
        except ZhiqiaoError as error:
            form.add_error("text", refusal(error).text)
    by_htmx = bool(request.headers.get("HX-Request"))
    status = 422 if form.errors and not by_htmx else 200
    return render(request, "needs/answers.html" if by_htmx else "needs/say.html", context, status=status)


def answered(actor: Actor, text: str) -> dict[str, Any]:
    found = [
        {
            "rank": rank,
            "patent": patent,
            "score": each.score,
            "relevance": str(each.level),
            "reasons": as_reasons(each),
            "passage": as_passage(each),
        }
        for rank, (each, patent) in enumerate(found_for_text(actor, text), 1)
    ]
    return {"matches": found, "need_text": text, "found_good": any(each["relevance"] != "none" for each in found)}


def behalves(actor: Actor) -> list[Organisation | None]:
    """In whose name the actor may state a need: None for nobody's in particular, which officers may."""
    own = Organisation.objects.filter(pk__in=actor.organisations).order_by("pinyin", "id")
    mine: list[Organisation | None] = [each for each in own if NEEDS.may(actor, "state", Need(organisation_id=each.pk))]
    return [None, *mine] if NEEDS.may(actor, "state", Need()) else mine


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("need_say")
def need_new(request: SignedInRequest) -> HttpResponse:
    """Put a need on record and match it at once. A text carried over from the first page only fills the form."""
    houses = behalves(request.actor)
    NEEDS.require(request.actor, "state", Need(organisation=houses[0] if houses else None))
    carried = request.POST.get("then") == "state"
    choices = [("", _("Nobody in particular")) if each is None else (str(each.pk), each.name) for each in houses]
    asked = None if carried or request.method != "POST" else request.POST
    form = StateNeedForm(asked, houses=choices, initial={"text": request.POST.get("text", "")})
    if form.is_bound and form.is_valid():
        need = state_need(actor=request.actor, statement=statement(houses, form.cleaned_data))
        match_quietly(request, need)
        return redirect("need_page", need.public_id)
    return render(request, "needs/new.html", {"form": form}, status=422 if form.is_bound else 200)


def statement(houses: list[Organisation | None], typed: dict[str, Any]) -> NeedStatement:
    chosen = next((each for each in houses if each is not None and str(each.pk) == typed["organisation"]), None)
    return NeedStatement(
        content=typed["text"],
        organisation=chosen,
        published=typed["published"],
        private_details=typed["private_details"],
        contact=typed["contact"],
        phone=typed["phone"],
    )


def match_quietly(request: SignedInRequest, need: Need) -> None:
    """The need is on record whatever the index says; a refusal of the search is told, not raised."""
    try:
        match_need(actor=request.actor, need=need)
    except ZhiqiaoError as error:
        messages.warning(request, refusal(error).text)


@require_safe
@for_page("need_list")
def need_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    need = need_for(request.actor, str(public_id))
    own = NEEDS.may(request.actor, "view_private", need)
    context = {
        "need": need,
        "need_text": need_text(need),
        "matches": list(matches_of(request.actor, need)),
        "private": getattr(need, "private", None) if own else None,
        "may_match": NEEDS.may(request.actor, "match", need),
        "may_change": NEEDS.may(request.actor, "change", need),
    }
    return render(request, "needs/page.html", context)


@require_POST
@for_page("need_list")
def need_match(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    need = need_for(request.actor, str(public_id))
    match_need(actor=request.actor, need=need)
    return redirect("need_page", need.public_id)


@require_POST
@for_page("need_list")
def need_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    need = close_need(actor=request.actor, need=need_for(request.actor, str(public_id)))
    messages.success(request, _("The need is closed."))
    return redirect("need_page", need.public_id)


@require_POST
@for_page("need_list")
def need_publish(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    need = publish_need(actor=request.actor, need=need_for(request.actor, str(public_id)))
    messages.success(request, _("Everybody may read the need now; its private part stays private."))
    return redirect("need_page", need.public_id)


@require_POST
@for_page("need_list")
def need_hide(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    need = hide_need(actor=request.actor, need=need_for(request.actor, str(public_id)))
    messages.success(request, _("Only the firm and the city read the need now."))
    return redirect("need_page", need.public_id)
