"""Needs: said in two sentences and answered at once, put on record, matched, closed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.searching import IN_FORCE, Asked
from zhiqiao.matching.selectors import found_for_text
from zhiqiao.matching.telling import near_misses, recommended, tell_found
from zhiqiao.needs.forms import behalves
from zhiqiao.needs.models import Need
from zhiqiao.web import asking
from zhiqiao.web.asking import Question
from zhiqiao.web.forms import AskForm
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.registers.writing import RegisterNew
from zhiqiao.wording import refusal


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
    told = tell_found(actor, found_for_text(actor, question.text, asked), question.text)
    return {"matches": recommended(told), "near": near_misses(told)}


class NeedNew(RegisterNew):
    """Put a need on record and match it at once. A question carried over from the asking page fills the form."""

    def first(self) -> dict[str, Any]:
        question = asking.kept(self.request) if "asked" in self.request.GET else None
        return {"text": question.text} if question else super().first()

    def after(self, record: Need) -> HttpResponse:
        asking.forget(self.request)
        return super().after(record)
