"""Labels of the stable codes that appear as values."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiqiao.wording.worknames import WORK_NAMES

TONES: Final[dict[str, str]] = {
    "alive": "good", "pending": "brand", "restorable": "warn", "dead": "", "unknown": "warn",
    "strong": "good", "fair": "brand", "weak": "", "none": "",
    "base": "", "convertible": "brand", "promoted": "brand", "fast": "good", "watch": "warn", "abandon": "bad",
    "running": "brand", "done": "good", "failed": "bad", "undone": "", "queued": "brand", "cancelled": "",
    "open": "good", "answered": "brand", "closed": "", "withdrawn": "",
    "created": "good", "updated": "brand", "unchanged": "", "rejected": "bad",
    "pushed": "brand", "seen": "warn",
    "in_stock": "good", "late": "bad", "soon": "warn",
}  # fmt: skip

LABELS: Final[dict[str, str | Promise]] = {
    # kinds and states
    "patents": _("Patents"), "needs": _("Needs"), "organisations": _("Organisations"),
    "running": _("Running"), "done": _("Done"), "failed": _("Failed"), "undone": _("Undone"),
    "queued": _("Waiting"), "cancelled": _("Cancelled"),
    "created": _("New"), "updated": _("Changed"), "unchanged": _("Unchanged"), "rejected": _("Rejected"),
    # what binds a patent
    "transfer": _("Transfer"), "assignment": _("Assignment"), "joint_development": _("Joint development"),
    "use_first_pay_later": _("Use first, pay later"),
    "pledge": _("Pledge"), "licence_exclusive": _("Exclusive licence"), "licence_sole": _("Sole licence"),
    "licence_ordinary": _("Ordinary licence"), "open_licence": _("Open licence"),
    "preservation": _("Preservation"), "dispute": _("Dispute"),
    # in and out of the stock
    "in_stock": _("Counts in"), "status_unknown": _("Status not known"),
    "grant_day_unknown": _("Day of grant not known"),
    "not_first_holder": _("Not the first holder"), "not_granted": _("Not granted"), "ended": _("Ended"),
    "expired": _("Term expired"), "granted_after_cutoff": _("Began after the cutoff"),
    "restorable": _("Lapsed, restorable"),
    "no_longer_held": _("No longer held by it"), "import_undone": _("Its import was undone"),
    # kinds and statuses of patents
    "invention": _("Invention"), "utility_model": _("Utility model"), "design": _("Design"),
    "alive": _("In force"), "pending": _("Pending"), "dead": _("Ended"),
    # versions of the rules
    "tiers-zq1": _("Tier rules, version 1"), "gbt42748-zq1": _("Appraisal after GB/T 42748, version 1"),
    "design-zq1": _("Appraisal of designs, version 1"),
    # how a file goes through the stocktaking
    "to_file": _("To be filed"), "filing": _("Being filed"), "college_review": _("College review"),
    "school_review": _("Final review"), "registered": _("On the register"), "evaluating": _("Being evaluated"),
    "tiered": _("Tiered"), "promoting": _("Being promoted"), "converting": _("Being converted"),
    "converted": _("Converted"), "withdrawn": _("Withdrawn"),
    # tiers, relevance
    "base": _("Tier 0 · base"), "convertible": _("Tier 1 · convertible"), "promoted": _("Tier 2 · promoted"),
    "fast": _("Tier 3 · high value"), "watch": _("Tier X · unclear"), "abandon": _("Tier Z · suggested to drop"),
    "strong": _("Strong"), "fair": _("Fair"), "weak": _("Weak"), "none": pgettext_lazy("relevance", "None"),
    # the holder's own words
    "yes": _("Yes"), "no": _("No"), "later": _("Later"), "unknown": _("Not known"),
    "high": _("High"), "good": _("Good"), "general": _("General"), "low": _("Low"), "unclear": _("Unclear"),
    # fields of a patent
    "number": _("Application number"), "title": _("Title"), "abstract": _("Abstract"), "claim": _("Claim"),
    "first_claim": _("First claim"), "claims": _("Claims"), "kind": _("Kind"), "filed_on": _("Filed on"),
    "published_on": _("Published on"), "publication_number": _("Publication number"), "granted_on": _("Granted on"),
    "grant_number": _("Grant number"), "expires_on": _("Expires on"), "main_class": _("Main class"),
    "classes": _("Classes"), "industries": _("Industries"), "applicants": _("Applicants"),
    "holders": _("Right holders"), "inventors": _("Inventors"), "agency": _("Agency"), "agents": _("Agents"),
    "address": _("Address"), "postcode": _("Postcode"), "priority": _("Priority"), "status": _("Legal status"),
    "status_words": _("Legal status"), "status_group": _("Legal status"), "status_as_of": _("Status as of"),
    "status_source": _("Source of the status"), "status_phase": _("Phase"),
    "funding": _("Public funding"), "funding_project": _("Funding project"), "family": _("Family"),
    "cited_by_count": _("Times cited"), "claim_count": _("Number of claims"), "twin_number": _("Same-day twin"),
    "pct": _("PCT application"), "extra": _("Other columns"), "public": _("Published"), "withdrawn_at": _("Withdrawn"),
    "family_countries": _("Family countries"), "check_filled": _("Check digit filled in"),
    "anniversary": _("Fee day"),
    # fields of needs and organisations
    "name": _("Name"), "credit_code": _("Credit code"), "town": _("Town"), "town_code": _("Town"),
    "honours": _("Honours"), "description": _("Description"), "content": _("Content"), "deadline": _("Deadline"),
    "budget": _("Budget"), "contact": _("Contact"), "phone": _("Phone"), "organisation": _("Organisation"),
    "external_id": _("Sender's number"), "organisation_name": _("Organisation"), "private": _("Private part"),
    "found": pgettext_lazy("how many", "Found"),
    # appraisal
    "legal": _("Legal value"), "technical": _("Technical value"), "economic": _("Economic value"),
    "status_certainty": _("Legal status and how fresh it is"),
    "substantive_examination": _("Granted after substantive examination"),
    "ownership": _("Shared ownership"), "encumbrance": _("Preservation and disputes"),
    "survived_invalidation": _("Survived an invalidation"), "first_claim_length": _("Length of the first claim"),
    "class_breadth": _("Breadth of classes"), "family_abroad": _("Family abroad"),
    "citations": _("Citations among its cohort"), "field_trend": _("Trend of its field"),
    "maturity": _("Maturity"), "remaining_life": _("Remaining years of protection"),
    "kept_alive": _("Years kept in force"), "exploitation": _("Evidence of exploitation"),
    "city_industry": _("Firms of its industry in the city"), "dealings": _("Licences, pledges, assignments"),
    "funded": _("Public funding"), "as_of": _("As of"), "kinds": _("Kinds"), "countries": _("Countries"),
    "cohort": _("Cohort"), "compared": _("Compared with"), "field": _("Technical field"),
    "earlier_filings": _("Earlier filings"), "grades": _("Grades of the evidence"), "said": _("Declared"),
    "not_exploited": _("Not exploited"), "self_exploited": _("Exploited by the holder"), "licensed": _("Licensed"),
    "assigned": _("Assigned"), "equity": _("Contributed as equity"), "joint": _("Exploited jointly"),
    "industrialised": _("Industrialised"),
    # columns of lists
    "application_number": _("Application number"), "patent_number": _("Patent number"),
    "publication_date": _("Publication date"), "grant_date": _("Grant date"), "locarno": _("Locarno class"),
    "first_publication_number": _("First publication number"), "first_publication_date": _("First publication date"),
    "priority_date": _("Priority date"), "pct_application": _("PCT application"),
    "pct_publication": _("PCT publication"), "pct_entry_date": _("Day of entry into the national phase"),
    "status_simple": _("Simple legal status"), "status_date": _("Day of the status"),
    "legal_events": _("Legal events"), "cited": _("Cited documents"), "citations_made": _("Citations made"),
    "citations_received": _("Times cited"), "family_size": _("Family size"), "claims_count": _("Number of claims"),
    "twin": _("Same-day twin"), "funding_project_number": _("Number of the funding project"),
    "credit_codes": _("Credit codes"), "goals": _("Goals"), "background": _("Background"),
    "industry": _("Industry"), "keywords": _("Keywords"), "cooperation": _("Way of cooperation"),
    "stated_on": _("Stated on"), "email": _("E-mail"), "former_names": _("Former names"),
    "aliases": _("Other names"), "legal_representative": _("Legal representative"), "founded_on": _("Founded on"),
    "products": _("Products"), "scope": _("Scope of business"), "website": _("Website"), "remarks": _("Remarks"),
    "declared.implementation": _("Exploitation"), "declared.willingness": _("Willingness"),
    "declared.ways": _("Accepted ways"), "declared.maturity": _("Maturity"),
    "declared.self_grade": _("Self-grading"), "declared.scenario": _("Scenario of use"),
    "declared.technical_field": _("Technical field"), "declared.industry": _("Industry"),
    "declared.town": _("Town"), "declared.advantage": _("Advantage"),
    "declared.responsible_person": _("Responsible person"), "declared.department": _("Department"),
    "declared.contact": _("Contact"), "declared.phone": _("Phone"), "declared.email": _("E-mail"),
    "declared.remarks": _("Remarks"), "money.expected_price": _("Expected price"), "money.price": _("Price"),
    "money.appraised_value": _("Appraised value"), "money.annual_fee": _("Annual fee"),
    "money.budget": _("Budget"), "money.registered_capital": _("Registered capital"),
    "money.paid_in_capital": _("Paid-in capital"),
    **WORK_NAMES,
}  # fmt: skip


def label(code: str) -> str:
    """A code in the reader's language; a code nobody worded yet shows as it is, so that it can be reported."""
    return str(LABELS.get(code, code.removeprefix("extra.")))
