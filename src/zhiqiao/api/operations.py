"""What an address does, said once for the description of the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

JSON: Final = "application/json"


@dataclass(frozen=True)
class Operation:
    """``body``: media type → serializer or schema. ``answers``: status, or status and media type → response.
    ``refusals``: statuses answered with a problem, beside those that every address has. ``public``: without a log-in,
    too."""

    id: str
    summary: str
    tag: str
    description: str = ""
    parameters: Sequence[OpenApiParameter] = ()
    body: Mapping[str, Any] | None = None
    answers: Mapping[int | tuple[int, str], Any] = field(default_factory=dict)
    refusals: Sequence[int] = ()
    public: bool = False


REFUSALS: Final[Mapping[int, str]] = {
    400: "The request cannot be understood, or names a parameter that is not known here.",
    401: "Nobody is logged in and no key was sent, or the key is unknown, expired or revoked.",
    403: "The role, or the key's scope, does not allow this; or a log-in's cookie came without its token.",
    404: "Absent, or hidden from the caller: the two are never told apart.",
    406: "The header Accept asks for something else than what is answered here.",
    409: "The record is not in the state that this needs, or the first request with the key is still at work.",
    411: "The body came in chunks, without its length.",
    412: "The record has changed since; the answer carries its ETag as it is now.",
    413: "The request is too large.",
    415: "This type of content is not taken here.",
    422: "Something that was sent breaks a rule; `errors` names the fields.",
    428: "The header If-Match is missing.",
    429: "Too many requests; the header Retry-After says how long to wait.",
    500: "A fault of ours; `incident` finds it in the log.",
    503: "Something is not to be had just now; trying later can help.",
}
EVERYWHERE: Final = (401, 403, 404, 406, 429, 500, 503)
WRITING: Final = (400, 409, 411, 413, 415, 422)


def header(name: str, text: str, statuses: Sequence[int]) -> OpenApiParameter:
    """A header of answers."""
    return OpenApiParameter(
        name, {"type": "string"}, OpenApiParameter.HEADER, description=text, response=[str(each) for each in statuses]
    )


def asked_header(name: str, text: str, *, required: bool = False, pattern: str = "") -> OpenApiParameter:
    schema = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, required=required, description=text)


def described(response: Any, text: str) -> OpenApiResponse:
    return OpenApiResponse(response, description=text)


IDEMPOTENCY: Final = asked_header(
    "Idempotency-Key",
    "Any text that is new for this request. The same request with the same key within 24 hours writes nothing more and "
    "is answered as the first was, with `Idempotency-Replayed: true`.",
    pattern="^[!-~]{1,255}$",
)
IF_MATCH: Final = asked_header(
    "If-Match", "The ETag of the record as it was last read.", required=True, pattern='^("[0-9a-f]{32}"|\\*)$'
)
IF_NONE_MATCH: Final = asked_header("If-None-Match", "An ETag: where the record is still the same, 304 is answered.")
ETAG: Final = "Which state of the record this is, to be sent back as If-Match or If-None-Match."
PARTIAL: Final = header(
    "Zhiqiao-Partial",
    "How many parts of the search index did not answer in time, of how many, as `1/4`: what they hold is missing. Not "
    "sent where all did.",
    [200],
)
REPLAYED: Final = header("Idempotency-Replayed", "`true` where this answers an earlier request again.", [200, 201])


def uuid_in_path(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "format": "uuid"}, OpenApiParameter.PATH, description=text)


PUBLIC_ID: Final = uuid_in_path("public_id", "The record's id.")
