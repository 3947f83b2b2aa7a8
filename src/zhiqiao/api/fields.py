"""The fields of a form as JSON: which types a program must send, checked strictly before the form sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import RegexValidator
from django.forms.utils import ErrorDict
from django.utils.encoding import force_str
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from zhiqiao.api.problems import Fault, FieldsRefused
from zhiqiao.wording.interface import UNKNOWN_FIELD

LARGEST: Final = 2**63 - 1
ID: Final = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class StrictText(serializers.CharField):
    """A JSON string; a number is none. Emptiness and length are left to the form, which knows the words for it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictFlag(serializers.Field[bool, Any, bool, Any]):
    default_error_messages = serializers.BooleanField.default_error_messages

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return bool(data)

    def to_representation(self, value: bool) -> bool:
        return value


class StrictCount(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictNumber(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictYuan(serializers.DecimalField):
    """Money and shares as a decimal string: a float would round them."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not data.isascii():
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictDay(serializers.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or len(value) != 10:
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class StrictId(serializers.Field[UUID, Any, str, Any]):
    default_error_messages = serializers.UUIDField.default_error_messages

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not ID.fullmatch(data):
            self.fail("invalid", value=str(data)[:64])
        return UUID(data)

    def to_representation(self, value: UUID) -> str:
        return str(value)


class StrictBody(serializers.Serializer[Any]):
    """Takes no name that it does not know."""

    def run_validation(self, data: Any = empty) -> Any:
        cleaned = super().run_validation(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            told = serializers.ErrorDetail(unknown_field(self.fields), "unknown_field")
            raise serializers.ValidationError({name: [told] for name in unknown})
        return cleaned


class Body(StrictBody):
    """What may be sent for a form. ``partial``: only what is to change (RFC 7396: null takes a value away)."""

    def __init__(self, *args: Any, asked: Mapping[str, forms.Field], name: str = "", **kwargs: Any) -> None:
        self.asked = asked
        self.schema_name = name
        super().__init__(*args, **kwargs)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: json_field(each) for name, each in self.asked.items()}


def unknown_field(asked: Iterable[str]) -> str:
    return str(UNKNOWN_FIELD) % {"known": ", ".join(asked) or "—"}


def json_field(asked: forms.Field) -> serializers.Field[Any, Any, Any, Any]:
    rules: dict[str, Any] = {"required": asked.required, "allow_null": not asked.required}
    if isinstance(asked, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return serializers.ListField(child=StrictText(), **rules)
    if isinstance(asked, forms.NullBooleanField):
        return StrictFlag(required=False, allow_null=True)
    if isinstance(asked, forms.BooleanField):
        return StrictFlag(required=asked.required)
    if isinstance(asked, forms.FloatField):
        return StrictNumber(**rules)
    if isinstance(asked, forms.DecimalField):
        return StrictYuan(max_digits=30, decimal_places=10, **rules)
    if isinstance(asked, forms.IntegerField):
        return StrictCount(min_value=-LARGEST, max_value=LARGEST, **rules)
    if isinstance(asked, forms.DateField):
        return StrictDay(**rules)
    return StrictText(**rules)


def cleaned(body: StrictBody) -> dict[str, Any]:
    """Raises ``FieldsRefused``."""
    if not body.is_valid():
        raise FieldsRefused(faults_of(body.errors))
    return dict(body.validated_data)


def faults_of(errors: Any, place: str = "") -> list[Fault]:
    if isinstance(errors, Mapping):
        return [fault for name, each in errors.items() for fault in faults_of(each, _within(place, name))]
    if isinstance(errors, list):
        return [fault for each in errors for fault in faults_of(each, place)]
    return [Fault(place, getattr(errors, "code", "invalid"), force_str(errors))]


def _within(place: str, name: Any) -> str:
    if name == api_settings.NON_FIELD_ERRORS_KEY:
        return place
    return f"{place}.{name}" if place else str(name)


def faults_of_form(errors: ErrorDict) -> list[Fault]:
    return [
        Fault("" if name == NON_FIELD_ERRORS else name, each.code or "invalid", " ".join(each.messages))
        for name, told in errors.as_data().items()
        for each in told
    ]


def form_schema(asked: Mapping[str, forms.Field], *, partial: bool) -> dict[str, Any]:
    """What ``Body`` takes, as a schema."""
    required = [] if partial else [name for name, each in asked.items() if each.required]
    schema = {"type": "object", "properties": {name: field_schema(each) for name, each in asked.items()}}
    return {**schema, "additionalProperties": False, **({"required": required} if required else {})}


def field_schema(asked: forms.Field) -> dict[str, Any]:
    schema = _typed(asked)
    if not asked.required and not isinstance(schema.get("type"), list) and schema["type"] != "boolean":
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], "", None]
    words = [str(each) for each in (asked.label, asked.help_text) if each]
    ended = [each if each[-1] in ".?!" else f"{each}." for each in words]
    return {**schema, "description": " ".join(ended)} if ended else schema


def _typed(asked: forms.Field) -> dict[str, Any]:
    if isinstance(asked, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return {"type": "array", "items": {"type": "string", **_choices(asked)}}
    if isinstance(asked, forms.NullBooleanField):
        return {"type": ["boolean", "null"]}
    if isinstance(asked, forms.BooleanField):
        return {"type": "boolean", **({"enum": [True]} if asked.required else {})}
    if isinstance(asked, forms.FloatField):
        return {"type": "number"}
    if isinstance(asked, forms.DecimalField):
        return {"type": "string", "pattern": r"^-?[0-9]{1,20}(\.[0-9]{1,10})?$"}
    if isinstance(asked, forms.IntegerField):
        return {"type": "integer", **_bounds(asked)}
    if isinstance(asked, forms.DateField):
        return {"type": "string", "format": "date"}
    return {"type": "string", **_lengths(asked), **_pattern(asked), **_choices(asked)}


def _bounds(asked: forms.IntegerField) -> dict[str, Any]:
    least = -LARGEST if asked.min_value is None else asked.min_value
    most = LARGEST if asked.max_value is None else asked.max_value
    return {"minimum": least, "maximum": most}


def _lengths(asked: forms.Field) -> dict[str, Any]:
    found = {"minLength": getattr(asked, "min_length", None), "maxLength": getattr(asked, "max_length", None)}
    if found["minLength"] is None and asked.required:
        found["minLength"] = 1
    if not asked.required:
        found["minLength"] = None  # left empty is always well
    return {name: bound for name, bound in found.items() if bound is not None}


def _pattern(asked: forms.Field) -> dict[str, Any]:
    """The form's own pattern, where JSON Schema reads it as Python does."""
    plain = [re.compile(each.regex).pattern for each in asked.validators if type(each) is RegexValidator]
    portable = [each for each in plain if re.fullmatch(r"\^.*\$", each) and not re.search(r"(?<!\\)\(\?", each)]
    return {"pattern": portable[0] if asked.required else f"^$|{portable[0]}"} if portable else {}


def _choices(asked: forms.Field) -> dict[str, Any]:
    """The codes, where they are the same for everybody; those that depend on who asks are no part of the schema."""
    choices = getattr(asked, "choices", None)
    if not isinstance(choices, list | tuple):
        return {}
    codes = [str(code) for code in _flat(choices) if code != ""]
    return {"enum": codes} if codes else {}


def _flat(choices: Any) -> list[Any]:
    return [
        code
        for value, text in choices
        for code in ([each for each, _ in text] if isinstance(text, list | tuple) else [value])
    ]
