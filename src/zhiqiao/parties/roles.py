"""The roles people hold in an organisation, and the kinds of organisation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    BUREAU_OFFICER = "bureau_officer", _("Bureau officer")
    BUREAU_AUDITOR = "bureau_auditor", _("Bureau auditor")
    UNIT_OFFICER = "unit_officer", _("Officer of a responsible unit")
    BRANCH_OFFICER = "branch_officer", _("Officer of a town branch")
    HOLDER_MANAGER = "holder_manager", _("Patent manager of an institution")
    HOLDER_STAFF = "holder_staff", _("Staff of an institution")
    SOE_MANAGER = "soe_manager", _("Patent manager of a state-owned enterprise")
    ENTERPRISE_MEMBER = "enterprise_member", _("Member of an enterprise")
    BANK_MEMBER = "bank_member", _("Member of a bank, insurer or fund")
    AGENCY_MEMBER = "agency_member", _("Member of a service agency")
    CENTRE_OPERATOR = "centre_operator", _("Operator of an operating centre")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


# Roles that look over the whole city. The system administrator runs the installation and sees no records
# (Network Data Security Regulations art. 16: operators have no access to the data by default).
CITY_READERS = frozenset({Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR})


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
