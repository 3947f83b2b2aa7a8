"""Which organisation a row speaks of: by credit code, then by name, then by the former names it gives."""

from __future__ import annotations

from dataclasses import dataclass

from zhiqiao.exchange.organisations import OrganisationRecord
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Conflict
from zhiqiao.kernel.text import compact
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.naming import OrganisationFinder


class RowConflict(Conflict):
    """What the row says of itself belongs to different organisations; only a person can tell which is meant."""

    code = "organisation_conflict"


@dataclass(frozen=True)
class Match:
    """``key`` None: nobody the register knows. ``renames``: the row's name is new for the organisation found."""

    key: int | None
    renames: bool = False


def match(record: OrganisationRecord, finder: OrganisationFinder, stored: StoredOrganisations) -> Match:
    """Raises ``RowConflict`` with ``organisation_conflict``, or ``organisation_ambiguous`` where a name means
    several organisations and no credit code decides."""
    named = finder.candidates(record.name)
    by_code = finder.find_by_credit_code(record.credit_code)
    if by_code is not None:
        if named and by_code not in named:
            raise RowConflict
        return Match(by_code, renames=not named)
    if named:
        return _by_name(record, _only(named), stored)
    return _by_former_names(record, finder, stored)


def _only(keys: frozenset[int]) -> int:
    if len(keys) > 1:
        raise RowConflict("organisation_ambiguous")
    return next(iter(keys))


def _by_name(record: OrganisationRecord, key: int, stored: StoredOrganisations) -> Match:
    known = stored[key]
    if not _codes_differ(record, known):
        return Match(key)
    if compact(record.name) == compact(known.name):
        raise RowConflict
    # 某某有限公司 and 某某股份有限公司 share a key; two credit codes say that they are two.
    return Match(None)


def _by_former_names(record: OrganisationRecord, finder: OrganisationFinder, stored: StoredOrganisations) -> Match:
    found = frozenset(key for name in record.former_names for key in finder.candidates(name))
    if not found:
        withdrawn = finder.find_withdrawn(record.name)
        return Match(withdrawn)
    key = _only(found)
    if _codes_differ(record, stored[key]):
        raise RowConflict
    return Match(key, renames=True)


def _codes_differ(record: OrganisationRecord, known: Organisation) -> bool:
    return bool(record.credit_code and known.credit_code and record.credit_code != known.credit_code)


class StoredOrganisations(dict[int, Organisation]):
    """Records by key as this chunk knows them, read when first asked for."""

    def __missing__(self, key: int) -> Organisation:
        self[key] = Organisation.objects.get(pk=key)
        return self[key]

    def read_ahead(self, keys: list[int]) -> None:
        for part in in_batches(keys):
            self.update(Organisation.objects.in_bulk(part))
