"""The kinds of organisation, and which roles can be held in each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiqiao.kit.roles import Role


class OrganisationKind(models.TextChoices):
    AUTHORITY = "authority", _("Authority")
    UNIVERSITY = "university", _("University")
    INSTITUTE = "institute", _("Research institute")
    HOSPITAL = "hospital", _("Hospital")
    STATE_OWNED = "state_owned", _("State-owned enterprise")
    ENTERPRISE = "enterprise", _("Enterprise")
    BANK = "bank", _("Bank, insurer or fund")
    AGENCY = "agency", _("Service agency")
    CENTRE = "centre", _("Operating centre")
    OTHER = "other", _("Other")


# Whose stock the inventory covers: universities, institutes, hospitals and state-owned firms (measures 1 and 4).
STOCK_HOLDERS = frozenset(
    {
        OrganisationKind.UNIVERSITY,
        OrganisationKind.INSTITUTE,
        OrganisationKind.HOSPITAL,
        OrganisationKind.STATE_OWNED,
    }
)

# In which kinds of organisation a role can be held, so that nobody becomes a reader of the whole city in a firm.
KINDS_OF_ROLE: dict[str, frozenset[str]] = {
    Role.BUREAU_OFFICER: frozenset({OrganisationKind.AUTHORITY}),
    Role.BUREAU_AUDITOR: frozenset({OrganisationKind.AUTHORITY}),
    Role.UNIT_OFFICER: frozenset({OrganisationKind.AUTHORITY}),
    Role.BRANCH_OFFICER: frozenset({OrganisationKind.AUTHORITY}),
    Role.SYSTEM_ADMIN: frozenset({OrganisationKind.AUTHORITY}),
    Role.HOLDER_MANAGER: frozenset(
        {OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE, OrganisationKind.HOSPITAL}
    ),
    Role.HOLDER_STAFF: frozenset({OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE, OrganisationKind.HOSPITAL}),
    Role.SOE_MANAGER: frozenset({OrganisationKind.STATE_OWNED}),
    Role.ENTERPRISE_MEMBER: frozenset({OrganisationKind.ENTERPRISE, OrganisationKind.STATE_OWNED}),
    Role.BANK_MEMBER: frozenset({OrganisationKind.BANK}),
    Role.AGENCY_MEMBER: frozenset({OrganisationKind.AGENCY}),
    Role.CENTRE_OPERATOR: frozenset({OrganisationKind.CENTRE}),
}
