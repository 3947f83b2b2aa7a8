"""The lists, declared: what stands in each column, on the page and in the export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import AuditEntry, ImportRun
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.policies import CONFIRM_TIER, ENTRIES
from zhiqiao.inventory.selectors import TierFilter, current_decisions, tiered_list
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.paging import Sort
from zhiqiao.needs.models import Need
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.selectors import living_organisations
from zhiqiao.registry.models import Patent
from zhiqiao.registry.selectors import imports_visible_to, patents_visible_to
from zhiqiao.web import filters
from zhiqiao.web.acting import with_actors
from zhiqiao.web.declarations import said_in, with_statements, yuan_in
from zhiqiao.web.industries import industry_names, named
from zhiqiao.web.lists import Column, Listing
from zhiqiao.web.pages import STOCK
from zhiqiao.web.partial_days import partial_day
from zhiqiao.wording import label, sentence, trail_word


def holder_names(patent: Patent) -> list[str]:
    """Right holders where a file named them, else the applicants."""
    return [
        str(each.get("name", each) if isinstance(each, dict) else each) for each in patent.holders or patent.applicants
    ]


DECLARED_COLUMNS: tuple[Column[Patent], ...] = (
    Column(_("Expected price (yuan)"), lambda p: yuan_in(p, "expected_price"), shown=False, roles=STOCK),
    Column(_("Willingness"), lambda p: said_in(p, "willingness"), shown=False, roles=STOCK),
    Column(_("Accepted ways"), lambda p: said_in(p, "ways"), shown=False, roles=STOCK),
    Column(_("Maturity"), lambda p: said_in(p, "maturity"), shown=False, roles=STOCK),
    Column(_("Department"), lambda p: said_in(p, "department"), shown=False, roles=STOCK),
)

PATENTS: Listing[Patent] = Listing(
    name="patent_list",
    export="patent_export",
    title=_("Patents"),
    lead=_("What the imported files say. Status and fees hold for the day shown beside them."),
    columns=(
        Column(_("Title"), lambda p: p.title),
        Column(_("Application number"), lambda p: p.shown_number, sort="number", css="nowrap"),
        Column(_("Kind"), lambda p: p.get_kind_display()),
        Column(_("Holder"), holder_names),
        Column(_("Class"), lambda p: p.main_class, sort="class"),
        Column(_("Filed"), lambda p: partial_day(p, "filed_on") or p.filed_on, sort="-filed"),
        Column(_("Status and its day"), lambda p: p.get_status_group_display()),
        Column(_("Status in the source's words"), lambda p: p.status_words, shown=False),
        Column(_("Status as of"), lambda p: p.status_as_of, shown=False),
        Column(_("Granted on"), lambda p: p.granted_on, shown=False),
        Column(_("Expires on"), lambda p: p.expires_on, shown=False),
        Column(_("Applicants"), lambda p: p.applicants, shown=False),
        Column(_("Inventors"), lambda p: p.inventors, shown=False),
        Column(_("Public funding"), lambda p: p.get_funding_display(), shown=False),
        Column(_("Abstract"), lambda p: p.abstract, shown=False),
        *DECLARED_COLUMNS,
    ),
    sorts=(
        Sort("-filed", "filed_on", descending=True, nullable=True),
        Sort("filed", "filed_on", nullable=True),
        Sort("number", "number"),
        Sort("-number", "number", descending=True),
        Sort("class", "main_class"),
        Sort("-class", "main_class", descending=True),
    ),
    filters=filters.PatentFilter,
    records=patents_visible_to,
    row="patents/row.html",
    empty="patents/empty.html",
    actions="patents/actions.html",
    attach=with_statements,
)

PUBLIC_PATENTS: Listing[Patent] = Listing(
    name="public_search",
    export="public_export",
    title=_("Patents on offer"),
    lead="",
    columns=PATENTS.columns,
    sorts=PATENTS.sorts,
    filters=filters.PublicPatentFilter,
    records=lambda actor: patents_visible_to(PUBLIC).filter(status_group="alive"),
    row="patents/row.html",
    template="public.html",
)

NEEDS: Listing[Need] = Listing(
    name="need_list",
    export="need_export",
    title=_("Needs"),
    lead=_("What firms look for. Private details stay with the firm that stated them."),
    columns=(
        Column(_("Need"), lambda n: n.title),
        Column(_("Firm"), lambda n: n.organisation_name),
        Column(_("Content"), lambda n: n.content, shown=False),
        Column(_("State"), lambda n: n.get_state_display()),
        Column(_("Deadline"), lambda n: n.deadline, sort="deadline"),
        Column(_("Stated"), lambda n: n.created_at, sort="-new"),
    ),
    sorts=(
        Sort("-new", "pk", descending=True),
        Sort("new", "pk"),
        Sort("deadline", "deadline", nullable=True),
        Sort("-deadline", "deadline", descending=True, nullable=True),
    ),
    filters=filters.NeedFilter,
    records=needs_visible_to,
    row="needs/row.html",
    empty="needs/empty.html",
    actions="needs/actions.html",
)


def with_industries(actor: Actor, organisations: Sequence[Organisation]) -> None:
    """Put the names of their industries beside the organisations, in one query."""
    names = industry_names({code for each in organisations for code in each.industries})
    for each in organisations:
        each.industry_names = named(each.industries, names)  # type: ignore[attr-defined]  # for row and export


ORGANISATIONS: Listing[Organisation] = Listing(
    name="organisation_list",
    export="organisation_export",
    title=_("Organisations"),
    lead=_("Universities, institutes, firms and authorities of the city, under their present names."),
    columns=(
        Column(_("Name"), lambda o: o.name, sort="name"),
        Column(_("Kind"), lambda o: o.get_kind_display()),
        Column(_("Credit code"), lambda o: o.credit_code or "", css="nowrap"),
        Column(_("Industries"), lambda o: vars(o)["industry_names"]),
        Column(_("Honours"), lambda o: o.honours),
    ),
    sorts=(Sort("name", "pinyin"), Sort("-name", "pinyin", descending=True)),
    filters=filters.OrganisationFilter,
    records=living_organisations,
    row="organisations/row.html",
    attach=with_industries,
)

IMPORTS: Listing[ImportRun] = Listing(
    name="import_list",
    export="import_export",
    title=_("Imports"),
    lead=_("Every file that was sent, what became of its rows, and what it could not say."),
    columns=(
        Column(_("Import"), lambda r: r.number),
        Column(_("What"), lambda r: label(r.kind)),
        Column(_("Sender"), lambda r: r.sender),
        Column(_("State"), lambda r: label(r.state)),
        Column(_("Rows"), lambda r: r.rows, css="num"),
        Column(_("New"), lambda r: r.created, css="num"),
        Column(_("Changed"), lambda r: r.updated, css="num"),
        Column(_("Rejected"), lambda r: r.rejected, css="num"),
        Column(_("Started"), lambda r: r.created_at, sort="-new"),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=filters.ImportFilter,
    records=imports_visible_to,
    row="imports/row.html",
    empty="imports/empty.html",
    actions="imports/actions.html",
)


def tier_reasons(entry: InventoryEntry) -> list[str]:
    decision = getattr(entry, "decision", None)
    return [sentence(reason) for reason in decision.reasons] if decision else []


def with_decisions(actor: Actor, entries: Sequence[InventoryEntry]) -> None:
    """Put each entry's newest tier decision beside it, in one query."""
    newest = current_decisions([entry.pk for entry in entries])
    for entry in entries:
        entry.decision = newest.get(entry.pk)  # type: ignore[attr-defined]  # for the template of the row
        entry.may_confirm = ENTRIES.may(actor, CONFIRM_TIER, entry)  # type: ignore[attr-defined]  # likewise


ENTRY_COLUMNS: tuple[Column[Any], ...] = (
    Column(_("Patent"), lambda e: e.patent.title),
    Column(_("Application number"), lambda e: e.patent.shown_number, shown=False),
    Column(_("Institution"), lambda e: e.organisation.name),
)

SCOPE: Listing[InventoryEntry] = Listing(
    name="inventory_scope",
    export="inventory_scope_export",
    title=_("Rows in, out and why"),
    lead=_("Which patents count in the stocktaking, which do not, and the reason for each."),
    columns=(
        *ENTRY_COLUMNS,
        Column(_("In or out"), lambda e: label("yes" if e.in_stock else "no")),
        Column(_("Why"), lambda e: label(e.scope_code)),
        Column(_("Status"), lambda e: e.patent.get_status_group_display()),
        Column(_("Granted"), lambda e: e.patent.granted_on),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=filters.ScopeFilter,
    records=lambda actor: tiered_list(actor, TierFilter(in_stock=None)),
    row="inventory/scope_row.html",
    empty="inventory/empty.html",
)

TIERS: Listing[InventoryEntry] = Listing(
    name="inventory_tiers",
    export="inventory_tiers_export",
    title=_("Tiers"),
    lead=_("The rules suggest, a person decides. A negative tier holds only once somebody has confirmed it."),
    columns=(
        *ENTRY_COLUMNS,
        Column(_("Tier in effect"), lambda e: e.get_tier_display()),
        Column(_("Suggested"), lambda e: e.get_suggested_tier_display()),
        Column(_("Reasons"), tier_reasons),
        Column(_("Score"), lambda e: e.score, sort="-score", css="num"),
        Column(""),
    ),
    sorts=(
        Sort("-new", "pk", descending=True),
        Sort("-score", "score", descending=True, nullable=True),
        Sort("score", "score", nullable=True),
    ),
    filters=filters.TierListFilter,
    records=lambda actor: tiered_list(actor, TierFilter()),
    row="inventory/tier_row.html",
    empty="inventory/empty.html",
    attach=with_decisions,
)

AUDIT: Listing[AuditEntry] = Listing(
    name="audit_log",
    export="audit_export",
    title=_("Audit trail"),
    lead=_("Every write, by whom and when. Sealed entries are linked into a chain that shows any later change."),
    columns=(
        Column(_("When"), lambda e: e.at),
        Column(_("Who"), lambda e: getattr(e, "actor_name", e.actor_id)),
        Column(_("Identity"), lambda e: e.actor_id, shown=False),
        Column(_("What was done"), lambda e: trail_word(e.action)),
        Column(_("Code of the action"), lambda e: e.action, shown=False),
        Column(_("Record"), lambda e: f"{e.subject_type} {e.subject_id}"),
        Column(_("Sealed in block"), lambda e: e.block.number if e.block else None, css="num"),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=filters.AuditFilter,
    records=lambda actor: AuditEntry.objects.select_related("block").defer("content"),
    row="audit/row.html",
    attach=with_actors,
    tabs="audit/seal.html",
)
