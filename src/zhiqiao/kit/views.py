"""Lists as people want to find them again."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.models import SavedView
from zhiqiao.kernel.errors import Invalid, NotFound
from zhiqiao.kernel.text import clean_line
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import AT, VIEW
from zhiqiao.kit.registers import Register

MOST_VIEWS: Final = 20  # of one person on one list
LONGEST_NAME: Final = 60  # characters
LONGEST_QUERY: Final = 2_000  # characters


def views_of(actor: Actor, register: Register[Any]) -> QuerySet[SavedView]:
    """The person's own, by name."""
    return SavedView.objects.filter(actor_id=actor.actor_id, register=register.name).order_by("name", "id")


def save_view(*, actor: Actor, register: Register[Any], name: str, query: str, first: bool = False) -> SavedView:
    """Keep a list's address under a name; the same name again replaces it. ``first``: shown when the list is opened.

    Raises ``Invalid`` ``view_name_missing``, ``view_too_long`` or ``too_many_views``.
    """
    wanted = clean_line(name, limit=LONGEST_NAME)
    if not wanted:
        raise Invalid("view_name_missing")
    kept = plain_query(query)
    if len(kept) > LONGEST_QUERY:
        raise Invalid("view_too_long", most=LONGEST_QUERY)
    with unit_of_work(actor) as work:
        mine = SavedView.objects.filter(actor_id=actor.actor_id, register=register.name)
        if not mine.filter(name=wanted).exists() and mine.count() >= MOST_VIEWS:
            raise Invalid("too_many_views", most=MOST_VIEWS)
        if first:
            mine.update(first=False)
        view, _ = mine.update_or_create(
            actor_id=actor.actor_id, register=register.name, name=wanted, defaults={"query": kept, "first": first}
        )
        after = {"register": register.name, "name": wanted, "query": kept, "first": first}
        work.record("core.save_view", Subject("core.view", str(view.public_id)), None, after)
    return view


def drop_view(*, actor: Actor, register: Register[Any], public_id: UUID) -> None:
    """Forget a view. Raises ``NotFound`` where it is absent or somebody else's."""
    with unit_of_work(actor) as work:
        view = views_of(actor, register).filter(public_id=public_id).first()
        if view is None:
            raise NotFound("view_not_found")
        work.record("core.drop_view", Subject("core.view", str(public_id)), {"name": view.name}, None)
        view.delete()


def first_query(actor: Actor, register: Register[Any]) -> str:
    """The query with which this person wants the list opened; empty for none."""
    found = views_of(actor, register).filter(first=True).first()
    return found.query if found else ""


def plain_query(query: str) -> str:
    """Without the page and the name of a view: these are of the moment."""
    read = QueryDict(query.removeprefix("?"), mutable=True)
    for name in (AT, VIEW):
        read.pop(name, None)
    return read.urlencode()
