"""Where a program begins: what is open to it, who it is, how the interface is described."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.description import description_as_yaml
from zhiqiao.api.fields import Body
from zhiqiao.api.forms import ChoiceOfPushesForm
from zhiqiao.api.idempotency import Answer, write_once
from zhiqiao.api.operations import ETAG, IDEMPOTENCY, IF_MATCH, JSON, REPLAYED, WRITING, Operation, described, header
from zhiqiao.api.problems import ScopeMissing
from zhiqiao.api.represent import ROOT, etag_of
from zhiqiao.api.schemas import REFERENCE, TEXT, Shape, many, pointer, record
from zhiqiao.api.views.base import Address, JsonBody, MergePatchBody
from zhiqiao.api.views.records import replied
from zhiqiao.api.writing import compare_with, filled
from zhiqiao.core.audit import unit_of_work
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.parties.actions import accept_personalised_pushes, refuse_personalised_pushes
from zhiqiao.parties.models import Organisation, User

INDEX = "interface"
PUSHES = "pushes"


class OpenAddress(Address):
    """Open to everybody."""

    def admit(self) -> None:
        return None


class Index(OpenAddress):
    def get(self, request: Request) -> Response:
        actor = self.actor
        open_to_caller = [
            {
                "name": each.name, "title": str(each.title), "url": f"{ROOT}{each.path}/",
                "may_create": actor.signed_in and each.open_to(actor) and each.may_create(actor),
            }
            for each in registers()
            if (each.public or each.open_to(actor)) and self.caller.reaches(each.path, "read")
        ]  # fmt: skip
        return Response({"registers": open_to_caller, "description": f"{ROOT}openapi.yaml"})

    def described(self, method: str) -> Operation:
        def entry() -> dict[str, Any]:
            return record({"name": TEXT, "title": TEXT, "url": REFERENCE, "may_create": {"type": "boolean"}})

        def made() -> dict[str, Any]:
            return record({"registers": many(pointer("RegisterEntry")), "description": REFERENCE})

        shape = Shape("Index", made, (Shape("RegisterEntry", entry),))
        return Operation(
            "index", "The registers open to the caller", INDEX,
            answers={(200, JSON): described(shape, "The registers.")}, public=True,
        )  # fmt: skip


class Me(Address):
    """Whoever asks; and whether they take pushes that the ranking found, which everybody says for themself. A key says
    it where it may write to pushes."""

    parser_classes = [JsonBody, MergePatchBody]

    def admit(self) -> None:
        super().admit()
        if self.verb == "write" and not self.caller.reaches(PUSHES, self.verb):
            raise ScopeMissing(scope=f"{PUSHES}:{self.verb}")

    def get(self, request: Request) -> Response:
        person = self.person()
        body = self.told(person)
        return Response(body, headers={"ETag": etag_of(body, person)})

    def patch(self, request: Request) -> Response:
        return replied(write_once(self.actor, request, lambda: self.changed(request)))

    def changed(self, request: Request) -> Answer:
        with unit_of_work(self.actor):
            person = self.person()
            compare_with(etag_of(self.told(person), person), request.headers.get("If-Match"))
            first = {"personalised": person.personalised}
            said = filled(ChoiceOfPushesForm, self.actor, person, request.data, first).cleaned_data
            choose = accept_personalised_pushes if said["personalised"] else refuse_personalised_pushes
            choose(actor=self.actor, user=person)
            body = self.told(person)
            return Answer(200, body, {"ETag": etag_of(body, person)})

    def person(self) -> User:
        return User.objects.get(pk=self.actor.user_key or 0)

    def told(self, person: User) -> dict[str, Any]:
        caller = self.caller
        bearer = caller.bearer
        return {
            "id": caller.actor.actor_id,
            "name": caller.actor.actor_name,
            "organisations": houses_of(caller.actor),
            "personalised": person.personalised,
            "key": {"id": bearer.key_id, "scopes": sorted(bearer.scopes)} if bearer else None,
        }

    def described(self, method: str) -> Operation:
        def house() -> dict[str, Any]:
            return record({"id": TEXT, "name": TEXT, "roles": many(TEXT)})

        def made() -> dict[str, Any]:
            key = record({"id": TEXT, "scopes": many(TEXT)})
            return record(
                {
                    "id": TEXT, "name": TEXT, "organisations": many(pointer("OwnOrganisation")),
                    "personalised": {
                        "type": "boolean", "description": "False: the caller is shown no pushes that the ranking found."
                    },
                    "key": {"oneOf": [key, {"type": "null"}]},
                }
            )  # fmt: skip

        shape = Shape("Me", made, (Shape("OwnOrganisation", house),))
        answers: dict[int | tuple[int, str], Any] = {(200, JSON): described(shape, "The caller.")}
        if method != "PATCH":
            return Operation(
                "me", "Who the caller is", INDEX, parameters=[header("ETag", ETAG, [200])], answers=answers
            )  # fmt: skip
        body = Body(asked=ChoiceOfPushesForm.base_fields, name="ChoiceOfPushes", partial=True)
        return Operation(
            "change_me", "Take personalised pushes, or refuse them", INDEX,
            "For the caller alone (PIPL art. 24); for the organisation see what the ranking holds about it.",
            parameters=[IF_MATCH, IDEMPOTENCY, header("ETag", ETAG, [200, 412]), REPLAYED],
            body={JSON: body, MergePatchBody.media_type: body}, answers=answers, refusals=(*WRITING, 412, 428),
        )  # fmt: skip


def houses_of(actor: Actor) -> list[dict[str, Any]]:
    named = Organisation.objects.in_bulk(actor.organisations)
    return [
        {"id": str(named[key].public_id), "name": named[key].name, "roles": sorted(roles)}
        for key, roles in sorted(actor.roles.items())
        if key in named
    ]


class Description(OpenAddress):
    """This description itself."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(kept_description(), content_type="application/yaml")

    def described(self, method: str) -> Operation:
        return Operation(
            "description", "This description", INDEX,
            answers={(200, "application/yaml"): described({"type": "object"}, "OpenAPI 3.1.")}, public=True,
        )  # fmt: skip


@cache
def kept_description() -> str:
    return description_as_yaml()


class Nothing(OpenAddress):
    """Every other address under the interface's own."""

    schema = None  # type: ignore[assignment]  # it is no part of the description

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound
