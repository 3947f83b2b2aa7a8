"""Organisations that so far are only a name in a patent file, taken in by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from zhiqiao.core.audit import Subject, Work, as_column
from zhiqiao.core.bulk import insert_rows
from zhiqiao.core.models.base import new_public_id
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.parties.actions.organisations import name_columns
from zhiqiao.parties.models import LIVING, Organisation
from zhiqiao.parties.naming import NAMES, OrganisationFinder, names_an_organisation, suggested_kind
from zhiqiao.parties.roles import OrganisationKind

_COLUMNS = (
    "public_id", "created_at", "updated_at", "name", "name_key", "pinyin", "initials", "kind", "kind_suggested",
    "town_code", "park_code", "address", "industries", "honours", "description", "products", "named_only",
)  # fmt: skip


def register_named(work: Work, names: Iterable[str], finder: OrganisationFinder | None = None) -> dict[str, int]:
    """The organisation of each name, known or newly taken in as ``named_only``; name → private key.

    Left out: names of persons, empty names, and names that mean several organisations. Give the import's own
    ``finder`` to have the newly taken in ones found by it afterwards; without one the register is read anew.
    """
    known = finder if finder is not None else OrganisationFinder.load()
    wanted = dict.fromkeys(names)
    fresh: dict[str, dict[str, str]] = {}
    for name in wanted:
        if not known.candidates(name) and names_an_organisation(name) and (columns := _columns(name)) is not None:
            fresh.setdefault(columns["name_key"], columns)
    _learn_of_others(known, fresh)
    _revive(work, known, fresh)
    for key, columns in zip(_insert(work, list(fresh.values())), fresh.values(), strict=True):
        known.add(key, columns["name"])
    found = ((name, known.find(name)) for name in wanted)
    return {name: key for name, key in found if key is not None}


def _learn_of_others(finder: OrganisationFinder, fresh: dict[str, dict[str, str]]) -> None:
    """What another import registered since this one read the register is not new any more."""
    for keys in in_batches(list(fresh)):
        part = Organisation.objects.filter(LIVING, name_key__in=keys)
        for key, name, name_key in part.values_list("pk", "name", "name_key"):
            finder.add(key, name)
            fresh.pop(name_key, None)


def _revive(work: Work, finder: OrganisationFinder, fresh: dict[str, dict[str, str]]) -> None:
    """Records that were taken back with their import come back as names; what is left in ``fresh`` is new."""
    for name_key, columns in list(fresh.items()):
        key = finder.find_withdrawn(columns["name"])
        if key is None:
            continue
        Organisation.objects.filter(pk=key).update(withdrawn_at=None, updated_at=work.at)
        public_id = Organisation.objects.values_list("public_id", flat=True).get(pk=key)
        work.record("parties.register_named", Subject("parties.organisation", str(public_id)), None, _trail(columns))
        finder.add(key, columns["name"])
        del fresh[name_key]


def _trail(columns: Mapping[str, str]) -> dict[str, Any]:
    return {"name": columns["name"], "named_only": True}


def _columns(name: str) -> dict[str, str] | None:
    try:
        return name_columns(name)
    except ZhiqiaoError:  # too long for a name, or empty once cleaned: not an organisation we can hold
        return None


def _insert(work: Work, organisations: list[dict[str, str]]) -> list[int]:
    """Their keys, in the order given."""
    public_ids = [new_public_id() for _ in organisations]
    rows = (_row(work, public_id, each) for public_id, each in zip(public_ids, organisations, strict=True))
    insert_rows(Organisation, _COLUMNS, rows)
    for public_id, each in zip(public_ids, organisations, strict=True):
        work.record("parties.register_named", Subject("parties.organisation", str(public_id)), None, _trail(each))
    keys: dict[UUID, int] = {}
    for part in in_batches(public_ids):
        keys.update(Organisation.objects.filter(public_id__in=part).values_list("public_id", "pk"))
    written = [keys[public_id] for public_id in public_ids]
    NAMES.keep((key, each["name_key"], each["pinyin"]) for key, each in zip(written, organisations, strict=True))
    return written


def _row(work: Work, public_id: Any, columns: Mapping[str, str]) -> tuple[Any, ...]:
    at = as_column(work.at)
    kind = suggested_kind(columns["name"]) or OrganisationKind.OTHER
    keys = (columns["name"], columns["name_key"], columns["pinyin"], columns["initials"])
    return (as_column(public_id), at, at, *keys, str(kind), True, "", "", "", "[]", "[]", "", "", True)
