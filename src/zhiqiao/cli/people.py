"""``zhiqiao user``: log-ins and roles from the command line."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TypeVar

import click
from django.db import transaction

from zhiqiao.cli.console import STDOUT, say, speaking
from zhiqiao.cli.usage import Usage
from zhiqiao.kernel.errors import Invalid, NotFound
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions import NewPerson, create_user, grant_role, set_password
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import Organisation, User
from zhiqiao.parties.naming import OrganisationFinder
from zhiqiao.parties.roles import KINDS_OF_ROLE, OrganisationKind

Command = TypeVar("Command", bound=Callable[..., None])


def asking_password(command: Command) -> Command:
    """``--password``, or two questions, in the language of the command line."""
    return click.option("--password", callback=_asked, help="密码；不写则询问。 Asked for where it is not given.")(
        command
    )


def _asked(_context: click.Context, _param: click.Parameter, given: str | None) -> str:
    if given is not None:
        return given
    first: str = click.prompt(say("密码", "Password"), hide_input=True)
    if click.prompt(say("再输入一次", "Again"), hide_input=True) != first:
        raise Usage("两次输入的密码不一致，请重新运行", "the two passwords differ; run the command again")
    return first


@click.group("user")
def user() -> None:
    """登录账号与角色。 Log-ins and roles."""


@user.command("create")
@click.argument("username")
@click.option("--name", required=True, help="显示名。 The person's name.")
@click.option("--role", required=True, type=click.Choice(Role.values))
@click.option("--organisation", required=True, help="单位名称。 The organisation's name.")
@asking_password
def create(username: str, name: str, role: str, organisation: str, password: str) -> None:
    """新建账号并授予角色。 Make a log-in with a role."""
    actor = operator(getpass.getuser())
    place = organisation_called(organisation)
    refuse_unfitting(role, place)
    with transaction.atomic():  # no log-in stays behind where the role is refused
        person = create_user(actor=actor, person=NewPerson(username, name, password=password))
        grant_role(actor=actor, user=person, organisation=place, role=role)
    with speaking():
        STDOUT.print(f"{person.username}: {Role(role).label} @ {place.name}", markup=False)


def refuse_unfitting(role: str, place: Organisation) -> None:
    """Say which kinds of organisation a role is for, before anything is written."""
    fitting = KINDS_OF_ROLE[role]
    if place.kind in fitting:
        return
    with speaking():
        kinds = [str(each.label) for each in OrganisationKind if each in fitting]
        raise Invalid(
            "role_not_for_kind", organisation=place.name, kind=place.get_kind_display(), role=role,
            role_name=str(Role(role).label), kinds=say("、", ", ").join(kinds),
        )  # fmt: skip


def organisation_called(name: str) -> Organisation:
    key = OrganisationFinder.load().find(name)
    if key is None:
        raise NotFound("organisation_not_found", name=name[:100])
    return Organisation.objects.get(pk=key)


@user.command("password")
@click.argument("username")
@asking_password
def password(username: str, password: str) -> None:
    """重设密码。 Set a new password."""
    set_password(actor=operator(getpass.getuser()), user=log_in_called(username), password=password)
    STDOUT.print(say("已重设", "set"))


def log_in_called(username: str) -> User:
    found = User.objects.filter(username=username.lower()).first()
    if found is None:
        raise NotFound("user_not_found", username=username[:100])
    return found


COMMANDS = {"user": user}
