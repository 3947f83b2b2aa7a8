"""The description of the interface (OpenAPI 3.1), made from what each address says of itself."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from zhiqiao.api.fields import Body, form_schema
from zhiqiao.api.operations import EVERYWHERE, REFUSALS, Operation, header
from zhiqiao.api.problems import PROBLEM
from zhiqiao.api.schemas import Shape

SCHEMES: Final = {
    "key": {"type": "http", "scheme": "bearer", "bearerFormat": "zq_…", "description": "A key of one's own."},
    "session": {
        "type": "apiKey", "in": "cookie", "name": "sessionid",
        "description": "The log-in of the pages; what writes needs the header X-CSRFToken as well.",
    },
}  # fmt: skip


class OperationSchema(AutoSchema):
    @property
    def operation(self) -> Operation:
        found: Operation = self.view.described(self.method)  # type: ignore[attr-defined]  # every view of ours has it
        return found

    def is_excluded(self) -> bool:
        return self.method == "OPTIONS"

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        return self.operation.description

    def get_tags(self) -> list[str]:
        return [self.operation.tag]

    def get_auth(self) -> list[dict[str, Any]]:
        return [{"key": []}, {"session": []}, *([{}] if self.operation.public else [])]

    def get_override_parameters(self) -> list[Any]:
        limits = (
            header("RateLimit", "What is left of the rate, and for how many seconds.", self._told),
            header("RateLimit-Policy", "How many requests a minute are taken.", self._told),
            header("Retry-After", "How many seconds to wait.", [429]),
            header("WWW-Authenticate", "How to say who asks.", [401]),
        )
        return [*self.operation.parameters, *limits]

    @property
    def _told(self) -> list[int]:
        return [each if isinstance(each, int) else each[0] for each in self.operation.answers]

    def get_request_serializer(self) -> Any:
        return dict(self.operation.body) if self.operation.body else None

    def get_response_serializers(self) -> Any:
        problems: dict[tuple[int, str], OpenApiResponse] = {
            (status, PROBLEM): OpenApiResponse(Shape("Problem"), description=REFUSALS[status])
            for status in sorted({*EVERYWHERE, *self.operation.refusals})
        }
        return {**self.operation.answers, **problems}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # what a list looks like stands in its own shape


def with_shared_parts(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What many operations have in common stands once, among the components."""
    headers: dict[str, Any] = {}
    responses: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for operation in (each for place in result["paths"].values() for each in place.values()):
        for status, response in operation["responses"].items():
            response["headers"] = {
                name: _kept(headers, name, each) for name, each in response.get("headers", {}).items()
            }
            if not response["headers"]:
                del response["headers"]
            if PROBLEM in response.get("content", {}):
                operation["responses"][status] = _kept(responses, f"Problem{status}", response, "responses")
        operation["parameters"] = [
            _kept(parameters, each["name"], each, "parameters") if each["in"] in ("header", "path") else each
            for each in operation.get("parameters", ())
        ]
    result["components"] |= {
        "headers": headers, "parameters": parameters, "responses": responses, "securitySchemes": SCHEMES,
    }  # fmt: skip
    return result


def _kept(shared: dict[str, Any], name: str, part: dict[str, Any], section: str = "headers") -> dict[str, Any]:
    """A pointer to the part; the part itself where another of its name differs."""
    if shared.setdefault(name, part) != part:
        return part
    return {"$ref": f"#/components/{section}/{name}"}


class ShapeExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # registers itself by being declared
    target_class = Shape

    def get_name(self, auto_schema: AutoSchema, direction: Any) -> str:
        return str(self.target.name)

    def get_identity(self, auto_schema: AutoSchema, direction: Any) -> str:
        return str(self.target.name)

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        for other in self.target.needs():
            auto_schema.resolve_serializer(other, direction)
        schema: dict[str, Any] = self.target.schema()
        return schema


class BodyExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # likewise
    target_class = Body

    def get_name(self, auto_schema: AutoSchema, direction: Any) -> str:
        return str(self.target.schema_name)

    def get_identity(self, auto_schema: AutoSchema, direction: Any) -> str:
        return str(self.target.schema_name)

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        return form_schema(self.target.asked, partial=self.target.partial)
