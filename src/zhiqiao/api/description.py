"""The whole description of the interface, in English whatever the language at hand."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from zhiqiao.api.represent import ROOT


def description() -> dict[str, Any]:
    with override("en"):
        places = [path(ROOT.lstrip("/"), include("zhiqiao.api.urls"))]
        made: dict[str, Any] = SchemaGenerator(patterns=places).get_schema(public=True)  # type: ignore[no-untyped-call]
        return made


def description_as_yaml() -> str:
    written: bytes = OpenApiYamlRenderer().render(description(), renderer_context={})  # type: ignore[no-untyped-call]
    return written.decode()
