"""The audit trail, for those who watch over it."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from zhiqiao.core.models import AuditBlock, AuditEntry
from zhiqiao.kit.paging import count_up_to
from zhiqiao.web import listings
from zhiqiao.web.lists import list_export, list_page
from zhiqiao.web.pages import SignedInRequest, for_page


@require_safe
@for_page("audit_log")
def audit_log(request: SignedInRequest) -> HttpResponse:
    last = AuditBlock.objects.order_by("-number").first()
    seal = {
        "unsealed": count_up_to(AuditEntry.objects.filter(block=None)),
        "blocks": last.number if last else 0,
        "last": last,
    }
    return list_page(request, listings.AUDIT, seal=seal)


@require_safe
@for_page("audit_log")
def audit_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    return list_export(request, listings.AUDIT, kind)
