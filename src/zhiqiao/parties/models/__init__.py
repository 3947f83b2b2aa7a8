"""People, organisations, and who acts for whom."""

from zhiqiao.parties.models.organisations import Organisation, OrganisationName
from zhiqiao.parties.models.people import Membership, User

__all__ = ["Membership", "Organisation", "OrganisationName", "User"]
