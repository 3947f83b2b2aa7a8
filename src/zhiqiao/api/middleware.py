"""What goes wrong before or beside the views, as a problem too: no program is answered with a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from zhiqiao.api.problems import ApiRefusal, Incident, LengthRequired, RequestTooLarge, problem, refused
from zhiqiao.kernel.errors import NotFound, ZhiqiaoError
from zhiqiao.kit.discussing import LARGEST_FILE

STRANGERS_BODY: Final = 64 * 1024  # bytes
PARTS: Final = 64 * 1024  # bytes around a file
LARGEST_UPLOAD: Final = 2 * 1024**3  # bytes; what a reader of lists takes is bounded there
Handler = Callable[[HttpRequest], HttpResponseBase]


class ProblemMiddleware:
    """For addresses under ``settings.ZHIQIAO_API_PREFIX`` alone. Refuses a body that is too long before anything of it
    is read; who shows neither a key nor a log-in has little to say."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(settings.ZHIQIAO_API_PREFIX):
            return self.get_response(request)
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            return problem(LengthRequired())
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > longest_body(request):
            return problem(RequestTooLarge())
        answer = self.get_response(request)
        if answer.status_code >= 400 and answer.headers.get("Content-Type", "").startswith("text/html"):
            return problem(meaning_of(answer.status_code))
        return answer


def longest_body(request: HttpRequest) -> int:
    named = request.META.get("HTTP_AUTHORIZATION") or settings.SESSION_COOKIE_NAME in request.COOKIES
    if not named:
        return STRANGERS_BODY
    if request.content_type == "multipart/form-data":
        return LARGEST_UPLOAD if request.path == reverse("api_import_list") else LARGEST_FILE + PARTS
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or LARGEST_UPLOAD


def meaning_of(status: int) -> ZhiqiaoError:
    """What Django answers by itself: a host that is not ours, a header it cannot read, a fault of its own."""
    if status == 404:
        return NotFound()
    if status >= 500:
        return Incident(incident="—")
    return ApiRefusal() if status == 400 else refused("forbidden", "forbidden", status)
