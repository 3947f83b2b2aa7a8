"""People, organisations, and who acts for whom."""

from zhiqiao.parties.models.keys import ApiKey, KeyState
from zhiqiao.parties.models.organisations import LIVING, Contact, Organisation, OrganisationName
from zhiqiao.parties.models.people import Membership, User

__all__ = ["LIVING", "ApiKey", "Contact", "KeyState", "Membership", "Organisation", "OrganisationName", "User"]
