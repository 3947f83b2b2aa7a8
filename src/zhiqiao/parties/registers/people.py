"""The register of log-ins: who can sign in, in which roles."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiqiao.core.audit import unit_of_work
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind
from zhiqiao.kit.filters import Filters, Records, choice, search_box
from zhiqiao.kit.forms import RecordForm, set_choices
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Create, Move, Register
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions import NewPerson, close_login, create_user, end_role, grant_role, set_password
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.parties.policies import MEMBERSHIPS, USERS
from zhiqiao.parties.selectors import living_organisations, log_ins, organisations_like
from zhiqiao.wording import listed

HOUSES_OFFERED = 50
HANDING_OUT = frozenset({Role.SYSTEM_ADMIN, Role.BUREAU_OFFICER, Role.HOLDER_MANAGER, Role.SOE_MANAGER})


class PersonFilter(Filters):
    q = search_box(_("Name or log-in"))
    role = choice(_("Role"), Role.choices, method="by_role")
    active = choice(
        _("State"),
        [("True", _("Can sign in")), ("False", pgettext_lazy("of a log-in", "Closed"))],
        field_name="is_active",
    )

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        return records.filter(Q(display_name__icontains=words) | Q(username__istartswith=words))

    def by_role(self, records: Records, name: str, value: str) -> Records:
        held = MEMBERSHIPS.visible(self.request.actor, Membership.objects.filter(role=value, ended_on=None))
        return records.filter(pk__in=held.values("user_id"))


class RoleForm(RecordForm):
    """A role in an organisation. Which roles are offered depends on who hands them out."""

    role = forms.ChoiceField(label=_("Role"))
    organisation = forms.CharField(
        label=_("Organisation"), max_length=255, help_text=_("Its name or credit code, as it stands in the register.")
    )

    def prepare(self) -> None:
        set_choices(self, "role", [(each.value, each.label) for each in grantable(self.actor)])
        own = own_houses(self.actor)
        if len(own) == 1 and not self.actor.holds(Role.SYSTEM_ADMIN, Role.BUREAU_OFFICER):
            self.fields["organisation"].initial = own[0].name

    def clean_organisation(self) -> Organisation:
        """The one organisation that bears this name or code."""
        asked: str = self.cleaned_data["organisation"].strip()
        found = list(organisations_like(self.actor, asked)[:HOUSES_OFFERED])
        exact = [each for each in found if asked in {each.name, each.credit_code}] or found
        if len(exact) != 1:
            raise forms.ValidationError(several(exact))
        return exact[0]


class NewPersonForm(RoleForm):
    username = forms.CharField(
        label=_("Log-in"), max_length=150, help_text=_("Small letters, digits, dots; three characters at least."),
    )  # fmt: skip
    display_name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), required=False)
    field_order = ("username", "display_name", "email", "role", "organisation")


class EndRoleForm(RecordForm):
    membership = forms.ChoiceField(label=_("Role"))

    def prepare(self) -> None:
        held = vars(self.record).get("in_force", ())
        set_choices(self, "membership", [(str(each.pk), role_in(each)) for each in held])


def several(found: list[Organisation]) -> str:
    if not found:
        return str(_("No organisation bears this name or code."))
    names = listed(each.name for each in found[:5])
    return str(_("Several fit: %(names)s. Write the whole name.")) % {"names": names}


def grantable(actor: Actor) -> Iterator[Role]:
    """The roles that this person may hand out somewhere."""
    places: list[Organisation | None] = [*own_houses(actor), None]
    for role in Role:
        drafts = (Membership(organisation=place, role=role.value) for place in places)
        if any(MEMBERSHIPS.may(actor, "grant", draft) for draft in drafts):
            yield role


def own_houses(actor: Actor) -> list[Organisation]:
    return list(living_organisations(actor).filter(pk__in=actor.organisations))


def role_in(membership: Membership) -> str:
    return f"{membership.organisation.name} · {Role(membership.role).label}"


def roles_of(user: User) -> list[str]:
    return [role_in(each) for each in vars(user).get("in_force", ())]


def take_in(actor: Actor, said: Mapping[str, Any]) -> User:
    """A log-in with its first role and a password that is shown once; no log-in stays behind where the role is
    refused."""
    password = secrets.token_urlsafe(12)
    person = NewPerson(said["username"], said["display_name"], said["email"], password)
    with unit_of_work(actor):
        user = create_user(actor=actor, person=person)
        grant_role(actor=actor, user=user, organisation=said["organisation"], role=said["role"])
    user.secret_once = password
    return user


def new_password(actor: Actor, user: User, said: Mapping[str, Any]) -> User:
    if actor.user_key == user.pk:  # whoever sits down at somebody's open page would be that person from then on
        raise Invalid("password_of_oneself")
    password = secrets.token_urlsafe(12)
    changed = set_password(actor=actor, user=user, password=password)
    changed.secret_once = password
    return changed


def grant(actor: Actor, user: User, said: Mapping[str, Any]) -> User:
    return grant_role(actor=actor, user=user, organisation=said["organisation"], role=said["role"]).user


def end(actor: Actor, user: User, said: Mapping[str, Any]) -> User:
    held = {str(each.pk): each for each in vars(user).get("in_force", ())}
    if said["membership"] not in held:
        raise Invalid("role_ended")
    return end_role(actor=actor, membership=held[said["membership"]]).user


PEOPLE: Register[User] = Register(
    name="person",
    path="people",
    model=User,
    subject="parties.user",
    title=_("Log-ins"),
    one=_("Log-in"),
    icon="users",
    group=_("System"),
    lead=_("Who can sign in, and what they are there for. What a person may do follows from the roles alone."),
    help=_(
        "A new log-in has a password that is shown once; the person changes it after the first log-in. A closed log-in "
        "keeps its history. Nobody can hand out a role to themselves."
    ),
    policy=USERS,
    records=log_ins,
    named=lambda user: user.display_name,
    roles=HANDING_OUT | {Role.BUREAU_AUDITOR},
    columns=(
        Column("name", pgettext_lazy("of a person", "Name"), lambda u: u.display_name),
        Column("username", _("Log-in"), lambda u: u.username, Kind.NUMBER, sort="login"),
        Column("roles", _("Roles"), roles_of, Kind.NAMES),
        Column("open", _("Can sign in"), lambda u: u.is_active, Kind.FLAG),
        Column("last_login", _("Last log-in"), lambda u: u.last_login, Kind.MOMENT),
        Column("made_at", _("Created"), lambda u: u.created_at, Kind.MOMENT, shown=False),
    ),
    sorts=(Sort("login", "username"), Sort("-login", "username", descending=True)),
    filters=PersonFilter,
    create=Create(
        _("New log-in"), "create", NewPersonForm, take_in, done=_("The log-in is made. Hand over the password now."),
    ),
    moves=(
        Move(
            "grant", _("Give a role"), "grant_some", grant, form=RoleForm, icon="plus", bulk=False,
            offered=lambda user: user.is_active, done=_("The role is given."),
        ),
        Move(
            "end_role", _("End a role"), "grant_some", end, form=EndRoleForm, icon="x", bulk=False,
            offered=lambda user: bool(vars(user).get("in_force")), done=_("The role has ended."),
        ),
        Move(
            "password", _("New password"), "set_password", new_password, icon="key", bulk=False,
            offered=lambda user: user.is_active,
            confirm=_("The old password no longer works. The new one is shown once."), done=_("The password is new."),
        ),
        Move(
            "close", _("Close the log-in"), "close", lambda actor, user, said: close_login(actor=actor, user=user),
            offered=lambda user: user.is_active, icon="lock", tone="danger",
            confirm=_("The person cannot sign in any more, and their programs' keys end."), done=_("It is closed."),
        ),
    ),
)  # fmt: skip
