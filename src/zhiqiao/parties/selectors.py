"""What the rooms above read of organisations and people. Each takes the actor and leaves out what they may not see."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.db.models.lookups import Contains

from zhiqiao.core.keysets import begins
from zhiqiao.core.parts import likely_first
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kernel.text import compact
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.models import LIVING, ApiKey, Contact, Membership, Organisation, OrganisationName, User
from zhiqiao.parties.naming import NAMES
from zhiqiao.parties.policies import KEYS, MEMBERSHIPS, ORGANISATIONS, USERS

CODE_BEGUN: Final = 6  # characters: shorter ones begin every code of the city


def living_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Without the signposts that merges leave and without what was taken back; by pinyin."""
    living = Organisation.objects.filter(LIVING)
    return ORGANISATIONS.visible(actor, living).order_by("pinyin", "id")


def organisations_like(actor: Actor, words: str) -> QuerySet[Organisation]:
    """Those that ``named_like`` leaves. Nothing asked gives all."""
    return named_like(living_organisations(actor), words)


def named_like(organisations: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """By a part of the present, a former or another name, by the credit code or its beginning, by pinyin from the
    beginning of a syllable (``dongguan``) or the first letters of it (``dglg``). Nothing asked leaves all."""
    wanted = compact(words)
    if not wanted:
        return organisations
    letters = wanted.lower() if wanted.isascii() and wanted.isalnum() else ""
    ways = [begins("credit_code", wanted)] if len(letters) >= CODE_BEGUN else []
    if letters:
        ways.append(begins("initials", letters))
    # Each way by itself is read from the narrow index of its column alone.
    likely: list[QuerySet[Any, Any] | None] = [_keys(way) for way in ways]
    if key := organisation_key(words):
        others = OrganisationName.objects.filter(organisation=OuterRef("pk"), name_key__contains=key, withdrawn_at=None)
        ways += [Q(name_key__contains=key), Q(Exists(others))]
        likely.append(NAMES.holding(key))
    if not ways:
        return organisations.none()
    condition = tested = reduce(or_, ways)
    if letters.isalpha() and (sounding := NAMES.sounding(letters)) is not None:  # digits stand in the name itself
        likely.append(sounding)
        tested |= (has := _has_letters(letters))
        # Of those that sound so the index has seen to the syllables. SQLite asks Python for every pattern.
        condition |= has & Q(pinyin__regex=f"(^| ){' ?'.join(letters)}")
    return likely_first(organisations, condition, *likely, tested=tested)


def _keys(way: Q) -> QuerySet[Organisation, int]:
    return Organisation.objects.filter(way).values_list("pk", flat=True)


def _has_letters(letters: str) -> Q:
    return Q(Contains(Replace(F("pinyin"), Value(" "), Value("")), letters))


def named_with(part: str, most: int = 200) -> list[int]:
    """Keys of organisations, whoever may see them, whose present name has that part."""
    if not (key := organisation_key(part)):
        return []
    named = likely_first(Organisation.objects.order_by(), Q(name_key__contains=key), NAMES.holding(key))
    return list(named.values_list("pk", flat=True)[:most])


def organisations_of_kinds(actor: Actor, kinds: Iterable[str]) -> QuerySet[Organisation]:
    return living_organisations(actor).filter(kind__in=list(kinds))


def organisation_by_public_id(actor: Actor, public_id: UUID) -> Organisation:
    """The organisation of that address, or the one it was merged into. Raises ``NotFound``."""
    visible = ORGANISATIONS.visible(actor, Organisation.objects.filter(withdrawn_at=None))
    organisation = visible.filter(public_id=public_id).first()
    while organisation is not None and organisation.merged_into_id is not None:
        organisation = visible.filter(pk=organisation.merged_into_id).first()
    if organisation is None:
        raise NotFound
    return organisation


def names_of(organisation: Organisation) -> QuerySet[OrganisationName]:
    """Its former names, latest first, then its other names."""
    latest = F("valid_to").desc(nulls_last=True)
    return organisation.names.filter(withdrawn_at=None).order_by("-kind", latest, "name", "id")


def contacts_of(actor: Actor, organisation: Organisation) -> QuerySet[Contact]:
    """Whom to reach there; raises ``Forbidden`` for all but the organisation itself and the bureau."""
    ORGANISATIONS.require(actor, "view_contacts", organisation)
    return organisation.contacts.filter(withdrawn_at=None).order_by("id")


def people_of(actor: Actor, organisation: Organisation) -> QuerySet[Membership]:
    """Roles in force in the organisation, with their people."""
    in_force = Membership.objects.filter(organisation=organisation, ended_on=None, user__is_active=True)
    visible = MEMBERSHIPS.visible(actor, in_force)
    return visible.select_related("user").order_by("user__display_name", "user_id", "role")


def log_ins(actor: Actor) -> QuerySet[User]:
    """Everybody who can sign in, as far as the actor may see, each with ``in_force``: the roles held now that the
    actor may see."""
    in_force = MEMBERSHIPS.visible(actor, Membership.objects.filter(ended_on=None))
    held = in_force.select_related("organisation").order_by("id")
    people = USERS.visible(actor, User.objects.all())
    return people.prefetch_related(Prefetch("memberships", held, to_attr="in_force")).order_by("username")


def keys_visible_to(actor: Actor) -> QuerySet[ApiKey]:
    """Of programs: one's own, for the administrator everybody's; newest first."""
    return KEYS.visible(actor, ApiKey.objects.select_related("owner")).order_by("-id")
