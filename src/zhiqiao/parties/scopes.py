"""How far a program's key reaches: ``read`` or ``write`` over everything, or over one register (``needs:write``)."""

from __future__ import annotations

from collections.abc import Iterable

READ, WRITE = "read", "write"
VERBS = (READ, WRITE)
KEYS = "keys"
PEOPLE = "people"
HOOKS = "hooks"
BY_PEOPLE_ALONE = frozenset({KEYS, PEOPLE, HOOKS})
"""Registers that no key writes: one could give itself more scopes and a longer life, be told a new password and so
become the person, or leave a webhook behind that outlives it."""


def allows(scopes: Iterable[str], register_path: str, verb: str) -> bool:
    """Whether one of the scopes reaches so far. Who may write may read the same, for a change starts with a look.
    Keys, log-ins and webhooks are written by people alone."""
    if register_path in BY_PEOPLE_ALONE and verb == WRITE:
        return False
    enough = (verb, WRITE) if verb == READ else (verb,)
    held = frozenset(scopes)
    return verb in VERBS and any(each in held or f"{register_path}:{each}" in held for each in enough)


def is_scope(text: str, register_paths: Iterable[str]) -> bool:
    path, _, verb = text.rpartition(":")
    if path in BY_PEOPLE_ALONE and verb == WRITE:
        return False
    return verb in VERBS and (path in register_paths if path else ":" not in text)
