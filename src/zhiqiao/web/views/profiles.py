"""What the ranking holds about an organisation: its people see it, correct it, and switch personalised pushes off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.matching.holding import held_about
from zhiqiao.matching.models import Sort
from zhiqiao.matching.policies import PROFILES
from zhiqiao.matching.profiling import choose_pushes, state_interest, withdraw_interest
from zhiqiao.parties.actions import accept_personalised_pushes, refuse_personalised_pushes
from zhiqiao.parties.models import Organisation, User
from zhiqiao.parties.selectors import organisation_by_public_id
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.registers.base import as_id
from zhiqiao.wording import refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("push_list")
def organisation_ranking(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    organisation = organisation_by_public_id(request.actor, public_id)
    held = held_about(request.actor, organisation)
    if request.method == "POST":
        return corrected(request, organisation)
    context = {
        "organisation": organisation, "held": held, "sorts": Sort.choices,
        "may_correct": PROFILES.may(request.actor, "correct_profile", organisation),
        "own": organisation.pk in request.actor.organisations,
    }  # fmt: skip
    return render(request, "organisations/ranking.html", context)


def corrected(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    deed = DEEDS.get(request.POST.get("do", ""))
    try:
        if deed is not switch_oneself:  # that is for everybody to decide
            PROFILES.require(request.actor, "correct_profile", organisation)
        if deed is None:
            messages.error(request, _("Say what is to be corrected."))
        else:
            messages.success(request, deed(request, organisation))
    except ZhiqiaoError as error:
        if error.kind in {"not_found", "forbidden"}:
            raise
        messages.error(request, refusal(error).text)
    return redirect("organisation_ranking", organisation.public_id)


def switch(request: SignedInRequest, organisation: Organisation) -> str:
    on = request.POST.get("on") == "1"
    choose_pushes(actor=request.actor, organisation=organisation, personalised=on)
    return _("Personalised pushes are on again.") if on else _("Personalised pushes are off for your organisation.")


def switch_oneself(request: SignedInRequest, organisation: Organisation) -> str:
    assert isinstance(request.user, User)  # noqa: S101 -- ``for_page`` lets in those with a log-in alone
    if request.POST.get("on") == "1":
        accept_personalised_pushes(actor=request.actor, user=request.user)
        return _("Personalised pushes are on again.")
    refuse_personalised_pushes(actor=request.actor, user=request.user)
    return _("You are shown no personalised pushes any more; your colleagues are.")


def state(request: SignedInRequest, organisation: Organisation) -> str:
    said, wanted = request.POST.get("said", ""), request.POST.get("wanted") == "1"
    state_interest(
        actor=request.actor, organisation=organisation, sort=request.POST.get("sort", ""), said=said, wanted=wanted
    )
    return _("The ranking will look for it.") if wanted else _("The ranking will leave it out.")


def take_away(request: SignedInRequest, organisation: Organisation) -> str:
    public_id = as_id(request.POST.get("id", ""))
    withdraw_interest(actor=request.actor, organisation=organisation, public_id=public_id)
    return _("It is taken away.")


DEEDS: Final[dict[str, Callable[[SignedInRequest, Organisation], str]]] = {
    "switch": switch, "switch_oneself": switch_oneself, "state": state, "take_away": take_away,
}  # fmt: skip
