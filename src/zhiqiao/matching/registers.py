"""What matching adds to the registers below it, needs are matched and patents offered; and the register of pushes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind, Link, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, search_box, since, text_box
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Create, Move, Register, View, Waits, all_but
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.forms import LessonForm, PushForm, ReplyForm
from zhiqiao.matching.models import PUSH_STATES, Push, PushState, Reply
from zhiqiao.matching.models.pushes import WAITING
from zhiqiao.matching.policies import ADDRESSEES, ANSWERING, CITY, HOLDERS, OFFICERS
from zhiqiao.matching.policies import PUSHES as POLICY
from zhiqiao.matching.pushing import answer_push, correct_lesson, push_patent, see_push, withdraw_push
from zhiqiao.matching.searching_pushes import led_to_own, of_number, of_patents_of, pushed_to, pushes_like
from zhiqiao.matching.selectors import pushes_visible_to
from zhiqiao.needs import registers as needs
from zhiqiao.needs.models import Need
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.parties.models import Organisation
from zhiqiao.registry import registers as registry
from zhiqiao.registry.models import Patent
from zhiqiao.registry.models.patents import StatusGroup


def state_and_match(actor: Actor, said: Mapping[str, Any]) -> Need:
    """The need is on record whatever the index says; its page offers to match it where that failed."""
    need = needs.state_need(actor, said)
    with suppress(ZhiqiaoError):
        match_need(actor=actor, need=need)
    return need


def match(actor: Actor, need: Need, said: Mapping[str, Any]) -> Need:
    match_need(actor=actor, need=need)
    return need


def push(actor: Actor, patent: Patent, said: Mapping[str, Any]) -> Patent:
    suggest_push(actor=actor, patent=patent)
    return patent


assert needs.NEEDS.create is not None  # noqa: S101 -- a need can be stated, for mypy
NEEDS: Register[Need] = replace(
    needs.NEEDS,
    create=replace(needs.NEEDS.create, act=state_and_match),
    moves=(
        Move(
            "match", _("Find patents"), "match", match, offered=lambda need: need.state == NeedState.OPEN,
            icon="sparkles", tone="primary", done=_("Matched anew."),
        ),
        *needs.NEEDS.moves,
    ),
    events={**needs.NEEDS.events, "matching.match_need": "need.matched"},
)  # fmt: skip
PATENTS: Register[Patent] = replace(
    registry.PATENTS,
    moves=(
        Move(
            "push", _("Find who would care"), "push", push,
            offered=lambda patent: patent.status_group in {StatusGroup.ALIVE, StatusGroup.PENDING},
            icon="send", done=_("Organisations were looked for anew."),
        ),
        *registry.PATENTS.moves,
    ),
    events={**registry.PATENTS.events, "matching.suggest_push": "patent.push_suggested"},
)  # fmt: skip


class PushFilter(Filters):
    q = search_box(_("Words of the patent's title, or the organisation's name"))
    state = choice(_("State"), PushState.choices)
    reply = choice(_("Reply"), Reply.choices)
    waiting = choice(_("Waits for"), [("us", _("Our reply")), ("them", _("Their reply"))], method="by_waiting")
    whose = choice(_("Whose"), [("to_us", _("Pushed to us")), ("ours", _("Of our patents"))], method="by_side")
    since = since(_("Pushed since"), "pushed_at__date")
    patent = text_box(_("Patent number"), "by_number")
    organisation = text_box(_("Organisation"), "by_organisation")

    def filter_queryset(self, queryset: Records) -> Records:
        found: Records = super().filter_queryset(led_to_own(self.request.actor, queryset))
        return found

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return pushes_like(self.request.actor, records, value)

    def by_waiting(self, records: Records, name: str, value: str) -> Records:
        own = Q(organisation_id__in=self.request.actor.organisations)
        return records.filter(own if value == "us" else ~own, state__in=WAITING)

    def by_side(self, records: Records, name: str, value: str) -> Records:
        own = self.request.actor.organisations
        return records.filter(organisation_id__in=own) if value == "to_us" else of_patents_of(records, own)

    def by_number(self, records: Records, name: str, value: str) -> Records:
        return of_number(self.request.actor, records, value)

    def by_organisation(self, records: Records, name: str, value: str) -> Records:
        return pushed_to(self.request.actor, records, value)


def allows(name: str) -> Callable[[Push], bool]:
    return lambda push: PUSH_STATES.allowed(push.state, name)


PUSHES: Register[Push] = Register(
    name="push",
    path="pushes",
    model=Push,
    subject="matching.push",
    title=_("Pushes"),
    one=_("Push"),
    icon="send",
    group=_("Records"),
    lead=_("Patents brought before organisations that could use them, and what these replied."),
    help=_(
        "The ranking suggests whom a patent could interest and why; a person decides to push. The organisation replies "
        "in one tap and may change its reply at any time. Replies teach the ranking."
    ),
    empty=_("Open a patent, choose “Find who would care”, and push it to those who could use it."),
    policy=POLICY,
    records=pushes_visible_to,
    named=lambda push: push.patent.title,
    roles=CITY | ADDRESSEES,
    columns=(
        Column("patent", _("Patent"), lambda p: Link(p.patent.title, "patent", str(p.patent.public_id)), Kind.LINK),
        Column("number", _("Application number"), lambda p: p.patent.shown_number, Kind.NUMBER, shown=False),
        Column("holders", _("Right holders"), lambda p: p.patent.holders, Kind.NAMES),
        Column(
            "organisation", _("Pushed to"), kind=Kind.LINK,
            value=lambda p: Link(p.organisation.name, "organisation", str(p.organisation.public_id)),
        ),
        Column("state", _("State"), lambda p: p.state, Kind.CODE, words=choices_of(PushState)),
        Column("reply", _("Reply"), lambda p: p.reply, Kind.TAG, words=choices_of(Reply)),
        Column("words", _("In their own words"), lambda p: p.words, Kind.LONG, listed=False),
        Column("personalised", _("Found by the ranking"), lambda p: p.personalised, Kind.FLAG, shown=False),
        Column("pushed_at", _("Pushed"), lambda p: p.pushed_at, Kind.MOMENT, sort="-new"),
        Column("seen_at", _("Seen"), lambda p: p.seen_at, Kind.MOMENT, shown=False),
        Column("answered_at", _("Replied"), lambda p: p.answered_at, Kind.MOMENT, shown=False),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=PushFilter,
    table=PUSH_STATES,
    create=Create(
        _("Push a patent"), "push", PushForm,
        lambda actor, said: push_patent(actor=actor, patent=said["patent"], organisation=said["organisation"]),
        allowed=lambda actor: bool(actor.every_role & (OFFICERS | HOLDERS)), done=_("It is pushed."),
    ),
    moves=(
        Move(
            "withdraw", _("Take back"), "withdraw",
            lambda actor, push, said: withdraw_push(actor=actor, push=push),
            offered=allows("withdraw"), icon="arrow-back-up", tone="danger",
            confirm=_("The organisation sees that the push was taken back and can no longer reply."),
            done=_("The push is taken back."),
        ),
        Move(
            "see", _("Mark as seen"), "answer", lambda actor, push, said: see_push(actor=actor, push=push),
            offered=allows("see"), icon="eye", done=_("It is marked as seen."),
        ),
        Move(
            "answer", _("Reply"), "answer",
            lambda actor, push, said: answer_push(actor=actor, push=push, reply=said["reply"], words=said["words"]),
            offered=allows("answer"), form=ReplyForm, icon="message-2", tone="primary",
            done=_("Your reply has gone out. You can change it by replying again."),
        ),
        Move(
            "correct", _("Correct what it teaches"), "correct",
            lambda actor, push, said: correct_lesson(actor=actor, push=push, level=said["level"]),
            offered=lambda push: push.state == PushState.ANSWERED, form=LessonForm, icon="pencil",
            done=_("The ranking will learn it so."),
        ),
    ),
    views=(
        View("waiting", _("To be answered"), "waiting=us", ANSWERING),
        View("open", _("Not answered yet"), "waiting=them", CITY | HOLDERS),
        View("answered", _("Replied"), "state=answered"),
        View("meeting", _("Need a meeting"), "reply=need_meeting", CITY | HOLDERS),
    ),
    waits=(
        Waits(
            "waiting=us",
            ngettext_lazy(
                "%(count)s patent pushed to you waits for your reply",
                "%(count)s patents pushed to you wait for your reply", "count",
            ),
            ANSWERING, _("One tap is enough."), "send",
        ),
    ),
    events={
        "matching.push": "push.made", "matching.see": "push.seen", "matching.answer": "push.answered",
        "matching.withdraw": "push.withdrawn",
    },
    heavy=(
        *all_but(Push, "state", "personalised", "pushed_at", "seen_at", "reply", "words", "answered_at"),
        *all_but(Patent, "number", "title", "holders", under="patent"),
        *all_but(Organisation, "name", under="organisation"),
        *all_but(Need, under="need"),
    ),
)  # fmt: skip
