"""Reading needs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhiqiao.engine.documents import Document
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.dates import BadDate, parse_date
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.needs.models import Need
from zhiqiao.needs.policies import CITY, NEEDS, OFFICERS

SAID_ON: Final = ("发布日期", "发布时间", "提交时间")  # columns of lists that are kept as they came


def needs_visible_to(actor: Actor) -> QuerySet[Need]:
    return NEEDS.visible(actor, Need.objects.select_related("organisation"))


def unpublished(needs: QuerySet[Need], actor: Actor) -> QuerySet[Need]:
    """Among visible ones. Those who do not look over the city see their own alone: said here too, it leads the
    database to them."""
    hidden = needs.filter(published=False)
    if actor.every_role & (CITY | OFFICERS):
        return hidden
    return hidden.filter(organisation_id__in=actor.organisations)


def need_for(actor: Actor, identity: str) -> Need:
    """By public id, sender's own number or running key. Raises NotFound where absent or hidden."""
    found = needs_visible_to(actor).filter(_identity(identity)).order_by("-id").first()
    if found is None:
        raise NotFound("need_not_found", need=identity[:64])
    return found


def _identity(identity: str) -> Q:
    try:
        return Q(public_id=uuid.UUID(identity)) | Q(external_id=identity)
    except ValueError:
        pass
    if identity.isascii() and identity.isdecimal() and len(identity) < 18:
        return Q(external_id=identity) | Q(pk=int(identity))
    return Q(external_id=identity)


def all_need_keys() -> Iterator[int]:
    return Need.objects.filter(withdrawn_at=None).order_by("id").values_list("id", flat=True).iterator()


def stated_on(need: Need) -> date:
    """The day on which it was published or sent in, where its list says so, else the day it entered our records."""
    kept = timezone.localdate(need.created_at)
    for heading in SAID_ON:
        with suppress(BadDate):
            said = parse_date(need.extra.get(heading))
            if said.precision == "day":
                return min(said.day, kept)
    return kept


def need_documents(keys: Sequence[int]) -> list[Document]:
    """What search knows of needs: the public layer alone."""
    found: list[Document] = []
    for part in in_batches(keys):
        rows = Need.objects.filter(pk__in=part, withdrawn_at=None)
        found.extend(need_document(need) for need in rows)
    return found


def need_document(need: Need) -> Document:
    own = [f"org:{need.organisation_id}"] if need.organisation_id else []
    return Document(
        key=need.pk,
        number=str(need.public_id),
        title=need.title,
        abstract=need.content,
        holders=(need.organisation_name,) if need.organisation_name else (),
        visibility=("city", "centre", *own, *(("public",) if need.published else ())),
        facets={"state": need.state, "date": timezone.localdate(need.created_at).isoformat(), "town": need.town_code},
    )
