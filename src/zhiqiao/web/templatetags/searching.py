"""What pages say of the search itself."""

from __future__ import annotations

from contextlib import suppress

from django import template

from zhiqiao.core.unanswered import unanswered
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.matching.searching import words_alone

register = template.Library()


@register.inclusion_tag("parts/by_words.html")
def by_words() -> dict[str, str]:
    """Says so where patents are searched for by words alone; a page is shown whatever the index says."""
    with suppress(ZhiqiaoError):
        return {"code": words_alone("patents")}
    return {"code": ""}


@register.inclusion_tag("parts/silent_parts.html")
def silent_parts() -> dict[str, int]:
    """Says so where this page's searches could not look at every part of the index."""
    noted = unanswered()
    return {"missing": noted.missing, "of": noted.of}
