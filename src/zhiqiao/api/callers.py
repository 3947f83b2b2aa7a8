"""Who asks: somebody logged in on the pages, a program with a key, or the public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from zhiqiao.api.problems import CsrfFailed
from zhiqiao.core.rates import address_in
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.bearers import Bearer, key_actor
from zhiqiao.parties.models import User


@dataclass(frozen=True)
class Caller:
    """``name`` is what requests are counted by; ``bearer`` None: no key was shown."""

    actor: Actor
    name: str
    bearer: Bearer | None = None

    @property
    def known(self) -> bool:
        return self.actor.signed_in

    def reaches(self, path: str, verb: str) -> bool:
        """Whether the key, where one was shown, goes that far; a log-in goes as far as the person."""
        return self.bearer is None or self.bearer.allows(path, verb)


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer zq_…``"""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        kind, _, token = header.partition(" ")
        bearer = key_actor(token.strip()) if kind.lower() == "bearer" else None
        if bearer is None:
            raise AuthenticationFailed
        return AnonymousUser(), Caller(bearer.actor, f"key:{bearer.key_id}", bearer)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="zhiqiao"'


class PageSession(BaseAuthentication):
    """The log-in of the pages. Whatever writes must carry the token that only our own pages know."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        user = request._request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        check = CSRFCheck(nothing)
        check.process_request(request._request)
        if check.process_view(request._request, nothing, (), {}):
            raise CsrfFailed
        actor = actor_for(user)
        return user, Caller(actor, f"person:{actor.actor_id}")


def nothing(*_: Any) -> Any:
    """Stands where Django's check of the token wants a view, which it never calls."""


def caller_of(request: Request) -> Caller:
    if isinstance(request.auth, Caller):
        return request.auth
    return Caller(PUBLIC, f"address:{address_of(request)}")


def address_of(request: Request) -> str:
    return address_in(request.META)
