"""Needs: said in two sentences and answered at once, put on record, matched, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.engine.documents import Filters
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.actions import match_need, need_text
from zhiqiao.matching.searching import Asked, as_passage, as_reasons
from zhiqiao.matching.selectors import found_for_text, matches_of
from zhiqiao.needs.actions import NeedStatement, close_need, hide_need, publish_need, state_need
from zhiqiao.needs.models import Need
from zhiqiao.needs.policies import NEEDS
from zhiqiao.needs.selectors import need_for
from zhiqiao.parties.models import Organisation
from zhiqiao.web import asking, listings
from zhiqiao.web.asking import Question
from zhiqiao.web.forms import AskForm, StateNeedForm
from zhiqiao.web.lists import list_export, list_page
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.wording import refusal

IN_FORCE = Filters((("status", ("alive",)),))


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
    """Match what was typed; nothing is put on record, the session alone remembers it for the way back. POST, so that
    a trade secret never stands in an address or a log."""
    if request.method != "POST":
        return asked_before(request)
    form = AskForm(request.POST)
    context: dict[str, Any] = {"form": form, "matches": None, "may_state": bool(behalves(request.actor))}
    if form.is_valid():
        question = Question(form.cleaned_data["text"], form.cleaned_data["alive"])
        asking.keep(request, question)
        if request.POST.get("then") == "state":
            return sent_to(request, f"{reverse('need_new')}?asked=1")
        context |= answered_to(request, form, question)
    by_htmx = bool(request.headers.get("HX-Request"))
    status = 422 if form.errors and not by_htmx else 200
    return render(request, "needs/answers.html" if by_htmx else "needs/say.html", context, status=status)


def asked_before(request: SignedInRequest) -> HttpResponse:
    """The page with the last question and its answers, or empty for a new one."""
    if "new" in request.GET:
        asking.forget(request)
        return redirect("need_say")
    question = asking.kept(request)
    form = AskForm({"text": question.text, "alive": question.alive}) if question else AskForm()
    context: dict[str, Any] = {"form": form, "matches": None, "may_state": bool(behalves(request.actor))}
    if question and form.is_valid():
        context |= answered_to(request, form, question)
    return render(request, "needs/say.html", context)


def answered_to(request: SignedInRequest, form: AskForm, question: Question) -> dict[str, Any]:
    """What the template of the answers shows; a refusal of the search stands beside the field."""
    try:
        return {"asked": question, **answered(request.actor, question)}
    except ZhiqiaoError as error:
        form.add_error("text", refusal(error).text)
        return {}


def sent_to(request: SignedInRequest, address: str) -> HttpResponse:
    """To another page, whole: htmx would put it inside this one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def answered(actor: Actor, question: Question) -> dict[str, Any]:
    asked = Asked(filters=IN_FORCE) if question.alive else None
    found = [
        {
            "rank": rank,
            "patent": patent,
            "score": each.score,
            "relevance": str(each.level),
            "reasons": as_reasons(each),
            "passage": as_passage(each),
        }
        for rank, (each, patent) in enumerate(found_for_text(actor, question.text, asked), 1)
    ]
    good = any(each["relevance"] != "none" for each in found)
    return {"matches": found, "need_text": question.text, "found_good": good}


def behalves(actor: Actor) -> list[Organisation | None]:
    """In whose name the actor may state a need: None for nobody's in particular, which officers may."""
    own = Organisation.objects.filter(pk__in=actor.organisations).order_by("pinyin", "id")
    mine: list[Organisation | None] = [each for each in own if NEEDS.may(actor, "state", Need(organisation_id=each.pk))]
    return [None, *mine] if NEEDS.may(actor, "state", Need()) else mine


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("need_say")
def need_new(request: SignedInRequest) -> HttpResponse:
    """Put a need on record and match it at once. A question carried over from the asking page fills the form."""
    houses = behalves(request.actor)
    NEEDS.require(request.actor, "state", Need(organisation=houses[0] if houses else None))
    question = asking.kept(request) if "asked" in request.GET else None
    choices = [("", _("Nobody in particular")) if each is None else (str(each.pk), each.name) for each in houses]
    first = {"text": question.text if question else ""}
    form = StateNeedForm(request.POST if request.method == "POST" else None, houses=choices, initial=first)
    if form.is_bound and form.is_valid():
        need = state_need(actor=request.actor, statement=statement(houses, form.cleaned_data))
        match_quietly(request, need)
        asking.forget(request)
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
