"""The pieces that registers' filters are made of. One FilterSet a register: for the page, the export and programs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters as df  # type: ignore[import-untyped]  # it ships no types
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.keysets import rare_first
from zhiqiao.kit.forms import DayInput
from zhiqiao.wording import label

LONGEST_QUERY = 200  # characters
Records = QuerySet[Any]


class Filters(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """``self.request.actor`` is who asks. ``always`` names the filters that stand open beside the search box; the rest
    are folded away until somebody wants or uses one. Empty: the first four."""

    always: ClassVar[tuple[str, ...]] = ()


def search_box(placeholder: str | Promise) -> df.CharFilter:
    """What is typed goes to the FilterSet's ``by_words``."""
    box = forms.TextInput(
        attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off", "data-search": "1"}
    )
    return df.CharFilter(label=_("Search"), method="by_words", widget=box, max_length=LONGEST_QUERY)


def choice(text: str | Promise, choices: Any, **kwargs: Any) -> df.ChoiceFilter:
    return df.ChoiceFilter(label=text, choices=choices, empty_label=_("All"), **kwargs)


def text_box(text: str | Promise, method: str, size: int = 14, **attrs: str) -> df.CharFilter:
    widget = forms.TextInput(attrs={"size": size, **attrs})
    return df.CharFilter(label=text, method=method, max_length=LONGEST_QUERY, widget=widget)


def since(text: str | Promise, field: str) -> df.DateFilter:
    """From that day on."""
    return _day_filter(text, field, "gte")


def until(text: str | Promise, field: str) -> df.DateFilter:
    """Up to and with that day."""
    return _day_filter(text, field, "lte")


def until_rarely(text: str | Promise, field: str) -> df.DateFilter:
    """The same for days that the list is not ordered by unless asked."""
    return StoredDay(label=text, field_name=field, lookup_expr="lte", widget=DayInput())


class DayOfMoment(df.DateFilter):  # type: ignore[misc]  # django-filter ships no types
    """A day asked of moments. Moments are compared, which an index answers: the day of each row would first have to be
    reckoned."""

    def filter(self, records: Records, day: date | None) -> Records:
        if day is None:
            return records
        up_to = self.lookup_expr == "lte"
        try:
            edge = make_aware(datetime.combine(day + timedelta(days=1 if up_to else 0), time.min)).astimezone(UTC)
        except OverflowError:  # the first or last days that there are
            return records if up_to == (day > date(5_000, 1, 1)) else records.none()
        return records.filter(**{f"{self.field_name}__{'lt' if up_to else 'gte'}": edge})


class StoredDay(df.DateFilter):  # type: ignore[misc]  # django-filter ships no types
    """A day asked of days, in whatever order the list is."""

    def filter(self, records: Records, day: date | None) -> Records:
        return records if day is None else rare_first(records, Q(**{f"{self.field_name}__{self.lookup_expr}": day}))


def _day_filter(text: str | Promise, field: str, beyond: str) -> df.DateFilter:
    """``field`` with ``__date`` is a moment."""
    moment = field.removesuffix("__date")
    made = df.DateFilter if moment == field else DayOfMoment
    return made(label=text, field_name=moment, lookup_expr=beyond, widget=DayInput())


def labelled(codes: Any) -> list[tuple[str, str]]:
    return [(code, label(code)) for code in codes]
