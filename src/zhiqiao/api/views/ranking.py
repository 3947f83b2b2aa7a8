"""What the ranking holds about an organisation: its people read and correct it, and switch personalised pushes off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.fields import Body
from zhiqiao.api.forms import ChoiceOfPushesForm, InterestForm, TakenAwayForm
from zhiqiao.api.idempotency import Answer, write_once
from zhiqiao.api.operations import (
    ETAG,
    IDEMPOTENCY,
    IF_MATCH,
    IF_NONE_MATCH,
    JSON,
    PUBLIC_ID,
    REPLAYED,
    WRITING,
    Operation,
    described,
    header,
)
from zhiqiao.api.represent import ROOT, day_of, etag_of, link_of, moment_of
from zhiqiao.api.schemas import MOMENT, NUMBER, REFERENCE, TEXT, Schema, Shape, either, many, pointer, record
from zhiqiao.api.schemas import UUID as ID
from zhiqiao.api.views.base import JsonBody, MergePatchBody, RegisterAddress
from zhiqiao.api.views.records import replied
from zhiqiao.api.writing import compare_with, filled
from zhiqiao.core.audit import unit_of_work
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Link
from zhiqiao.kit.forms import RecordForm
from zhiqiao.matching.holding import Derived, Held, held_about
from zhiqiao.matching.models import Reply, Sort
from zhiqiao.matching.policies import PROFILES
from zhiqiao.matching.profiling import choose_pushes, state_interest, withdraw_interest
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.selectors import organisation_by_public_id
from zhiqiao.registry.deals import DealKind

Correction = Callable[[Actor, Organisation, Mapping[str, Any]], object]
MOVES = ("state", "take_away")
LEVEL: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 4}
FLAG: Schema = {"type": "boolean"}
DERIVED: Schema = record({"value": TEXT, "name": TEXT, "count": NUMBER}, text="In how many patents and open needs.")
SAID: Schema = record(
    {"id": ID, "sort": {**TEXT, "enum": list(Sort.values)}, "value": TEXT, "name": TEXT, "wanted": FLAG}
)
REPLY: Schema = record(
    {
        "push": pointer("Link"), "reply": {**TEXT, "enum": list(Reply.values)}, "at": MOMENT,
        "level": {**LEVEL, "description": "4 fits well to 1 does not fit; null: nothing, or a deal does instead."},
    }
)  # fmt: skip
DEAL: Schema = record(
    {
        "patent": pointer("Link"), "kind": {**TEXT, "enum": [str(each) for each in DealKind]},
        "on": {**TEXT, "format": "date"}, "told_by": either(TEXT), "level": LEVEL,
        "need": {"oneOf": [pointer("Link"), {"type": "null"}]},
    },
    text="A recorded licence or transfer, and the need that it is held to answer; null: the own patents that a push "
    "rested on. `told_by`: the number of the import that told it.",
)  # fmt: skip


def ranking_shape() -> Shape:
    def made() -> Schema:
        return record(
            {
                "url": REFERENCE, "organisation": pointer("Link"),
                "personalised": {**FLAG, "description": "False: the ranking does not look for the organisation."},
                "said": {**many(SAID), "description": "Fields and words that the organisation named itself."},
                "fields": many(DERIVED), "words": many(DERIVED), "patents": NUMBER, "needs": many(pointer("Link")),
                "replies": many(REPLY), "deals": many(DEAL),
                "moves": many({**TEXT, "enum": list(MOVES)}), "may_change": FLAG,
            }
        )  # fmt: skip

    return Shape("Ranking", made, (Shape("Link"),))


def place_of(organisation: Organisation) -> str:
    return f"{ROOT}organisations/{organisation.public_id}/ranking/"


def told(actor: Actor, organisation: Organisation) -> dict[str, Any]:
    """Raises ``NotFound`` for whom it is none of their business."""
    held = held_about(actor, organisation)
    may_change = PROFILES.may(actor, "correct_profile", organisation)
    return {
        "url": place_of(organisation),
        "organisation": link_of(Link(organisation.name, "organisation", str(organisation.public_id))),
        "personalised": held.personalised,
        "said": [
            {
                "id": str(each.statement.public_id), "sort": each.statement.sort, "value": each.statement.value,
                "name": each.name, "wanted": each.statement.wanted,
            }
            for each in held.said
        ],
        "fields": [derived(each) for each in held.fields],
        "words": [derived(each) for each in held.words],
        "patents": held.patents,
        "needs": [link_of(Link(each.title, "need", str(each.public_id))) for each in held.needs],
        **lessons(held),
        "moves": list(MOVES) if may_change else [],
        "may_change": may_change,
    }  # fmt: skip


def derived(each: Derived) -> dict[str, Any]:
    return {"value": each.value, "name": each.name, "count": each.count}


def lessons(held: Held) -> dict[str, Any]:
    """What the ranking learns from the organisation: its replies and its deals."""
    return {
        "replies": [
            {
                "push": link_of(Link(each.push.patent.title, "push", str(each.push.public_id))),
                "reply": each.push.reply, "at": moment_of(each.push.answered_at), "level": each.level,
            }
            for each in held.replies
        ],
        "deals": [
            {
                "patent": link_of(Link(each.patent.title, "patent", str(each.patent.public_id))),
                "kind": str(each.lesson.deal.kind), "on": day_of(each.lesson.deal.on),
                "told_by": each.lesson.deal.told_by or None, "level": each.level,
                "need": link_of(Link(need.title, "need", str(need.public_id))) if (need := each.lesson.need) else None,
            }
            for each in held.deals
        ],
    }  # fmt: skip


class RankingAddress(RegisterAddress):
    """Within the register of pushes: nothing is here for those who may not open it, nor for a key that does not reach
    it."""

    form: type[RecordForm] = RecordForm

    def correct(self, request: Request, public_id: UUID, act: Correction, *, partial: bool = False) -> Response:
        return replied(write_once(self.actor, request, lambda: self._corrected(request, public_id, act, partial)))

    def _corrected(self, request: Request, public_id: UUID, act: Correction, partial: bool) -> Answer:
        actor = self.actor
        with unit_of_work(actor):
            if connection.vendor == "postgresql":  # SQLite's transactions take the one write lock as they begin
                rows = Organisation.objects.filter(public_id=public_id).order_by().select_for_update()
                list(rows.values_list("pk"))
            organisation = organisation_by_public_id(actor, public_id)
            before = told(actor, organisation)
            PROFILES.require(actor, "correct_profile", organisation)
            compare_with(etag_of(before, organisation), request.headers.get("If-Match"))
            first = {"personalised": before["personalised"]} if partial else None
            act(actor, organisation, filled(self.form, actor, organisation, request.data, first).cleaned_data)
            now = told(actor, organisation)
            return Answer(200, now, {"ETag": etag_of(now, organisation)})

    def corrects(self, name: str, summary: str, body: Mapping[str, Body], text: str = "") -> Operation:
        return Operation(
            id=name, summary=summary, tag="organisations", description=text,
            parameters=[PUBLIC_ID, IF_MATCH, IDEMPOTENCY, header("ETag", ETAG, [200, 412]), REPLAYED],
            body=body, answers={(200, JSON): held_now()}, refusals=(*WRITING, 412, 428),
        )  # fmt: skip


def held_now() -> OpenApiResponse:
    return described(ranking_shape(), "What it holds now.")


class Ranking(RankingAddress):
    parser_classes = [JsonBody, MergePatchBody]
    form = ChoiceOfPushesForm

    def get(self, request: Request, public_id: UUID) -> Response:
        organisation = organisation_by_public_id(self.actor, public_id)
        body = told(self.actor, organisation)
        etag = etag_of(body, organisation)
        if etag in [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]:
            return Response(status=304, headers={"ETag": etag})
        return Response(body, headers={"ETag": etag})

    def patch(self, request: Request, public_id: UUID) -> Response:
        return self.correct(request, public_id, switched, partial=True)

    def described(self, method: str) -> Operation:
        if method == "PATCH":
            body = Body(asked=ChoiceOfPushesForm.base_fields, name="ChoiceOfPushes", partial=True)
            return self.corrects(
                "choose_pushes", "Organisation: switch personalised pushes on or off",
                {JSON: body, MergePatchBody.media_type: body},
                "For the whole organisation; a person switches them off for themself with `PATCH /me`.",
            )  # fmt: skip
        return Operation(
            "get_ranking", "Organisation: what the ranking holds about it", "organisations",
            "For its own people and the bureau. Replies are corrected where they are, by the push's move `correct`.",
            parameters=[PUBLIC_ID, IF_NONE_MATCH, header("ETag", ETAG, [200, 304])],
            answers={(200, JSON): held_now(), 304: described(None, "It is as it was.")},
        )  # fmt: skip


class StateInterest(RankingAddress):
    form = InterestForm

    def post(self, request: Request, public_id: UUID) -> Response:
        return self.correct(request, public_id, stated)

    def described(self, method: str) -> Operation:
        return self.corrects(
            "state_interest", "Organisation: name a field or a word that patents should be pushed for, or not be",
            {JSON: Body(asked=InterestForm.base_fields, name="Interest")}, "Said anew it takes the former's place.",
        )  # fmt: skip


class TakeInterestAway(RankingAddress):
    form = TakenAwayForm

    def post(self, request: Request, public_id: UUID) -> Response:
        return self.correct(request, public_id, taken_away)

    def described(self, method: str) -> Operation:
        return self.corrects(
            "take_interest_away", "Organisation: take back a field or a word that it named",
            {JSON: Body(asked=TakenAwayForm.base_fields, name="InterestTakenAway")},
        )  # fmt: skip


def switched(actor: Actor, organisation: Organisation, said: Mapping[str, Any]) -> object:
    return choose_pushes(actor=actor, organisation=organisation, personalised=said["personalised"])


def stated(actor: Actor, organisation: Organisation, said: Mapping[str, Any]) -> object:
    return state_interest(actor=actor, organisation=organisation, **said)


def taken_away(actor: Actor, organisation: Organisation, said: Mapping[str, Any]) -> None:
    withdraw_interest(actor=actor, organisation=organisation, public_id=said["id"])
