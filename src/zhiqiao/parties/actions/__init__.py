"""What happens to organisations and people: one function a thing that happens."""

from zhiqiao.parties.actions.contacts import ContactDetails, add_contact, withdraw_contact
from zhiqiao.parties.actions.keys import NewKey, make_key, revoke_key
from zhiqiao.parties.actions.memberships import end_role, grant_role
from zhiqiao.parties.actions.merging import MERGED, merge_organisations
from zhiqiao.parties.actions.named import register_named
from zhiqiao.parties.actions.organisations import (
    OrganisationDetails,
    add_alias,
    change_name,
    describe_organisation,
    register_organisation,
)
from zhiqiao.parties.actions.people import (
    NewPerson,
    accept_personalised_pushes,
    close_login,
    create_user,
    refuse_personalised_pushes,
    set_password,
)

__all__ = [
    "MERGED",
    "ContactDetails",
    "NewKey",
    "NewPerson",
    "OrganisationDetails",
    "accept_personalised_pushes",
    "add_alias",
    "add_contact",
    "change_name",
    "close_login",
    "create_user",
    "describe_organisation",
    "end_role",
    "grant_role",
    "make_key",
    "merge_organisations",
    "refuse_personalised_pushes",
    "register_named",
    "register_organisation",
    "revoke_key",
    "set_password",
    "withdraw_contact",
]
