"""What pages say of the search itself."""

from __future__ import annotations

from contextlib import suppress

from django import template

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.matching.searching import words_alone

register = template.Library()


@register.inclusion_tag("parts/by_words.html")
def by_words() -> dict[str, str]:
    """Says so where patents are searched for by words alone; a page is shown whatever the index says."""
    with suppress(ZhiqiaoError):
        return {"code": words_alone("patents")}
    return {"code": ""}
