"""What is typed into the search box of the needs narrows those that are visible already."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from zhiqiao.needs.models import Need

MOST_WORDS: Final = 6


def needs_like(needs: QuerySet[Need], asked: str) -> QuerySet[Need]:
    """Every word stands in the title, the content or the firm's name."""
    for word in asked.split()[:MOST_WORDS]:
        needs = needs.filter(
            Q(title__icontains=word) | Q(content__icontains=word) | Q(organisation_name__icontains=word)
        )
    return needs
