"""What is typed into the search box of the stocktaking narrows the entries that are visible already."""

from __future__ import annotations

from django.db.models import QuerySet

from zhiqiao.core.keysets import begins, few_gathered
from zhiqiao.core.wordsearch import having_words
from zhiqiao.engine.documents import SEES_ALL
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.kernel.text import compact
from zhiqiao.registry.models import Patent
from zhiqiao.registry.searching import NUMBER_START

TITLE = ("title",)


def entries_like(entries: QuerySet[InventoryEntry], asked: str) -> QuerySet[InventoryEntry]:
    """By the beginning of the application number, or by words, each of which stands in the title."""
    plain = compact(asked).upper()
    if not plain:
        return entries
    if number := NUMBER_START.fullmatch(plain):
        start = number[2] + (number[3] or "").removeprefix(".")
        begun = Patent.objects.filter(begins("number", start))
        return few_gathered(entries, begins("patent__number", start), of="patent_id", meeting=begun)
    # Whoever sees an entry sees its patent's title, also of a patent that is its holder's no more.
    return entries.filter(having_words("patents", SEES_ALL, asked, TITLE, of="patent_id"))
