"""What every request passes: who acts, how a refusal is answered, what a page may load."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.parties.actors import PUBLIC, Actor, actor_for
from zhiqiao.parties.models import User

Handler = Callable[[HttpRequest], HttpResponse]
STATUS = {"invalid": 422, "conflict": 409, "forbidden": 403, "not_found": 404, "unavailable": 503}
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class ActorMiddleware:
    """Puts ``request.actor`` beside ``request.user``; read on first use."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: acting(request))  # type: ignore[attr-defined]  # our own attribute
        return self.get_response(request)


def acting(request: HttpRequest) -> Actor:
    return actor_for(request.user) if isinstance(request.user, User) else PUBLIC


class RefusalMiddleware:
    """Answers what the rules refuse with a page in words and the right status."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ZhiqiaoError):
            return None
        status = STATUS.get(error.kind, 422)
        return render(request, "refused.html", {"error": error, "status": status}, status=status)


class ContentSecurityPolicyMiddleware:
    """No script and no style but our own files."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
