"""What every request passes: who acts, how a refusal is answered, what a page may load."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from zhiqiao.core.rates import RateSpent
from zhiqiao.core.unanswered import noting
from zhiqiao.kernel.errors import STATUS, ZhiqiaoError
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.discussing import LARGEST_FILE
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import User
from zhiqiao.wording import refusal

STRANGERS_BODY = 64 * 1024  # bytes
BESIDE_A_RECORD = "/files/"
"""How the addresses end where a file is put beside a record."""
Handler = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


class BodyTooLarge(ZhiqiaoError):
    """More was sent than this address takes from this person."""

    code = "body_too_large"


class ActorMiddleware:
    """Puts ``request.actor`` beside ``request.user``; read on first use."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: acting(request))  # type: ignore[attr-defined]  # our own attribute
        return self.get_response(request)


def acting(request: HttpRequest) -> Actor:
    return actor_for(request.user) if isinstance(request.user, User) else PUBLIC


class SilentPartsMiddleware:
    """Remembers for each request which parts of the index its searches could not look at, and tells programs."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with noting() as noted:
            answer = self.get_response(request)
        if noted:
            answer["Zhiqiao-Partial"] = f"{noted.missing}/{noted.of}"
        return answer


class BodyLimitMiddleware:
    """Refuses a body that is too long before anything of it is read. Only files that somebody signed in hands over
    may be long; an honest form without a log-in is short. The interface for programs sees to its own bodies."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        of_a_program = request.path.startswith(settings.ZHIQIAO_API_PREFIX)
        if of_a_program or (length.isdecimal() and int(length) <= STRANGERS_BODY):
            return self.get_response(request)
        if not length.isdecimal() or int(length) > longest_body(request):
            return refused(request, BodyTooLarge())
        return self.get_response(request)


def longest_body(request: HttpRequest) -> float:
    """In bytes. Lists are bounded by what their reader takes, not here."""
    if not request.user.is_authenticated:
        return STRANGERS_BODY
    if request.path == reverse("import_new"):
        return inf
    if request.path.endswith(BESIDE_A_RECORD):
        return LARGEST_FILE + STRANGERS_BODY
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or inf


class RefusalMiddleware:
    """Answers what the rules refuse with a page in words and the right status."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ZhiqiaoError):
            return None
        return refused(request, error)


def refused(request: HttpRequest, error: ZhiqiaoError) -> HttpResponse:
    status = 413 if isinstance(error, BodyTooLarge) else STATUS.get(error.kind, 422)
    if status == 404:  # hidden and absent look alike, down to the words
        return render(request, "404.html", status=404)
    told = {"refusal": refusal(error), "status": status, "back": came_from(request)}
    answer = render(request, "refused.html", told, status=status)
    if isinstance(error, RateSpent):
        answer.headers["Retry-After"] = str(error.standing.resets_in)
    return answer


def came_from(request: HttpRequest) -> str:
    """The page of ours from which the refused step was taken; empty where nobody says, or it is this one."""
    page = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return "" if page == request.build_absolute_uri() else page


class ContentSecurityPolicyMiddleware:
    """No script and no style but our own files; pages of signed-in people stay out of shared caches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response
