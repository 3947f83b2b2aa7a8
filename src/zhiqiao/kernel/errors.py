"""The one root of everything that Zhiqiao refuses on purpose."""

from __future__ import annotations

from typing import Any, ClassVar, Final

STATUS: Final = {
    "invalid": 422, "conflict": 409, "forbidden": 403, "not_found": 404, "too_many": 429, "unavailable": 503,
}  # fmt: skip
"""Kind of refusal → status of HTTP."""


class ZhiqiaoError(Exception):
    """A refusal with a stable code and its data; the faces put it into words.

    ``kind`` tells a face how to answer, as in ``STATUS``; ``invalid`` may be a form error too.
    """

    code: ClassVar[str] = "error"
    kind: ClassVar[str] = "invalid"

    def __init__(self, code: str | None = None, **facts: Any) -> None:
        self.reason = code or type(self).code
        self.facts = facts
        super().__init__(self.reason, facts)

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.facts.items())
        return f"{self.reason}({shown})" if shown else self.reason

    def __reduce__(self) -> tuple[Any, ...]:
        """Refusals travel between processes."""
        return _made_again, (type(self), self.reason, self.facts), self.__dict__


def _made_again(kind: type[ZhiqiaoError], reason: str, facts: dict[str, Any]) -> ZhiqiaoError:
    made = kind.__new__(kind)
    ZhiqiaoError.__init__(made, reason, **facts)
    return made


class Invalid(ZhiqiaoError):
    """A value that breaks a rule."""

    code = "invalid"


class Conflict(ZhiqiaoError):
    """The record is no longer in the state that the action needs."""

    code = "conflict"
    kind = "conflict"


class Forbidden(ZhiqiaoError):
    """The actor may see the record but may not do this to it."""

    code = "forbidden"
    kind = "forbidden"


class NotFound(ZhiqiaoError):
    """Absent, or hidden from this actor: the two are never told apart."""

    code = "not_found"
    kind = "not_found"


class Unavailable(ZhiqiaoError):
    """Something this action needs is not there now; trying later can help."""

    code = "unavailable"
    kind = "unavailable"
