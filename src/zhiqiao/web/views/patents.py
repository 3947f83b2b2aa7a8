"""Whom a patent could be pushed to, and pushing it to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.models import Push
from zhiqiao.matching.policies import PUSHES as PUSHING
from zhiqiao.matching.pushing import push_patent
from zhiqiao.matching.selectors import suggestions_for_patent
from zhiqiao.registry.models import Patent
from zhiqiao.registry.policies import PATENTS
from zhiqiao.registry.selectors import patent_for
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.suggesting import Suggested, for_patent
from zhiqiao.wording import refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("patent_list")
def patent_push(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The organisations that would care, as found last; POST pushes it to those named, or to all."""
    patent = patent_for(request.actor, str(public_id))
    PATENTS.require(request.actor, "push", patent)
    if request.method == "POST":
        return pushed(request, patent)
    suggestions = for_patent(request.actor, patent)
    may_push = PUSHING.may(request.actor, "push", Push(patent=patent)) and patent.public
    open_ones = [each for each in suggestions if each.push is None]
    context = {
        "patent": patent, "suggestions": suggestions, "may_push": may_push, "open_suggestions": len(open_ones),
    }  # fmt: skip
    return render(request, "patents/push.html", context)


def pushed(request: SignedInRequest, patent: Patent) -> HttpResponse:
    suggestions = [each for each in for_patent(request.actor, patent) if each.push is None]
    named = set(request.POST.getlist("organisation"))
    chosen = suggestions if request.POST.get("all") else [each for each in suggestions if each.organisation in named]
    if not chosen:
        messages.error(request, _("Say to whom it is to be pushed."))
        return redirect("patent_push", patent.public_id)
    try:
        done = push_to(request.actor, patent, chosen)
    except ZhiqiaoError as error:
        if error.kind in {"not_found", "forbidden"}:
            raise
        messages.error(request, refusal(error).text)
    else:
        words = ngettext("Pushed to %(count)s organisation.", "Pushed to %(count)s organisations.", done)
        messages.success(request, words % {"count": done})
    return redirect("patent_push", patent.public_id)


def push_to(actor: Actor, patent: Patent, chosen: list[Suggested]) -> int:
    houses = {str(each.organisation.public_id): each.organisation for each in suggestions_for_patent(actor, patent)}
    for each in chosen:
        push_patent(actor=actor, patent=patent, organisation=houses[each.organisation])
    return len(chosen)
