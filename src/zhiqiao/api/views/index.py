"""Where a program begins: what is open to it, who it is, how the interface is described."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.description import description_as_yaml
from zhiqiao.api.operations import JSON, Operation, described
from zhiqiao.api.represent import ROOT
from zhiqiao.api.schemas import REFERENCE, TEXT, Shape, many, pointer, record
from zhiqiao.api.views.base import Address
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.parties.models import Organisation

INDEX = "interface"


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
    def get(self, request: Request) -> Response:
        caller = self.caller
        bearer = caller.bearer
        return Response(
            {
                "id": caller.actor.actor_id,
                "name": caller.actor.actor_name,
                "organisations": houses_of(caller.actor),
                "key": {"id": bearer.key_id, "scopes": sorted(bearer.scopes)} if bearer else None,
            }
        )

    def described(self, method: str) -> Operation:
        def house() -> dict[str, Any]:
            return record({"id": TEXT, "name": TEXT, "roles": many(TEXT)})

        def made() -> dict[str, Any]:
            key = record({"id": TEXT, "scopes": many(TEXT)})
            return record(
                {
                    "id": TEXT, "name": TEXT, "organisations": many(pointer("OwnOrganisation")),
                    "key": {"oneOf": [key, {"type": "null"}]},
                }
            )  # fmt: skip

        shape = Shape("Me", made, (Shape("OwnOrganisation", house),))
        return Operation(
            "me", "Who the caller is", INDEX, answers={(200, JSON): described(shape, "The caller.")},
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
