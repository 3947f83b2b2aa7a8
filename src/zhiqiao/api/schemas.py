"""The shapes of answers, by name, as schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rest_framework import serializers

from zhiqiao.api.represent import JSON_KINDS, ONCE
from zhiqiao.kit.columns import Column, Kind
from zhiqiao.kit.registers import Register

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "integer"}
REFERENCE: Final[Schema] = {"type": "string", "format": "uri-reference"}
UUID: Final[Schema] = {"type": "string", "format": "uuid"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
EXAMPLES: Final[Mapping[Kind, Any]] = {
    Kind.COUNT: 3, Kind.SCORE: 0.71, Kind.YUAN: "120000.00", Kind.DAY: "2026-01-31",
    Kind.MOMENT: "2026-01-31T02:30:00Z", Kind.FLAG: True, Kind.NAMES: ["示例学院"],
}  # fmt: skip


def either(schema: Schema) -> Schema:
    """That, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def record(properties: Mapping[str, Schema], *, optional: frozenset[str] = frozenset(), text: str = "") -> Schema:
    shape: Schema = {
        "type": "object", "properties": dict(properties), "additionalProperties": False,
        "required": [name for name in properties if name not in optional],
    }  # fmt: skip
    return {**shape, "description": text} if text else shape


def pointer(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


class Shape(serializers.BaseSerializer[Any]):
    """A named schema. ``made`` makes it; for a fixed shape it stands in ``FIXED``. ``uses`` are shapes it points to."""

    def __init__(self, name: str, made: Callable[[], Schema] | None = None, uses: tuple[Shape, ...] = ()) -> None:
        self.name, self.made, self.uses = name, made, uses
        super().__init__()

    def needs(self) -> tuple[Shape, ...]:
        return self.uses or tuple(Shape(name) for name in FIXED_USES.get(self.name, ()))

    def schema(self) -> Schema:
        return self.made() if self.made else FIXED[self.name]


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in re.split("[_-]", name))


def column_schema(column: Column[Any]) -> Schema:
    schema = dict(JSON_KINDS[column.kind].schema)
    if column.kind is Kind.LINK:
        return schema
    example = {"examples": [EXAMPLES[column.kind]]} if column.kind in EXAMPLES else {}
    return {**schema, "description": str(column.heading), **example}


def _columns(register: Register[Any], *, listed: bool) -> tuple[dict[str, Schema], frozenset[str]]:
    columns = [each for each in register.columns if each.listed or not listed]
    place = {"id": UUID, "url": REFERENCE} if register.pages else {}
    told = {column.name: column_schema(column) for column in columns}
    return {**place, **told}, frozenset(column.name for column in columns if column.roles is not None)


def record_shape(register: Register[Any]) -> Shape:
    def made() -> Schema:
        properties, optional = _columns(register, listed=False)
        names = [move.name for move in register.moves]
        moves = {"type": "string", "enum": names} if names else TEXT
        rest = {"moves": {**many(moves), "description": "What may be done with the record now, by the caller."}}
        if hasattr(register.model, ONCE):
            rest[ONCE] = {**TEXT, "description": "Told once, by the answer to the write that made it."}
        properties |= {**rest, "may_change": {"type": "boolean"}}
        return record(properties, optional=optional | {ONCE})

    return Shape(camel(register.name), made, (Shape("Link"),))


def list_shape(register: Register[Any]) -> Shape:
    def item() -> Schema:
        properties, optional = _columns(register, listed=True)
        return record(properties, optional=optional)

    def made() -> Schema:
        return record(
            {
                "items": many(pointer(f"{camel(register.name)}InList")),
                "next": either(REFERENCE),
                "previous": either(REFERENCE),
                "count": {**NUMBER, "minimum": 0},
                "count_is_bound": {"type": "boolean", "description": "There are more than `count`."},
            }
        )

    return Shape(f"{camel(register.name)}List", made, (Shape(f"{camel(register.name)}InList", item, (Shape("Link"),)),))


FAULT: Final = record({"field": TEXT, "code": TEXT, "message": TEXT}, text="`field` empty: the request as a whole.")
FIXED: Final[Mapping[str, Schema]] = {
    "Link": record(
        {
            "text": {**TEXT, "examples": ["示例学院"]},
            "register": {**either(TEXT), "examples": ["organisation"]},
            "id": either(TEXT),
            "url": either(REFERENCE),
        },
        text="Another record. Without `id`: only its name is known.",
    ),
    "Fault": FAULT,
    "Problem": record(
        {
            "type": {**REFERENCE, "examples": ["urn:zhiqiao:problem:precondition_failed"]},
            "title": TEXT,
            "status": {**NUMBER, "minimum": 400, "maximum": 599},
            "detail": {**TEXT, "description": "In the language that Accept-Language asks for; Chinese without it."},
            "code": {**TEXT, "description": "Stable: programs go by this.", "examples": ["precondition_failed"]},
            "errors": many(pointer("Fault")),
            "incident": {**TEXT, "description": "Only with 500: finds the fault in the log."},
        },
        optional=frozenset({"incident"}),
        text="RFC 9457.",
    ),
}
FIXED_USES: Final[Mapping[str, tuple[str, ...]]] = {"Problem": ("Fault",)}
