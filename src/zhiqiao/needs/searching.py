"""What is typed into the search box of the needs narrows those that are visible already."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from zhiqiao.core.wordsearch import best_with_words, having_words
from zhiqiao.engine.documents import SEES_ALL
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.needs.models import Need
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.selectors import named_with


def needs_like(needs: QuerySet[Need], asked: str) -> QuerySet[Need]:
    """Every word stands in the title, the content or the firm's name; where no need has them as words, part of the
    firm's name."""
    if not asked.strip():
        return needs
    # The index knows the public layer alone, and who may see a need is asked of the database.
    found = having_words("needs", SEES_ALL, asked)
    if not found.nothing:
        return needs.filter(found)
    return needs.filter(organisation_id__in=named_with(asked))


def needs_begun(actor: Actor, asked: str, most: int) -> Iterable[Need]:
    """The few best while somebody types: by words, the last perhaps only begun."""
    centre = frozenset({"centre"}) if actor.holds(Role.CENTRE_OPERATOR) else frozenset()
    keys = best_with_words("needs", actor.tokens | centre, asked, most)
    return sorted(needs_visible_to(actor).filter(pk__in=keys), key=lambda need: keys.index(need.pk))
