"""Who reads what stands beside a record, and whom of its writers they know by name.

A record changes hands: a patent is sold, two houses hold one together. What people of one house wrote of it is that
house's; another that may see the record reads what its own people wrote and what an office wrote to it, and of the rest
no more than that a house did something. Offices are the roles that see a record's history whatever house it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet

from zhiqiao.core.jobqueue import load_function
from zhiqiao.core.models import Attachment, Comment, NoteReader
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.permissions import HISTORY, Reach
from zhiqiao.kit.registers import Register

Standing = Mapping[int, frozenset[str]]
"""Organisation key → roles held there."""


@dataclass(frozen=True)
class Author:
    """Who did something, as far as its reader may know. ``actor_id`` empty: somebody of one of the ``houses``."""

    actor_id: str
    houses: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reader:
    """Somebody at a record's side. ``reach`` is false where they may not see what stands there."""

    actor: Actor
    reach: Reach
    offices: frozenset[str]

    def readable(self, notes: QuerySet[Any], kind: str) -> QuerySet[Any]:
        """``kind``: "comment" or "attachment"."""
        if self.reach.everywhere:
            return notes
        told = NoteReader.objects.filter(**{kind: OuterRef("pk")}, house__in=self.reach.houses)
        return notes.filter(Exists(told))

    def author_of(self, note: Comment | Attachment) -> Author:
        return self._author(note.actor_id, None if note.house is None else {note.house: frozenset()})

    def authors(self, deeds: Iterable[tuple[str, datetime]]) -> list[Author]:
        """Who acted, by the roles that they held at that moment."""
        told = list(deeds)
        if self.reach.everywhere:
            return [Author(actor_id) for actor_id, _at in told]
        standing: Mapping[tuple[str, datetime], Standing] = load_function(settings.ZHIQIAO_STANDING)(told)
        return [self._author(deed[0], standing.get(deed)) for deed in told]

    def _author(self, actor_id: str, standing: Standing | None) -> Author:
        """``standing`` None: no person of a house, but the product itself or its operator."""
        houses = frozenset(standing or ())
        of_an_office = any(roles & self.offices for roles in (standing or {}).values())
        known = self.reach.everywhere or actor_id == self.actor.actor_id or bool(houses & self.reach.houses)
        return Author(actor_id) if known or standing is None or of_an_office else Author("", houses)


def reader_of(register: Register[Any], actor: Actor, record: Model) -> Reader:
    policy = register.policy
    return Reader(actor, policy.reach(actor, HISTORY, record), policy.offices(HISTORY))


def relink_notes(absorbed: int, survivor: int) -> int:
    """What an absorbed organisation's people wrote and what they read is the survivor's."""
    comments, files = (notes.objects.filter(house=absorbed) for notes in (Comment, Attachment))
    moved = comments.update(house=survivor) + files.update(house=survivor)
    for kind in ("comment", "attachment"):
        theirs = NoteReader.objects.filter(house=absorbed).exclude(**{kind: None})
        known = NoteReader.objects.filter(house=survivor).exclude(**{kind: None}).values(kind)
        moved += theirs.exclude(**{f"{kind}__in": known}).update(house=survivor)
    return moved
