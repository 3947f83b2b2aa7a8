"""The stocktaking: overview, rows in and out, fees due, what nobody told, tiers and their confirmation."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhiqiao.inventory.selectors import (
    coverage,
    fees_due,
    stock_overview,
    unknowns_by_owner,
)
from zhiqiao.inventory.selectors.lists import DueFee
from zhiqiao.kernel.periods import PUBLISHED_PLAN
from zhiqiao.kit.downloads import Sheet, download
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.sending import importable
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.stocktaking import last_taken

FEES_SHOWN = 200


@require_safe
@for_page("inventory_home")
def inventory_home(request: SignedInRequest) -> HttpResponse:
    overview = stock_overview(request.actor)
    covered = coverage(request.actor, overview.inventory)
    rates = [
        (_("Appraised"), covered.appraised, covered.rate(covered.appraised)),
        (_("Screened"), covered.screened, covered.rate(covered.screened)),
        (_("On the register"), covered.registered, covered.rate(covered.registered)),
    ]
    context = {"overview": overview, "coverage": covered, "rates": rates, "taking": last_taken()}
    context["may_import"] = importable(request.actor)
    return render(request, "inventory/home.html", context)


@require_safe
@for_page("inventory_fees")
def inventory_fees(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    dues = fees_due(request.actor, today)
    context = {
        "dues": dues[:FEES_SHOWN],
        "count": len(dues),
        "left_out": max(0, len(dues) - FEES_SHOWN),
        "late": dues.late,
        "total": dues.total,
        "provisional": dues.provisional,
        "provisional_years": [year for year in (today.year, today.year + 1) if not PUBLISHED_PLAN.is_published(year)],
    }
    return render(request, "inventory/fees.html", context)


@require_safe
@for_page("inventory_fees")
def inventory_fees_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    headings = [
        _("Patent"), _("Application number"), _("Institution"), _("Year"), _("Due on"), _("Amount (yuan)"),
        _("Surcharge (yuan)"), _("Grace until"),
    ]  # fmt: skip
    rows = (_fee_cells(due) for due in fees_due(request.actor, timezone.localdate()))
    return download(Sheet(_("Fees due in 90 days"), headings, rows), kind)


def _fee_cells(due: DueFee) -> list[Any]:
    patent, fee = due.entry.patent, due.fee
    return [
        patent.title, patent.shown_number, due.entry.organisation.name, fee.year_number, fee.due_on,
        fee.amount, fee.surcharge, fee.grace_until,
    ]  # fmt: skip


@require_safe
@for_page("inventory_unknowns")
def inventory_unknowns(request: SignedInRequest) -> HttpResponse:
    owners = unknowns_by_owner(request.actor)
    addresses = Organisation.objects.in_bulk([owner.organisation_id for owner in owners])
    rows = [(owner, addresses[owner.organisation_id].public_id) for owner in owners]
    return render(request, "inventory/unknowns.html", {"rows": rows})


@require_safe
@for_page("inventory_unknowns")
def inventory_unknowns_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    headings = [
        _("Institution"), _("In stock"), _("Status not known"), _("Funding not known"), _("Willingness not said"),
        _("Day of grant not known"),
    ]  # fmt: skip
    rows = (
        [owner.organisation, owner.in_stock, owner.status, owner.funding, owner.willingness, owner.grant_day]
        for owner in unknowns_by_owner(request.actor)
    )
    return download(Sheet(_("Unknowns by owner"), headings, rows), kind)
