"""What a register tells of each record: one column says it on the page, in the export and in the interface alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.utils.functional import Promise

from zhiqiao.kit.actors import Actor
from zhiqiao.wording import label

M = TypeVar("M", bound=Model)
Text = str | Promise


class Kind(StrEnum):
    """How a value is shown and what type it has in the interface."""

    TEXT = "text"
    CODE = "code"  # a stable code that is a state; ``words`` put it into the reader's language
    TAG = "tag"  # a stable code that is a plain property
    NUMBER = "number"  # an application number, a credit code: never broken, never summed
    COUNT = "count"  # int
    SCORE = "score"  # float
    YUAN = "yuan"  # Decimal
    DAY = "day"  # date
    MOMENT = "moment"  # aware datetime
    FLAG = "flag"  # bool
    NAMES = "names"  # list of names
    LONG = "long"  # a text of several lines: never on a list page by default
    LINK = "link"  # a ``Link``


CODED = frozenset({Kind.CODE, Kind.TAG})


@dataclass(frozen=True)
class Link:
    """Another record by what it is called, its register and its public id."""

    text: str
    register: str
    id: str


@dataclass(frozen=True)
class Note:
    """A few words beside a value: plain, or with a ``tone`` as a pill."""

    text: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Column(Generic[M]):
    """``name`` is the key in the interface and in the choice of columns. ``sort`` names the rising order, with "-"
    before it the falling one. ``shown``: on the list page unless the reader chooses otherwise; ``listed`` False: never
    there, as a text that is too long. ``roles``: to whom alone it is told. ``words`` say a code; ``note`` stands beside
    the value on the page alone. ``reads``: which of its register's ``heavy`` fields it tells from."""

    name: str
    heading: Text
    value: Callable[[M], Any]
    kind: Kind = Kind.TEXT
    sort: str = ""
    shown: bool = True
    listed: bool = True
    roles: frozenset[str] | None = None
    words: Callable[[Any], str] = label
    note: Callable[[M], Note | None] | None = None
    reads: tuple[str, ...] = ()

    def told_to(self, actor: Actor) -> bool:
        return self.roles is None or bool(actor.every_role & self.roles)

    def in_words(self, record: M) -> Any:
        """The value as a list or a sheet shows it: codes in the reader's language, the rest as it is."""
        return self.worded(self.value(record))

    def worded(self, value: Any) -> Any:
        """The same of a value that was told already."""
        if self.kind in CODED and value not in (None, ""):
            return self.words(value)
        if self.kind is Kind.FLAG and value is not None:
            return label("yes" if value else "no")
        return value.text if isinstance(value, Link) else value


def choices_of(choices: Any) -> Callable[[Any], str]:
    """Words for the codes of a ``TextChoices``; a code that is none of them stands for itself."""
    known: Mapping[Any, Any] = dict(choices.choices)
    return lambda code: str(known.get(code, code))
