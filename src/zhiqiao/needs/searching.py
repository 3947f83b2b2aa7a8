"""What is typed into the search box of the needs narrows those that are visible already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q, QuerySet

from zhiqiao.kit.actors import Actor
from zhiqiao.needs.models import Need
from zhiqiao.needs.selectors import needs_visible_to

MOST_WORDS: Final = 6


def needs_like(needs: QuerySet[Need], asked: str) -> QuerySet[Need]:
    """Every word stands in the title, the content or the firm's name."""
    for word in asked.split()[:MOST_WORDS]:
        needs = needs.filter(
            Q(title__icontains=word) | Q(content__icontains=word) | Q(organisation_name__icontains=word)
        )
    return needs


def needs_begun(actor: Actor, asked: str, most: int) -> Iterable[Need]:
    """The newest few while somebody types."""
    return needs_like(needs_visible_to(actor), asked).order_by("-pk")[:most]
