"""A list as programs ask for it: the same filters as the page, but nothing that was not understood is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from zhiqiao.api.fields import faults_of_form
from zhiqiao.api.problems import Fault, FieldsRefused, ParameterUnknown
from zhiqiao.api.represent import ROOT, Json, in_list
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import AT, LARGEST_PAGE, SIZE_ASKED, SORT, Reading, reading
from zhiqiao.kit.paging import COUNT_BOUND, read_cursor
from zhiqiao.kit.registers import Register
from zhiqiao.wording.interface import CURSOR_REFUSED, FILTER_UNCLEAR, PARAMETER_TWICE, SIZE_REFUSED, SORT_UNKNOWN

PAGING: Final = (SORT, SIZE_ASKED, AT)
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def known_parameters(register: Register[Any], paging: tuple[str, ...] = PAGING) -> tuple[str, ...]:
    return (*register.filters.base_filters, *paging)


def understood(
    register: Register[Any], actor: Actor, query: QueryDict, paging: tuple[str, ...] = PAGING
) -> Reading[Any]:
    """Raises ``ParameterUnknown``, ``FieldsRefused``."""
    known = known_parameters(register, paging)
    unknown = sorted(set(query) - set(known))
    if unknown:
        raise ParameterUnknown(unknown=", ".join(unknown)[:200], known=", ".join(known))
    asked = reading(register, actor, query, every=True)
    faults = [*_paging_faults(asked), *_filter_faults(asked)]
    if faults:
        raise FieldsRefused(faults)
    return asked


def _paging_faults(asked: Reading[Any]) -> Iterator[Fault]:
    names = [sort.name for sort in asked.register.sorts]
    if asked.query.get(SORT, names[0]) not in names:
        yield Fault(SORT, "sort_unknown", str(SORT_UNKNOWN) % {"known": ", ".join(names)})
    if not re.fullmatch("0{0,9}[0-9]{1,3}", asked.query.get(SIZE_ASKED, "1")) or not 1 <= _size(asked) <= LARGEST_PAGE:
        yield Fault(SIZE_ASKED, "size_refused", str(SIZE_REFUSED) % {"most": LARGEST_PAGE})
    if AT in asked.query and read_cursor(asked.query.get(AT, "")) is None:
        yield Fault(AT, "cursor_refused", str(CURSOR_REFUSED))


def _size(asked: Reading[Any]) -> int:
    return int(asked.query.get(SIZE_ASKED, "1"))


def _filter_faults(asked: Reading[Any]) -> Iterator[Fault]:
    form = asked.filters.form
    if not asked.valid:
        yield from faults_of_form(form.errors)
    for name, values in asked.query.lists():
        field = form.fields.get(name)
        if len(values) > 1 and not isinstance(field, forms.MultipleChoiceField):
            yield Fault(name, "given_twice", str(PARAMETER_TWICE))
        elif field is not None and name not in form.errors and not _exact(field, str(values[-1])):
            yield Fault(name, "invalid", str(FILTER_UNCLEAR))


def _exact(field: forms.Field, value: str) -> bool:
    """Whether the value is written as the description says: people are read more generously on the pages."""
    if isinstance(field, forms.DateField):
        return bool(DAY.fullmatch(value))
    if isinstance(field, forms.NullBooleanField):
        return value in {"true", "false", "True", "False"}
    return bool(value) or isinstance(field, forms.CharField)


def told_list(asked: Reading[Any]) -> dict[str, Json]:
    return {
        "items": [in_list(asked.register, asked.chosen, record) for record in asked.page.rows],
        "next": page_url(asked, asked.page.next),
        "previous": page_url(asked, asked.page.previous),
        "count": min(asked.count, COUNT_BOUND),
        "count_is_bound": asked.count > COUNT_BOUND,
    }


def page_url(asked: Reading[Any], cursor: str) -> str | None:
    if not cursor:
        return None
    kept = [(name, value) for name, values in asked.query.lists() for value in values if name != AT and value]
    return f"{ROOT}{asked.register.path}/?{urlencode([*kept, (AT, cursor)])}"


def links(body: dict[str, Json]) -> str:
    """The header ``Link`` (RFC 8288); empty where there is nothing before or after."""
    told = (("next", body["next"]), ("prev", body["previous"]))
    return ", ".join(f'<{url}>; rel="{name}"' for name, url in told if url)
