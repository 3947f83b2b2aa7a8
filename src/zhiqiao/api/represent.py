"""A record as programs read it: its columns with the types of JSON, and the ETag of what was read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model
from rest_framework.utils.encoders import JSONEncoder

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_or_none
from zhiqiao.kit.columns import Column, Kind, Link
from zhiqiao.kit.registers import Register
from zhiqiao.kit.versions import version_of

ROOT: Final = "/api/v1/"
DAY: Final = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", re.ASCII)
ONCE: Final = "secret_once"
"""What is told by the answer to the write that made it, and never again."""
Json = Any
NULLABLE_TEXT: Final = {"type": ["string", "null"]}


def text_of(value: Any) -> Json:
    return None if value is None else str(value)


def moment_of(value: Any) -> Json:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else text_of(value)


def day_of(value: Any) -> Json:
    """A day, or as much of it as is known: 2019, 2019-05."""
    if isinstance(value, date):
        return value.isoformat()
    known = DAY.search(str(value or ""))
    return known.group() if known else None


def count_of(value: Any) -> Json:
    return None if value is None else int(value)


def score_of(value: Any) -> Json:
    return None if value is None else float(value)


def yuan_of(value: Any) -> Json:
    return None if value is None else f"{Decimal(value):f}"


def flag_of(value: Any) -> Json:
    return None if value is None else bool(value)


def names_of(value: Any) -> Json:
    return [str(each.get("name", "") if isinstance(each, Mapping) else each) for each in value or ()]


def link_of(value: Any) -> Json:
    if isinstance(value, Link):
        return {"text": value.text, "register": value.register, "id": value.id, "url": url_of(value.register, value.id)}
    return {"text": str(value), "register": None, "id": None, "url": None} if value else None


def url_of(register: str, public_id: str) -> str | None:
    """Where the record is read; None where its register is not one that programs read."""
    found = register_or_none(register)
    return f"{ROOT}{found.path}/{public_id}/" if found else None


@dataclass(frozen=True)
class JsonKind:
    """How values of one kind of column are written, and the schema that says so."""

    written: Callable[[Any], Json]
    schema: Mapping[str, Any]


LINK_SCHEMA: Final = {"oneOf": [{"$ref": "#/components/schemas/Link"}, {"type": "null"}]}
JSON_KINDS: Final[Mapping[Kind, JsonKind]] = {
    Kind.TEXT: JsonKind(text_of, NULLABLE_TEXT),
    Kind.LONG: JsonKind(text_of, NULLABLE_TEXT),
    Kind.CODE: JsonKind(text_of, NULLABLE_TEXT),
    Kind.TAG: JsonKind(text_of, NULLABLE_TEXT),
    Kind.NUMBER: JsonKind(text_of, NULLABLE_TEXT),
    Kind.COUNT: JsonKind(count_of, {"type": ["integer", "null"]}),
    Kind.SCORE: JsonKind(score_of, {"type": ["number", "null"]}),
    Kind.YUAN: JsonKind(yuan_of, {"type": ["string", "null"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
    Kind.DAY: JsonKind(day_of, {"type": ["string", "null"], "pattern": f"^{DAY.pattern}$"}),
    Kind.MOMENT: JsonKind(moment_of, {"type": ["string", "null"], "format": "date-time"}),
    Kind.FLAG: JsonKind(flag_of, {"type": ["boolean", "null"]}),
    Kind.NAMES: JsonKind(names_of, {"type": "array", "items": {"type": "string"}}),
    Kind.LINK: JsonKind(link_of, LINK_SCHEMA),
}


def told(column: Column[Any], record: Model) -> Json:
    return JSON_KINDS[column.kind].written(column.value(record))


def public_id_of(record: Model) -> str:
    return str(vars(record)["public_id"])


def place_of(register: Register[Any], record: Model) -> dict[str, Json]:
    """Nothing for an entry that has no page of its own."""
    if not register.pages:
        return {}
    public_id = public_id_of(record)
    return {"id": public_id, "url": f"{ROOT}{register.path}/{public_id}/"}


def in_list(register: Register[Any], columns: Iterable[Column[Any]], record: Model) -> dict[str, Json]:
    return {**place_of(register, record), **{column.name: told(column, record) for column in columns}}


def in_full(register: Register[Any], actor: Actor, record: Model) -> dict[str, Json]:
    columns = register.columns_for(actor)
    return {
        **place_of(register, record),
        **{column.name: told(column, record) for column in columns},
        "moves": [move.name for move in register.moves_open(actor, record)],
        "may_change": register.may_change(actor, record),
    }


def etag_of(body: Mapping[str, Json], record: Model) -> str:
    """Strong. Of what is read and of what is stored: what is never read, as a private part, may have changed too."""
    text = json.dumps(body, cls=JSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(f"{text}{version_of(record)}".encode()).hexdigest()[:32]}"'
