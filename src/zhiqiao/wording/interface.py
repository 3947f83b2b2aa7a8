"""What the interface for programs refuses before the rules are asked, in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

INTERFACE_TITLES: Final[dict[str, Text]] = {
    "malformed": _("The request cannot be understood"),
    "unauthenticated": _("It is not known who asks"),
    "not_found": _("There is nothing here"),
    "unsupported": _("This address does not take the request in this form"),
    "precondition": _("The request does not speak of the record as it stands"),
    "too_large": _("The request is too large"),
    "too_many": _("Too many requests"),
    "fault": _("Something went wrong on our side"),
}
INTERFACE_BY_KIND: Final[dict[str, Text]] = {
    "malformed": _("Compare the request with the description of the interface."),
    "unauthenticated": _("Log in, or send a key: “Authorization: Bearer zq_…”."),
    "not_found": _("The record or address does not exist, or is not open to you."),
    "unsupported": _("Compare the request with the description of the interface."),
    "precondition": _("Read the record again and repeat the request with its ETag."),
    "too_large": _("Send less at once. Files go in under “imports”."),
    "too_many": _("Wait as long as the header Retry-After says, then go on more slowly."),
    "fault": _("Try again later. If it goes on, tell the administrator the incident number."),
}
INTERFACE_TEXTS: Final[dict[str, Text]] = {
    "not_found": INTERFACE_BY_KIND["not_found"],
    "body_malformed": _("The body is no JSON that can be read."),
    "parameter_unknown": _("Unknown parameters: %(unknown)s. Known here: %(known)s."),
    "fields_refused": _("Some of what was sent cannot be taken; “errors” names each field."),
    "not_authenticated": INTERFACE_BY_KIND["unauthenticated"],
    "key_refused": _("The key is unknown, expired or revoked."),
    "csrf_failed": _("A request with a log-in's cookie needs the header X-CSRFToken. Programs use a key instead."),
    "move_not_offered": _("This step is not possible in the record's present state."),
    "scope_missing": _("The key does not reach this far: it lacks “%(scope)s”."),
    "method_not_allowed": _("This address does not know the method; the header Allow names those it knows."),
    "not_acceptable": _("The answer is JSON; the header Accept asks for something else."),
    "media_type_unsupported": _("This type of content is not taken here."),
    "length_required": _("The body came in chunks. Send it whole, with its length in the header Content-Length."),
    "request_too_large": INTERFACE_BY_KIND["too_large"],
    "too_many_requests": INTERFACE_BY_KIND["too_many"],
    "precondition_required": _("Send the header If-Match with the ETag of the record as you last read it."),
    "precondition_failed": _("The record has changed since you read it. Read it again; its ETag now is %(etag)s."),
    "idempotency_key_unusable": _("An Idempotency-Key is 1 to 255 visible ASCII characters."),
    "idempotency_in_progress": _("The first request with this key is still at work. Ask again in a moment."),
    "incident": INTERFACE_BY_KIND["fault"],
}
UNKNOWN_FIELD: Final = _("Unknown field. Known here: %(known)s.")
PARAMETER_TWICE: Final = _("This may be given only once.")
SORT_UNKNOWN: Final = _("There is no such order. Known here: %(known)s.")
SIZE_REFUSED: Final = _("A whole number from 1 to %(most)s.")
CURSOR_REFUSED: Final = _("This place in the list is none that an answer named.")
FILTER_UNCLEAR: Final = _("Not in the form that the description of the interface asks for.")
NOT_ON_BEHALF: Final = _("You may not send files on behalf of this organisation.")
