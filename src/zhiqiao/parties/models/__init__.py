"""People, organisations, and who acts for whom."""

from zhiqiao.parties.models.organisations import LIVING, Contact, Organisation, OrganisationName
from zhiqiao.parties.models.people import Membership, User

__all__ = ["LIVING", "Contact", "Membership", "Organisation", "OrganisationName", "User"]
