"""What is typed into the search box of the patents: a number, a class symbol or words. It narrows records that are
visible already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from django.db.models import Q, QuerySet

from zhiqiao.core.indexing import reader
from zhiqiao.core.keysets import begins, begins_often, few_gathered, rare_first
from zhiqiao.core.wordsearch import best_with_words, having_words
from zhiqiao.kernel.application_numbers import BadApplicationNumber, parse_application_number
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kernel.publication_numbers import BadPublicationNumber, parse_publication_number
from zhiqiao.kernel.text import compact
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.selectors import named_with
from zhiqiao.registry.models import Patent, PatentHolder
from zhiqiao.registry.selectors import patents_visible_to

CLASS_SYMBOL: Final = re.compile(r"[A-H]\d{2}[A-Z]?(\d{1,4}(/\d{1,6})?)?|\d{2}-\d{2}")
HOLDER_WORDS: Final = ("holder_words",)
MANY_OF_A_CLASS: Final = 10_000
NUMBER_START: Final = re.compile(r"(ZL|CN)?(\d{5,13}X?)(\.[\dX]?)?")


def patents_like(patents: QuerySet[Patent], asked: str, tokens: frozenset[str]) -> QuerySet[Patent]:
    """By application, publication or grant number or its beginning, by class symbol, or by words, each of which
    stands in the title, the abstract, the claim or a holder's name."""
    plain = compact(asked).upper()
    if not plain:
        return patents
    if number := NUMBER_START.fullmatch(plain):
        return few_gathered(patents, _number(plain, number[2]))
    with suppress(BadPublicationNumber):
        return patents.filter(_published(parse_publication_number(plain).key))
    if CLASS_SYMBOL.fullmatch(plain):
        return patents.filter(in_class(plain))
    return patents.filter(having_words("patents", tokens, asked))


def patents_begun(actor: Actor, asked: str, most: int) -> Iterable[Patent]:
    """The few best while somebody types: by the beginning of a number, by class, or by words, the last perhaps only
    begun."""
    plain, visible = compact(asked).upper(), patents_visible_to(actor)
    if number := NUMBER_START.fullmatch(plain):
        return visible.filter(_number(plain, number[2])).order_by("number")[:most]
    with suppress(BadPublicationNumber):
        return visible.filter(_published(parse_publication_number(plain).key)).order_by()[:most]
    if CLASS_SYMBOL.fullmatch(plain):
        return visible.filter(in_class(plain)).order_by("main_class", "pk")[:most]
    keys = best_with_words("patents", actor.tokens, asked, most)
    return sorted(visible.filter(pk__in=keys), key=lambda patent: keys.index(patent.pk))


def _number(plain: str, digits: str) -> Q:
    try:
        return Q(number=parse_application_number(plain).key)
    except BadApplicationNumber:
        begun = begins("number", digits)
        published = begins("publication_number", plain) | begins("grant_number", plain)
        return begun | published if plain.startswith("CN") else begun


def _published(key: str) -> Q:
    return Q(publication_number=key) | Q(grant_number=key)


def in_class(symbol: str) -> Q:
    """By the beginning of the main class."""
    start = symbol.strip().upper()
    if reader("patents").text.in_class(start) > MANY_OF_A_CLASS:
        return begins_often("main_class", start)
    return begins("main_class", start)


def held_by(patents: QuerySet[Patent], name: str, tokens: frozenset[str]) -> QuerySet[Patent]:
    """Every word stands in a holder's name; where no name has them as words, part of an organisation's name."""
    if not organisation_key(name):
        return patents
    found = having_words("patents", tokens, name, HOLDER_WORDS)
    if not found.nothing:
        return patents.filter(found)
    # Read by themselves: within the question they would be looked for once for the page and once for its count.
    standing = PatentHolder.objects.filter(superseded_at=None, standing__in=named_with(name))
    return patents.filter(pk__in=standing.values("patent_id"))


def held_by_organisation(patents: QuerySet[Patent], organisation: Organisation) -> QuerySet[Patent]:
    standing = PatentHolder.objects.filter(superseded_at=None, standing=organisation)
    return patents.filter(pk__in=standing.values("patent_id"))


def not_published(patents: QuerySet[Patent], actor: Actor) -> QuerySet[Patent]:
    """Among visible ones. Those who do not look over the city see their own alone."""
    hidden = patents.filter(public=False)
    if actor.reads_city:
        return hidden
    own = PatentHolder.objects.filter(standing__in=actor.organisations)
    # Two narrow indexes meet: what they hold, and what is not published.
    secret = own.filter(patent__in=Patent.objects.filter(public=False).values("pk")).order_by()
    return rare_first(hidden, Q(pk__in=own.values("patent_id")), secret.values_list("patent_id", flat=True))
