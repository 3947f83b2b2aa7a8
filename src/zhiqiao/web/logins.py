"""Log-ins on the audit trail: who came in, whose password or second step changed, and which name was tried in vain.

A name that was tried may be anybody's, or a password typed into the wrong field, so it enters by its blind index alone:
enough to see that one log-in is being guessed at.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.encryption import blind_index
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import User

LOGIN: Final = "parties.user"


def _noted(user: User, action: str, after: dict[str, Any]) -> None:
    with unit_of_work(actor_for(user)) as work:
        work.record(action, Subject(LOGIN, str(user.public_id)), None, after)


def came_in(user: User, **_: Any) -> None:
    _noted(user, "parties.log_in", {})


def changed_password(user: User, **_: Any) -> None:
    _noted(user, "parties.change_password", {})


def added_step(user: User, authenticator: Any, **_: Any) -> None:
    _noted(user, "parties.add_step", {"step": str(authenticator.type)})


def removed_step(user: User, authenticator: Any, **_: Any) -> None:
    _noted(user, "parties.remove_step", {"step": str(authenticator.type)})


def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    tried = blind_index("log-in", str(credentials.get("username", "")).strip().casefold())
    with unit_of_work(_asking(request)) as work:
        work.record("parties.fail_log_in", Subject(LOGIN, tried), None, {})


def _asking(request: HttpRequest | None) -> Actor:
    """Somebody who confirms a password is known already; everybody else is the public."""
    user = getattr(request, "user", None)
    return actor_for(user) if isinstance(user, User) else PUBLIC


def connect() -> None:
    user_logged_in.connect(came_in)
    password_changed.connect(changed_password)
    authenticator_added.connect(added_step)
    authenticator_removed.connect(removed_step)
    user_login_failed.connect(failed)
