"""The register of organisations: taking one in, describing it, its new and other names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from zhiqiao.core.audit import Subject, Work, shortened, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.kernel.credit_codes import parse_credit_code
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kernel.text import clean_line, clean_text
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.models import LIVING, Organisation, OrganisationName
from zhiqiao.parties.naming import NAMES, initials, sort_key, suggested_kind
from zhiqiao.parties.places import Places
from zhiqiao.parties.policies import ORGANISATIONS
from zhiqiao.parties.roles import OrganisationKind

NAME_LIMIT = 255
ADDRESS_LIMIT = 500


@dataclass(frozen=True)
class OrganisationDetails:
    """What is stated of an organisation. ``kind`` None: not stated; the name's suggestion is kept and marked as one.

    ``town`` and ``park`` are codes or names; ``industries`` are GB/T 4754 codes.
    """

    name: str
    kind: str | None = None
    credit_code: str | None = None
    town: str = ""
    park: str = ""
    address: str = ""
    industries: tuple[str, ...] = field(default=())
    honours: tuple[str, ...] = field(default=())
    description: str = ""
    products: str = ""


def subject(organisation: Organisation) -> Subject:
    return Subject("parties.organisation", str(organisation.public_id))


def name_columns(name: object) -> dict[str, str]:
    """The name, cleaned, and the keys that follow from it. Raises ``organisation_name_empty``, ``text_too_long``."""
    cleaned = clean_line(name, NAME_LIMIT)
    key = organisation_key(cleaned)
    if not key:
        raise Invalid("organisation_name_empty")
    pinyin = sort_key(cleaned)
    return {"name": cleaned, "name_key": key, "pinyin": pinyin, "initials": initials(cleaned)}


def detail_columns(details: OrganisationDetails, places: Places) -> dict[str, Any]:
    """Every column that the details state, checked. Raises ``Invalid`` with a code of its own for each field."""
    columns: dict[str, Any] = dict(name_columns(details.name))
    columns |= kind_columns(details)
    columns["credit_code"] = parse_credit_code(details.credit_code) if details.credit_code else None
    columns["town_code"] = places.town(details.town)
    columns["park_code"] = places.park(details.park)
    columns["address"] = clean_line(details.address, ADDRESS_LIMIT)
    columns["industries"] = list(details.industries)
    columns["honours"] = [clean_line(honour, NAME_LIMIT) for honour in details.honours]
    columns["description"] = clean_text(details.description)
    columns["products"] = clean_text(details.products)
    return columns


def kind_columns(details: OrganisationDetails) -> dict[str, Any]:
    if details.kind is None:
        return {"kind": suggested_kind(details.name) or OrganisationKind.OTHER, "kind_suggested": True}
    if details.kind not in OrganisationKind.values:
        raise Invalid("organisation_kind_unknown", given=details.kind)
    return {"kind": details.kind, "kind_suggested": False}


def register_organisation(*, actor: Actor, details: OrganisationDetails) -> Organisation:
    """Take an organisation into the register. One that was known as a name in patents only is completed.

    Raises ``organisation_exists`` (``organisation``: its public id) where the credit code is taken, or the name is
    and the two credit codes do not tell them apart.
    """
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "register")
        columns = detail_columns(details, Places.load())
        known = _same_organisation(columns)
        if known is None:
            return _insert(work, columns)
        if not known.named_only:
            raise Conflict("organisation_exists", organisation=str(known.public_id))
        return write_changes(
            work, known, columns | {"named_only": False, "withdrawn_at": None}, "parties.register_organisation"
        )


def _same_organisation(columns: Mapping[str, Any]) -> Organisation | None:
    code = columns["credit_code"]
    if code and (found := Organisation.objects.filter(credit_code=code).first()):
        return found
    for same_name in Organisation.objects.filter(name_key=columns["name_key"], merged_into=None):
        if not code or not same_name.credit_code:
            return same_name
    return None


def _insert(work: Work, columns: Mapping[str, Any]) -> Organisation:
    organisation = Organisation(**columns, created_at=work.at, updated_at=work.at)
    with taken_means("organisation_exists"):  # another transaction was first with this credit code
        organisation.save(force_insert=True)
    keep_names([organisation])
    work.record("parties.register_organisation", subject(organisation), None, shortened(stated(columns)))
    return organisation


def stated(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that say something; keys that follow from the name say nothing new."""
    return {k: v for k, v in columns.items() if k not in DERIVED and v not in (None, "", [])}


DERIVED = frozenset({"name_key", "pinyin", "initials"})


def write_changes(
    work: Work, organisation: Organisation, columns: Mapping[str, Any], action: str, *, as_seen: bool = False
) -> Organisation:
    """Write the columns that differ, with one audit entry; nothing is written where nothing differs.

    Raises ``Conflict`` where the organisation was renamed or merged meanwhile; ``as_seen``: where anything of it was
    changed.
    """
    before = {key: getattr(organisation, key) for key in columns}
    changed = {key: value for key, value in columns.items() if value != before[key]}
    if not changed:
        return organisation
    living = Organisation.objects.filter(pk=organisation.pk, name=organisation.name, merged_into=None)
    if as_seen:
        living = living.filter(updated_at=organisation.updated_at)
    with taken_means("credit_code_taken", credit_code=changed.get("credit_code")):
        written = living.update(**changed, updated_at=work.at)
    if written != 1:
        raise Conflict("organisation_changed", organisation=str(organisation.public_id))
    told = {key: value for key, value in changed.items() if key not in DERIVED}
    work.record(action, subject(organisation), shortened({key: before[key] for key in told}), shortened(told))
    for key, value in changed.items():
        setattr(organisation, key, value)
    organisation.updated_at = work.at
    if "name" in changed:
        keep_names([organisation])
    return organisation


def keep_names(organisations: Iterable[Organisation]) -> None:
    """So that they are found by any part of the names that they have just been given."""
    NAMES.keep((each.pk, each.name_key, each.pinyin) for each in organisations)


def keep_other_names(names: Iterable[OrganisationName]) -> None:
    NAMES.keep((each.organisation_id, each.name_key, "") for each in names)


def describe_organisation(*, actor: Actor, organisation: Organisation, details: OrganisationDetails) -> Organisation:
    """State anew what the organisation is, all fields of it but its name, which ``change_name`` changes.
    ``organisation`` is the record as the person saw it.

    Raises ``Conflict`` ``organisation_changed`` where somebody else wrote to it since.
    """
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "describe", organisation)
        columns = detail_columns(details, Places.load())
        for key in (*DERIVED, "name"):
            del columns[key]
        return write_changes(work, organisation, columns, "parties.describe_organisation", as_seen=True)


def change_name(*, actor: Actor, organisation: Organisation, new_name: str, effective_on: date) -> Organisation:
    """The organisation bears a new name from that day on; the old one becomes a former name with its days.

    Raises ``organisation_name_same``, ``name_change_in_future``, ``organisation_name_taken``.
    """
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "rename", organisation)
        if effective_on > timezone.localdate():
            raise Invalid("name_change_in_future", effective_on=effective_on)
        columns = name_columns(new_name)
        if columns["name"] == organisation.name:
            raise Invalid("organisation_name_same")
        taken = Organisation.objects.filter(LIVING, name_key=columns["name_key"]).exclude(pk=organisation.pk)
        if taken.exists():
            raise Conflict("organisation_name_taken")
        keep_former_name(work, organisation, effective_on, "")
        return write_changes(work, organisation, columns, "parties.change_name")


def keep_former_name(work: Work, organisation: Organisation, until: date | None, source: str) -> None:
    """The present name goes among the former ones. Its first day is the last day of the name before it."""
    formers = OrganisationName.objects.filter(organisation=organisation, kind=OrganisationName.Kind.FORMER)
    last_change = formers.filter(valid_to__isnull=False).order_by("-valid_to").values_list("valid_to", flat=True)
    start = last_change.first()
    if until is not None and start is not None and until < start:
        raise Invalid("name_change_before_last", effective_on=until, last_change=start)
    again = formers.filter(name_key=organisation.name_key).first()
    if again is not None:  # borne twice: one row from its first day to its last
        formers.filter(pk=again.pk).update(valid_to=until, withdrawn_at=None)
        return
    OrganisationName.objects.create(
        organisation=organisation,
        name=organisation.name,
        name_key=organisation.name_key,
        kind=OrganisationName.Kind.FORMER,
        valid_from=start,
        valid_to=until,
        source=source,
        recorded_at=work.at,
    )


def add_alias(*, actor: Actor, organisation: Organisation, name: str, source: str) -> OrganisationName:
    """A short name, a translation, a usual misspelling. Raises ``organisation_name_taken`` where it is another's
    present name, ``alias_known`` where it is known of this one."""
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "add_alias", organisation)
        columns = name_columns(name)
        bearers = Organisation.objects.filter(LIVING, name_key=columns["name_key"])
        if bearers.exclude(pk=organisation.pk).exists():
            raise Conflict("organisation_name_taken")
        if bearers.exists() or organisation.names.filter(name_key=columns["name_key"], withdrawn_at=None).exists():
            raise Conflict("alias_known")
        told = {"name": columns["name"], "source": clean_line(source, 200), "recorded_at": work.at}
        alias, _ = OrganisationName.objects.update_or_create(
            organisation=organisation,
            name_key=columns["name_key"],
            kind=OrganisationName.Kind.ALIAS,
            defaults=told | {"withdrawn_at": None},
        )
        keep_other_names([alias])
        work.record("parties.add_alias", subject(organisation), None, {"alias": alias.name, "source": alias.source})
        return alias
