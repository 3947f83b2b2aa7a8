"""The register of needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind, Link, Note, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, search_box, since, until_rarely
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Change, Create, Finding, Move, Register, View, Waits, all_but
from zhiqiao.kit.roles import EVERY_ROLE_WITH_RECORDS, Role
from zhiqiao.needs.actions import NeedChange, NeedStatement, change_need, close_need, hide_need, publish_need
from zhiqiao.needs.actions import state_need as state
from zhiqiao.needs.forms import ChangeNeedForm, NeedForm, behalves
from zhiqiao.needs.models import Need
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.needs.policies import NEEDS as POLICY
from zhiqiao.needs.searching import needs_begun, needs_like
from zhiqiao.needs.selectors import needs_visible_to, unpublished
from zhiqiao.parties.models import Organisation


class NeedFilter(Filters):
    q = search_box(_("Words of the need or the firm's name"))
    state = choice(_("State"), NeedState.choices)
    shown = choice(_("Shown to"), [("all", _("Everybody")), ("own", _("Firm and city alone"))], method="by_shown")
    since = since(_("Stated since"), "created_at__date")
    until = until_rarely(_("Needed by"), "deadline")
    whose = choice(_("Stated by"), [("own", _("My organisation"))], method="by_owner")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return needs_like(records, value)

    def by_owner(self, records: Records, name: str, value: str) -> Records:
        return records.filter(organisation_id__in=self.request.actor.organisations)

    def by_shown(self, records: Records, name: str, value: str) -> Records:
        return records.filter(published=True) if value == "all" else unpublished(records, self.request.actor)


def shown_to(need: Need) -> Note | None:
    return None if need.published else Note(str(_("Firm and city alone")), "warn", "eye-off")


def firm(need: Need) -> Link | str:
    house = need.organisation
    return Link(need.organisation_name, "organisation", str(house.public_id)) if house else need.organisation_name


def state_need(actor: Actor, said: Mapping[str, Any]) -> Need:
    house = next((each for each in behalves(actor) if each and str(each.public_id) == said["organisation"]), None)
    layers = {name: said[name] for name in ("title", "deadline", "published", "private_details", "contact", "phone")}
    return state(actor=actor, statement=NeedStatement(content=said["text"], organisation=house, **layers))


def change(actor: Actor, need: Need, said: Mapping[str, Any]) -> Need:
    return change_need(actor=actor, need=need, change=NeedChange(content=said["text"], **_without_text(said)))


def _without_text(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != "text"}


def as_it_stands(need: Need) -> dict[str, Any]:
    layer = getattr(need, "private", None)
    private = {"private_details": layer.details, "contact": layer.contact, "phone": layer.phone} if layer else {}
    return {"title": need.title, "text": need.content or need.title, "deadline": need.deadline, **private}


NEEDS: Register[Need] = Register(
    name="need",
    path="needs",
    model=Need,
    subject="needs.need",
    title=_("Needs"),
    one=_("Need"),
    icon="bulb",
    group=_("Records"),
    lead=_("What firms look for. Private details stay with the firm that stated them."),
    help=_(
        "A firm says in two sentences what it looks for. The system finds patents with reasons; the firm decides who "
        "may read the need, and its private part is never shown to others."
    ),
    empty=_("State the first need: two sentences are enough."),
    policy=POLICY,
    records=needs_visible_to,
    named=lambda need: need.title,
    roles=EVERY_ROLE_WITH_RECORDS,
    columns=(
        Column("title", _("Need"), lambda n: n.title, note=shown_to),
        Column("organisation", _("Firm"), firm, Kind.LINK),
        Column("content", _("Content"), lambda n: n.content, Kind.LONG, listed=False, reads=("content",)),
        Column("state", _("State"), lambda n: n.state, Kind.CODE, words=choices_of(NeedState)),
        Column("published", _("Everybody may read it"), lambda n: n.published, Kind.FLAG, shown=False),
        Column("deadline", _("Needed by"), lambda n: n.deadline, Kind.DAY, sort="deadline"),
        Column("stated_at", _("Stated"), lambda n: n.created_at, Kind.MOMENT, sort="-new"),
    ),
    sorts=(
        Sort("-new", "pk", descending=True),
        Sort("new", "pk"),
        Sort("deadline", "deadline", nullable=True),
        Sort("-deadline", "deadline", descending=True, nullable=True),
    ),
    filters=NeedFilter,
    finding=Finding(needs_begun, lambda need: (need.organisation_name, need.get_state_display())),
    create=Create(
        _("State a need"), "state", NeedForm, state_need, allowed=lambda actor: bool(behalves(actor)),
        done=_("The need is on record."),
    ),
    change=Change(
        _("Change"), "change", ChangeNeedForm, change, first=as_it_stands, done=_("The need is changed."),
        offered=lambda need: need.state == NeedState.OPEN,
    ),
    moves=(
        Move(
            "publish", _("Publish"), "change", lambda actor, need, said: publish_need(actor=actor, need=need),
            offered=lambda need: not need.published, icon="eye",
            confirm=_("From then on anybody may read this need; its private part stays private."),
            done=_("Everybody may read the need now; its private part stays private."),
        ),
        Move(
            "hide", _("Unpublish"), "change", lambda actor, need, said: hide_need(actor=actor, need=need),
            offered=lambda need: need.published, icon="eye-off",
            done=_("Only the firm and the city read the need now."),
        ),
        Move(
            "close", _("Close need"), "change", lambda actor, need, said: close_need(actor=actor, need=need),
            offered=lambda need: need.state == NeedState.OPEN, icon="check", tone="danger",
            confirm=_("A closed need is no longer matched. This cannot be taken back."), done=_("The need is closed."),
        ),
    ),
    views=(View("open", _("Open"), "state=open"), View("closed", _("Closed"), "state=closed")),
    waits=(
        Waits(
            "state=open&shown=own",
            ngettext_lazy("%(count)s open need is not published", "%(count)s open needs are not published", "count"),
            frozenset({Role.ENTERPRISE_MEMBER}),
            _("Institutions see it only once it is published."), "bulb",
        ),
    ),
    intake="needs",
    events={
        "needs.state_need": "need.stated", "needs.change_need": "need.changed", "needs.close_need": "need.closed",
        "needs.publish_need": "need.published", "needs.hide_need": "need.hidden",
    },
    heavy=(
        *all_but(Need, "title", "organisation_name", "deadline", "state", "published", "created_at"),
        *all_but(Organisation, under="organisation"),
    ),
)  # fmt: skip
