"""Log-ins: made by an administrator or a manager, closed, never erased."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from zhiqiao.core.audit import Subject, personal, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_line
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions.keys import revoke_keys_of
from zhiqiao.parties.models import User
from zhiqiao.parties.policies import USERS

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,149}", re.ASCII)


@dataclass(frozen=True)
class NewPerson:
    """``password`` None: the log-in cannot be used until one is set."""

    username: str
    display_name: str
    email: str = ""
    password: str | None = field(default=None, repr=False)


def create_user(*, actor: Actor, person: NewPerson) -> User:
    """A log-in without any role yet.

    Raises ``username_format``, ``username_taken``, ``display_name_empty``, ``email_format``, ``password_weak``.
    """
    with unit_of_work(actor) as work:
        USERS.require(actor, "create")
        user = User(
            username=_username(person.username),
            display_name=clean_line(person.display_name, 100),
            email=_email(person.email),
            created_at=work.at,
        )
        if not user.display_name:
            raise Invalid("display_name_empty")
        _choose_password(user, person.password)
        _save_new(user)
        after = {
            key: personal(getattr(user, key)) for key in ("username", "display_name", "email") if getattr(user, key)
        }
        work.record("parties.create_user", _subject(user), None, after)
        return user


def _username(text: str) -> str:
    name = clean_line(text).lower()
    if not _USERNAME.fullmatch(name):
        raise Invalid("username_format")
    return name


def _email(text: str) -> str:
    address = clean_line(text)
    try:
        if address:
            validate_email(address)
    except ValidationError:
        raise Invalid("email_format") from None
    return address


def _choose_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise Invalid("password_weak", reasons=[each.code for each in refusal.error_list]) from None
    user.set_password(password)


def _save_new(user: User) -> None:
    with taken_means("username_taken"):
        user.save(force_insert=True)


def set_password(*, actor: Actor, user: User, password: str) -> User:
    """One's own, or as the administrator anybody's. The trail says that it changed, nothing more."""
    with unit_of_work(actor) as work:
        USERS.require(actor, "set_password", user)
        _choose_password(user, password)
        user.save(update_fields=["password"])
        work.record("parties.set_password", _subject(user), {}, {})
        return user


def close_login(*, actor: Actor, user: User) -> User:
    """The person cannot sign in any more, nor can their programs; what they did stays theirs.

    Raises ``user_closed``, ``close_oneself``.
    """
    with unit_of_work(actor) as work:
        USERS.require(actor, "close", user)
        if actor.user_key == user.pk:
            raise Conflict("close_oneself")
        if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) != 1:
            raise Conflict("user_closed")
        user.is_active = False
        revoke_keys_of(work, user)
        work.record("parties.close_login", _subject(user), {"is_active": True}, {"is_active": False})
        return user


def refuse_personalised_pushes(*, actor: Actor, user: User) -> User:
    """The person wants no pushes chosen for them (PIPL art. 24); said once, it holds until they say otherwise."""
    return _choose_pushes(actor, user, personalised=False)


def accept_personalised_pushes(*, actor: Actor, user: User) -> User:
    return _choose_pushes(actor, user, personalised=True)


def _choose_pushes(actor: Actor, user: User, *, personalised: bool) -> User:
    with unit_of_work(actor) as work:
        USERS.require(actor, "choose_pushes", user)
        if User.objects.filter(pk=user.pk).exclude(personalised=personalised).update(personalised=personalised):
            before, after = {"personalised": not personalised}, {"personalised": personalised}
            work.record("parties.choose_pushes", _subject(user), before, after)
        user.personalised = personalised
        return user


def _subject(user: User) -> Subject:
    return Subject("parties.user", str(user.public_id))
