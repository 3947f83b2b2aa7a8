"""What happens to needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhiqiao.core.audit import Subject, Work, shortened, unit_of_work
from zhiqiao.core.encryption import blind_index
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_line, clean_text
from zhiqiao.kit.actors import Actor
from zhiqiao.needs.models import Need, NeedPrivate
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.needs.policies import NEEDS
from zhiqiao.parties.models import Organisation

TITLE = 300  # characters
CONTENT = 20_000  # characters
INDEXED_AT_ONCE = 2_000  # needs in one event


@dataclass(frozen=True)
class NeedStatement:
    """A need as a firm states it: the layer others may read, and the private one. ``budget`` in yuan."""

    content: str
    title: str = ""
    organisation: Organisation | None = None
    published: bool = False
    deadline: date | None = None
    private_details: str = ""
    budget: Decimal | None = None
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True)
class NeedChange:
    """A need as it stands after the change. Private parts None: they stay; empty: taken away."""

    title: str
    content: str
    deadline: date | None = None
    private_details: str | None = None
    contact: str | None = None
    phone: str | None = None

    def private(self) -> dict[str, str]:
        said = {"details": self.private_details, "contact": self.contact, "phone": self.phone}
        return {name: value.strip() for name, value in said.items() if value is not None}


def subject(need: Need) -> Subject:
    return Subject("needs.need", str(need.public_id))


def state_need(*, actor: Actor, statement: NeedStatement) -> Need:
    """Take a need in. Without a title its first sentence is one."""
    content = clean_text(statement.content, limit=CONTENT)
    title = clean_line(statement.title, limit=TITLE) or first_sentence(content)
    if not title:
        raise Invalid("need_empty")
    need = Need(
        title=title,
        content=content,
        organisation=statement.organisation,
        organisation_name=statement.organisation.name if statement.organisation else "",
        town_code=statement.organisation.town_code if statement.organisation else "",
        published=statement.published,
        deadline=statement.deadline,
    )
    NEEDS.require(actor, "state", need)
    with unit_of_work(actor) as work:
        need.save()
        private = sorted(keep_private(work, need, statement))
        after: dict[str, Any] = {
            "title": title,
            "content": content,
            "published": need.published,
            "deadline": need.deadline,
        }
        if private:
            after["private"] = private
        work.record("needs.state_need", subject(need), None, shortened(after))
        work.emit("index.needs", ids=[need.pk])
    return need


def keep_private(work: Work, need: Need, statement: NeedStatement) -> dict[str, list[str]]:
    """Write what is said of the private layer; what is not said stays. Returns field → [before, after] of what changed:
    names for the trail, values for an encrypted history alone."""
    said = {
        "details": statement.private_details,
        "budget": "" if statement.budget is None else str(statement.budget),
        "contact": statement.contact,
        "phone": statement.phone,
    }
    layer = NeedPrivate.objects.filter(need=need).first() or NeedPrivate(need=need)
    changes = {name: [getattr(layer, name), value] for name, value in said.items() if value}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        write_private(work, layer, {name: after for name, (_, after) in changes.items()})
    return changes


def write_private(work: Work, layer: NeedPrivate, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        setattr(layer, name, value)
    layer.phone_index = blind_index("phone", layer.phone)
    layer.updated_at = work.at
    layer.save()


def first_sentence(content: str) -> str:
    """The beginning of a text that can stand for it: up to the first full stop or line break, 80 characters at most."""
    first = content.strip().splitlines()[0] if content.strip() else ""
    for mark in "。!!??;;":
        first = first.partition(mark)[0]
    return first[:80]


def change_need(*, actor: Actor, need: Need, change: NeedChange) -> Need:
    """Put a need in other words. ``need`` is the record as the person saw it.

    Raises ``Conflict`` ``need_changed_meanwhile`` where somebody else wrote to it since, ``need_not_open`` where it is
    closed, ``Invalid`` ``need_empty``.
    """
    NEEDS.require(actor, "change", need)
    private = change.private()
    if private:
        NEEDS.require(actor, "view_private", need)
    content = clean_text(change.content, limit=CONTENT)
    after = {"title": clean_line(change.title, limit=TITLE), "content": content, "deadline": change.deadline}
    if not after["title"]:
        raise Invalid("need_empty")
    with unit_of_work(actor) as work:
        if not Need.objects.filter(pk=need.pk, state=NeedState.OPEN).exists():
            raise Conflict("need_not_open", need=str(need.public_id))
        before = {name: getattr(need, name) for name in after}
        as_seen = Need.objects.filter(pk=need.pk, updated_at=need.updated_at)
        if as_seen.update(**after, updated_at=work.at) != 1:
            raise Conflict("need_changed_meanwhile", need=str(need.public_id))
        touched = _change_private(work, need, private)
        changed = {name for name in after if before[name] != after[name]}
        told: dict[str, Any] = {name: value for name, value in after.items() if name in changed}
        if touched:
            told["private"] = touched
        work.record(
            "needs.change_need", subject(need), shortened({name: before[name] for name in changed}), shortened(told)
        )
        work.emit("index.needs", ids=[need.pk])
    return Need.objects.get(pk=need.pk)


def _change_private(work: Work, need: Need, said: Mapping[str, str]) -> list[str]:
    """Which private parts changed, by name; their values enter no trail."""
    layer = NeedPrivate.objects.filter(need=need).first() or NeedPrivate(need=need)
    changed = {name: value for name, value in said.items() if getattr(layer, name) != value}
    if changed:
        write_private(work, layer, changed)
    return sorted(changed)


def close_need(*, actor: Actor, need: Need) -> Need:
    """The need no longer stands. Raises Conflict unless it is open."""
    NEEDS.require(actor, "change", need)
    with unit_of_work(actor) as work:
        closed = Need.objects.filter(pk=need.pk, state=NeedState.OPEN).update(
            state=NeedState.CLOSED, updated_at=work.at
        )
        if closed != 1:
            raise Conflict("need_not_open", need=str(need.public_id))
        work.record("needs.close_need", subject(need), {"state": NeedState.OPEN}, {"state": NeedState.CLOSED})
        work.emit("index.needs", ids=[need.pk])
    need.refresh_from_db()
    return need


def publish_need(*, actor: Actor, need: Need) -> Need:
    """Anyone may read the need from now on; its private layer stays private. Raises Conflict when it is public."""
    return _show(actor, need, published=True)


def hide_need(*, actor: Actor, need: Need) -> Need:
    """Only its organisation and the city read the need from now on. Raises Conflict when it is not public."""
    return _show(actor, need, published=False)


def _show(actor: Actor, need: Need, *, published: bool) -> Need:
    NEEDS.require(actor, "change", need)
    with unit_of_work(actor) as work:
        other_way = Need.objects.filter(pk=need.pk, published=not published)
        if other_way.update(published=published, updated_at=work.at) != 1:
            raise Conflict("need_published" if published else "need_not_published", need=str(need.public_id))
        action = "needs.publish_need" if published else "needs.hide_need"
        work.record(action, subject(need), {"published": not published}, {"published": published})
        work.emit("index.needs", ids=[need.pk])
    need.refresh_from_db()
    return need


def relink_needs(work: Work, absorbed: int, survivor: int) -> int:
    """Needs of an absorbed organisation are those of the one that lives on."""
    theirs = Need.objects.filter(organisation_id=absorbed)
    needs = list(theirs.values_list("pk", flat=True))
    theirs.update(organisation_id=survivor, updated_at=work.at)
    for part in in_batches(needs, INDEXED_AT_ONCE):
        work.emit("index.needs", ids=part)
    return len(needs)
