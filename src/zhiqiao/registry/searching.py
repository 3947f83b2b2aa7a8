"""What is typed into the search box of the patents: a number, a class symbol or words. It narrows records that are
visible already."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db.models import Q, QuerySet

from zhiqiao.core.wordsearch import keys_with_words
from zhiqiao.kernel.application_numbers import BadApplicationNumber, parse_application_number
from zhiqiao.kernel.text import compact
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent, PatentHolder

MOST_WORDS: Final = 6
CLASS_SYMBOL: Final = re.compile(r"[A-H]\d{2}[A-Z]?(\d{1,4}(/\d{1,6})?)?|\d{2}-\d{2}")
NUMBER_START: Final = re.compile(r"(ZL|CN)?(\d{5,13}X?)(\.[\dX]?)?")


def patents_like(patents: QuerySet[Patent], asked: str, tokens: frozenset[str]) -> QuerySet[Patent]:
    """By application, publication or grant number or its beginning, by class symbol, or by words, each of which
    stands in the title, the abstract, the claim or a holder's name."""
    plain = compact(asked).upper()
    if not plain:
        return patents
    if number := NUMBER_START.fullmatch(plain):
        return patents.filter(_number(plain, number[2]))
    if CLASS_SYMBOL.fullmatch(plain):
        return patents.filter(in_class(plain))
    keys = keys_with_words("patents", tokens, asked)
    if keys is not None:
        return patents.filter(pk__in=keys)
    # A word that thousands of patents share: the database reads along the list's order and stops at a full page.
    for word in asked.split()[:MOST_WORDS]:
        patents = patents.filter(Q(title__icontains=word) | Q(pk__in=_held_by(word)))
    return patents


def _number(plain: str, digits: str) -> Q:
    try:
        return Q(number=parse_application_number(plain).key)
    except BadApplicationNumber:
        begun = Q(number__startswith=digits)
        return begun | Q(publication_number=plain) | Q(grant_number=plain)


def in_class(symbol: str) -> Q:
    # A range instead of LIKE: every database can seek in the index for it.
    start = symbol.strip().upper()
    return Q(main_class__gte=start, main_class__lt=f"{start}\U0010ffff")


def _held_by(words: str) -> QuerySet[PatentHolder, Any]:
    return PatentHolder.objects.filter(superseded_at=None, name__icontains=words).values("patent_id")


def held_by(patents: QuerySet[Patent], name: str) -> QuerySet[Patent]:
    return patents.filter(pk__in=_held_by(name.strip())) if name.strip() else patents


def held_by_organisation(patents: QuerySet[Patent], organisation: Organisation) -> QuerySet[Patent]:
    standing = PatentHolder.objects.filter(superseded_at=None, standing=organisation)
    return patents.filter(pk__in=standing.values("patent_id"))
