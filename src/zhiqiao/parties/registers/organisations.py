"""The register of organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.reference import in_force, names_for
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind, Note, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, search_box
from zhiqiao.kit.forms import RecordForm, set_choices
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Change, Create, Finding, Register, all_but
from zhiqiao.kit.roles import EVERY_ROLE_WITH_RECORDS
from zhiqiao.parties.actions.organisations import OrganisationDetails, describe_organisation, register_organisation
from zhiqiao.parties.industries import industry_names, named
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.places import PARK, SCHEME
from zhiqiao.parties.policies import ORGANISATIONS as POLICY
from zhiqiao.parties.roles import OrganisationKind
from zhiqiao.parties.selectors import living_organisations, named_like, organisations_like


class OrganisationFilter(Filters):
    q = search_box(_("Name, former name, credit code or pinyin"))
    kind = choice(_("Kind"), OrganisationKind.choices)

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return named_like(records, value)


def with_places_and_industries(actor: Actor, organisations: Sequence[Organisation]) -> None:
    """Put the names of their industries and towns beside the organisations, in two queries."""
    names = industry_names({code for each in organisations for code in each.industries})
    places = names_for(SCHEME, {each.town_code for each in organisations})
    for each in organisations:
        vars(each)["industry_names"] = named(each.industries, names)
        vars(each)["town_name"] = places.get(each.town_code, each.town_code)


def known_how(organisation: Organisation) -> Note | None:
    return Note(str(_("Named in files only"))) if organisation.named_only else None


class OrganisationForm(RecordForm):
    """What is stated of an organisation."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    credit_code = forms.CharField(label=_("Credit code"), required=False, max_length=18)
    town = forms.ChoiceField(label=_("Town"), required=False)
    address = forms.CharField(label=_("Address"), required=False, max_length=500)
    honours = forms.CharField(
        label=_("Honours"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One on each line."),
    )  # fmt: skip
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    products = forms.CharField(
        label=_("Products"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        set_choices(self, "town", [("", _("Not known")), *towns()])


class NewOrganisationForm(OrganisationForm):
    name = forms.CharField(label=_("Name"), max_length=255)
    field_order = ("name",)


def towns() -> list[tuple[str, str]]:
    """Code and name of each town in force; in the order of the codes."""
    entries = in_force(SCHEME, timezone.localdate()).exclude(level=PARK).order_by("code")
    return list(entries.values_list("code", "name_zh"))


def details(said: Mapping[str, Any], organisation: Organisation | None = None) -> OrganisationDetails:
    """What the form does not ask for stays as it is."""
    stated: dict[str, Any] = {name: said[name] for name in ("kind", "town", "address", "description", "products")}
    honours = tuple(line.strip() for line in said["honours"].splitlines() if line.strip())
    if organisation is not None:
        stated |= {"park": organisation.park_code, "industries": tuple(organisation.industries)}
    name = organisation.name if organisation else said["name"]
    return OrganisationDetails(name, honours=honours, credit_code=said["credit_code"] or None, **stated)


def register(actor: Actor, said: Mapping[str, Any]) -> Organisation:
    return register_organisation(actor=actor, details=details(said))


def describe(actor: Actor, organisation: Organisation, said: Mapping[str, Any]) -> Organisation:
    return describe_organisation(actor=actor, organisation=organisation, details=details(said, organisation))


def as_it_stands(organisation: Organisation) -> dict[str, Any]:
    same = ("kind", "credit_code", "address", "description", "products")
    return {
        "town": organisation.town_code, "honours": "\n".join(organisation.honours),
        **{name: getattr(organisation, name) for name in same},
    }  # fmt: skip


ORGANISATIONS: Register[Organisation] = Register(
    name="organisation",
    path="organisations",
    model=Organisation,
    subject="parties.organisation",
    title=_("Organisations"),
    one=_("Organisation"),
    icon="building",
    group=_("Records"),
    short=_("Firms"),
    lead=_("Universities, institutes, firms and authorities of the city, under their present names."),
    help=_(
        "An organisation keeps its history when it changes its name or is merged: its patents and needs stay with it, "
        "and its former names are still found."
    ),
    policy=POLICY,
    records=living_organisations,
    named=lambda organisation: organisation.name,
    roles=EVERY_ROLE_WITH_RECORDS,
    columns=(
        Column("name", _("Name"), lambda o: o.name, sort="name", note=known_how),
        Column("kind", _("Kind"), lambda o: o.kind, Kind.TAG, words=choices_of(OrganisationKind)),
        Column("credit_code", _("Credit code"), lambda o: o.credit_code or "", Kind.NUMBER),
        Column("industries", _("Industries"), lambda o: vars(o)["industry_names"], Kind.NAMES),
        Column("honours", _("Honours"), lambda o: o.honours, Kind.NAMES),
        Column("town", _("Town"), lambda o: vars(o)["town_name"], shown=False),
        Column("town_code", _("Code of the town"), lambda o: o.town_code, Kind.NUMBER, listed=False),
        Column("address", _("Address"), lambda o: o.address, shown=False, reads=("address",)),
        Column(
            "description", _("Description"), lambda o: o.description, Kind.LONG, listed=False, reads=("description",)
        ),
        Column("products", _("Products"), lambda o: o.products, Kind.LONG, listed=False, reads=("products",)),
    ),
    sorts=(Sort("name", "pinyin"), Sort("-name", "pinyin", descending=True)),
    finding=Finding(
        lambda actor, asked, most: organisations_like(actor, asked)[:most],
        lambda organisation: (organisation.get_kind_display(), organisation.credit_code or ""),
    ),
    filters=OrganisationFilter,
    attach=with_places_and_industries,
    create=Create(
        _("Register an organisation"), "register", NewOrganisationForm, register, done=_("It is registered.")
    ),
    change=Change(_("Change"), "describe", OrganisationForm, describe, first=as_it_stands, done=_("It is changed.")),
    intake="organisations",
    events={
        "parties.register_organisation": "organisation.registered",
        "parties.describe_organisation": "organisation.changed", "parties.change_name": "organisation.renamed",
        "parties.merge_organisations": "organisation.merged",
    },
    heavy=all_but(
        Organisation, "name", "pinyin", "kind", "credit_code", "town_code", "industries", "honours", "named_only"
    ),
)  # fmt: skip
