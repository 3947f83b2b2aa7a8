"""What each list can be searched and filtered by. One FilterSet a list, for the page and its export alike."""

from __future__ import annotations

from typing import Any

import django_filters as df  # type: ignore[import-untyped]  # it ships no types
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import ImportRun
from zhiqiao.inventory.models import Tier
from zhiqiao.inventory.rules.scope import IN_CODES, OUT_CODES
from zhiqiao.inventory.selectors import TierFilter, sleepers, tiered_list
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.needs.searching import needs_like
from zhiqiao.parties.roles import OrganisationKind
from zhiqiao.parties.selectors import organisations_like
from zhiqiao.registry.models.patents import Funding, PatentKind, StatusGroup
from zhiqiao.registry.searching import held_by, in_class, patents_like
from zhiqiao.web import searching
from zhiqiao.wording import label

LONGEST_QUERY = 200  # characters
Records = QuerySet[Any]


def search_box(placeholder: str | Promise) -> df.CharFilter:
    box = forms.TextInput(
        attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off", "data-search": "1"}
    )
    return df.CharFilter(label=_("Search"), method="by_words", widget=box, max_length=LONGEST_QUERY)


def choice(text: str | Promise, choices: Any, **kwargs: Any) -> df.ChoiceFilter:
    return df.ChoiceFilter(label=text, choices=choices, empty_label=_("All"), **kwargs)


def labelled(codes: Any) -> list[tuple[str, str]]:
    return [(code, label(code)) for code in codes]


class PatentFilter(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    q = search_box(_("Words, number, applicant or class"))
    kind = choice(_("Kind"), PatentKind.choices)
    status = choice(_("Legal status"), StatusGroup.choices, field_name="status_group")
    klass = df.CharFilter(
        label=_("Class begins with"), method="by_class", max_length=24,
        widget=forms.TextInput(attrs={"size": 8, "placeholder": "H02J"}),
    )  # fmt: skip
    holder = df.CharFilter(
        label=_("Holder or applicant"), method="by_holder", max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"size": 14}),
    )  # fmt: skip
    funding = choice(_("Public funding"), Funding.choices)

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return patents_like(records, value, self.request.actor.tokens)

    def by_holder(self, records: Records, name: str, value: str) -> Records:
        return held_by(records, value)

    def by_class(self, records: Records, name: str, value: str) -> Records:
        return records.filter(in_class(value))


class PublicPatentFilter(PatentFilter):
    """The hall asks less: words, kind and class."""

    status = None
    holder = None
    funding = None


class NeedFilter(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    q = search_box(_("Words of the need or the firm's name"))
    state = choice(_("State"), NeedState.choices)
    shown = choice(_("Shown to"), [("all", _("Everybody")), ("own", _("Firm and city alone"))], method="by_shown")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return needs_like(records, value)

    def by_shown(self, records: Records, name: str, value: str) -> Records:
        return records.filter(published=value == "all")


class OrganisationFilter(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    q = search_box(_("Name, former name, credit code or pinyin"))
    kind = choice(_("Kind"), OrganisationKind.choices)

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return records.filter(pk__in=organisations_like(self.request.actor, value).values("pk"))


class ImportFilter(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    q = search_box(_("Number, sender or person"))
    kind = df.ChoiceFilter(
        label=_("What"), empty_label=_("All"),
        choices=[("patents", _("Patents")), ("needs", _("Needs")), ("organisations", _("Organisations"))],
    )  # fmt: skip
    state = df.ChoiceFilter(label=_("State"), empty_label=_("All"), choices=lambda: labelled(ImportRun.State.values))

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return searching.runs_like(records, value)


class EntryFilter(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """Entries of a stocktaking; ``waits`` narrows to those a person has to decide on or ask about."""

    q = search_box(_("Words of the title or number"))
    owner = df.UUIDFilter(label=_("Institution"), field_name="organisation__public_id", widget=forms.HiddenInput)

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        return records.filter(Q(patent__title__icontains=words) | Q(patent__number__startswith=words.replace(".", "")))


class ScopeFilter(EntryFilter):
    inside = df.ChoiceFilter(
        label=_("In or out"), field_name="in_stock", empty_label=_("All"),
        choices=[("True", _("In")), ("False", _("Out"))],
    )  # fmt: skip
    why = df.ChoiceFilter(
        label=_("Why"), field_name="scope_code", empty_label=_("All"),
        choices=lambda: labelled(sorted(IN_CODES) + sorted(OUT_CODES)),
    )  # fmt: skip
    gap = df.ChoiceFilter(
        label=_("Not known"), empty_label=_("All"), method="by_gap",
        choices=[
            ("status", _("Legal status")), ("funding", _("Public funding")), ("willingness", _("Willingness")),
            ("grant_day", _("Day of grant")),
        ],
    )  # fmt: skip

    def by_gap(self, records: Records, name: str, value: str) -> Records:
        gaps = {
            "status": Q(patent__status_group=StatusGroup.UNKNOWN),
            "funding": Q(patent__funding=Funding.UNKNOWN),
            "willingness": Q(willing=""),
            "grant_day": Q(patent__granted_on=None),
        }
        return records.filter(gaps[value], in_stock=True)


class TierListFilter(EntryFilter):
    tier = choice(_("Tier in effect"), Tier.choices)
    suggested = choice(_("Suggested tier"), Tier.choices, field_name="suggested_tier")
    look = choice(
        _("Show"), [("waiting", _("Waiting for a decision")), ("asleep", _("Sleeping patents"))], method="by_look"
    )

    def by_look(self, records: Records, name: str, value: str) -> Records:
        actor = self.request.actor
        if value == "waiting":
            chosen = tiered_list(actor, TierFilter(awaiting=True))
        else:
            chosen = sleepers(actor, timezone.localdate())
        return records.filter(pk__in=chosen.order_by().values("pk"))


class AuditFilter(df.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    q = search_box(_("Action, person or record"))

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return searching.entries_like(records, value)
