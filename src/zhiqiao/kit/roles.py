"""The roles people hold in an organisation."""

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

EVERY_ROLE = frozenset(Role.values)
# The system administrator runs the installation and sees no records.
EVERY_ROLE_WITH_RECORDS = EVERY_ROLE - {Role.SYSTEM_ADMIN}
# Whose work the stocktaking is.
STOCK = frozenset({Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.HOLDER_MANAGER, Role.HOLDER_STAFF, Role.SOE_MANAGER})
# Who hands in lists.
SENDERS = frozenset({Role.BUREAU_OFFICER, Role.HOLDER_MANAGER, Role.SOE_MANAGER, Role.CENTRE_OPERATOR})
AUDITORS = frozenset({Role.BUREAU_AUDITOR, Role.BUREAU_OFFICER})
