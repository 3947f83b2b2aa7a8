"""All registers of the installation, by name, as ``settings.ZHIQIAO_REGISTERS`` lists them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.registers import Register


@cache
def registers() -> tuple[Register[Any], ...]:
    """In the order of the settings, which is the order of the navigation."""
    return tuple(import_string(path.replace(":", ".")) for path in settings.ZHIQIAO_REGISTERS)


def register_named(name: str) -> Register[Any]:
    """Raises ``NotFound`` ``register_not_found`` where there is none of that name."""
    found = register_or_none(name)
    if found is None:
        raise NotFound("register_not_found", register=name[:64])
    return found


def register_or_none(name: str) -> Register[Any] | None:
    return next((each for each in registers() if each.name == name), None)
