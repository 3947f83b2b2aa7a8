"""Every refusal and every fault as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions

from zhiqiao.kernel.errors import STATUS, NotFound, Unavailable, ZhiqiaoError
from zhiqiao.wording import refusal

PROBLEM: Final = "application/problem+json"
TYPE: Final = "urn:zhiqiao:problem:"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field; ``field`` empty: with all of it."""

    field: str
    code: str
    message: str


class ApiRefusal(ZhiqiaoError):
    """What the interface refuses before the rules are asked. ``headers`` go with the answer."""

    status: ClassVar[int] = 400
    code = "body_malformed"
    kind = "malformed"
    headers: Mapping[str, str] = {}


class ParameterUnknown(ApiRefusal):
    code = "parameter_unknown"


class IdempotencyKeyUnusable(ApiRefusal):
    code = "idempotency_key_unusable"


class FieldsRefused(ApiRefusal):
    """The faults stand in ``errors`` of the answer."""

    code = "fields_refused"
    kind = "invalid"
    status = 422

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__()


class CsrfFailed(ApiRefusal):
    code = "csrf_failed"
    kind = "forbidden"
    status = 403


class ScopeMissing(ApiRefusal):
    code = "scope_missing"
    kind = "forbidden"
    status = 403


class RequestTooLarge(ApiRefusal):
    code = "request_too_large"
    kind = "too_large"
    status = 413


class LengthRequired(ApiRefusal):
    """A body in chunks: the web server's interface hands none on whose length it is not told."""

    code = "length_required"
    kind = "unsupported"
    status = 411


class PreconditionRequired(ApiRefusal):
    code = "precondition_required"
    kind = "precondition"
    status = 428


class PreconditionFailed(ApiRefusal):
    code = "precondition_failed"
    kind = "precondition"
    status = 412

    def __init__(self, etag: str) -> None:
        super().__init__(etag=etag)
        self.headers = {"ETag": etag}


class TooManyRequests(ApiRefusal):
    code = "too_many_requests"
    kind = "too_many"
    status = 429

    def __init__(self, wait: int, headers: Mapping[str, str]) -> None:
        super().__init__(wait=wait)
        self.headers = {"Retry-After": str(wait), **headers}


class Incident(ApiRefusal):
    """Our own fault; ``incident`` finds it in the log."""

    code = "incident"
    kind = "fault"
    status = 500


class NotAuthenticated(ApiRefusal):
    code = "not_authenticated"
    kind = "unauthenticated"
    status = 401


def status_of(error: ZhiqiaoError) -> int:
    return error.status if isinstance(error, ApiRefusal) else STATUS.get(error.kind, 422)


def problem(error: ZhiqiaoError) -> HttpResponse:
    """The refusal as an answer. Hidden and absent are one: neither code nor facts tell them apart."""
    told = NotFound() if error.kind == "not_found" else error
    words, status = refusal(told), status_of(told)
    body: dict[str, Any] = {
        "type": TYPE + words.code, "title": words.title, "status": status, "detail": words.text, "code": words.code,
        "errors": [asdict(fault) for fault in faults_in(told, words.text)],
    }  # fmt: skip
    if isinstance(told, Incident):
        body["incident"] = told.facts["incident"]
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), content_type=PROBLEM, status=status)
    for name, value in getattr(told, "headers", {}).items():
        answer.headers[name] = value
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="zhiqiao"'
    return answer


def faults_in(error: ZhiqiaoError, text: str) -> Sequence[Fault]:
    """Those of a form, or the one field that a rule speaks of."""
    named = error.facts.get("field")
    if isinstance(error, FieldsRefused):
        return error.faults
    return [Fault(named, error.reason, text)] if isinstance(named, str) and error.kind == "invalid" else []


def answer_to(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Django REST framework's handler: no fault passes it, so that nobody is shown a traceback."""
    return problem(as_refusal(error))


def as_refusal(error: Exception) -> ZhiqiaoError:
    if isinstance(error, ZhiqiaoError):
        return error
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, PermissionDenied):
        return ScopeMissing("forbidden")
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return RequestTooLarge()
    if isinstance(error, UnreadablePostError):
        return ApiRefusal()
    if isinstance(error, OperationalError) and lock_not_had(error):
        return Unavailable("busy")
    return incident(error)


FRAMEWORK: Final[Sequence[tuple[type[exceptions.APIException], str, str]]] = (
    (exceptions.ParseError, "body_malformed", "malformed"),
    (exceptions.NotAuthenticated, "not_authenticated", "unauthenticated"),
    (exceptions.AuthenticationFailed, "key_refused", "unauthenticated"),
    (exceptions.MethodNotAllowed, "method_not_allowed", "unsupported"),
    (exceptions.NotAcceptable, "not_acceptable", "unsupported"),
    (exceptions.UnsupportedMediaType, "media_type_unsupported", "unsupported"),
)


def _of_framework(error: exceptions.APIException) -> ZhiqiaoError:
    if isinstance(error, exceptions.NotFound):
        return NotFound()
    for known, code, kind in FRAMEWORK:
        if isinstance(error, known):
            return refused(code, kind, error.status_code)
    return incident(error)


def refused(code: str, kind: str, status: int) -> ApiRefusal:
    told = ApiRefusal(code)
    told.kind, told.status = kind, status  # type: ignore[misc]  # of this one refusal, not of its class
    return told


def lock_not_had(error: OperationalError) -> bool:
    """Whether another writer held on for too long: SQLite's busy timeout, PostgreSQL's lock timeout."""
    return "locked" in str(error) or getattr(error.__cause__, "sqlstate", "") == "55P03"


def incident(error: Exception) -> Incident:
    number = uuid.uuid4().hex[:12]
    LOG.error("incident %s", number, exc_info=error)
    return Incident(incident=number)
