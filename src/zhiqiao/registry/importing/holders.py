"""Who holds a patent: the names a list gives, linked to organisations of the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from zhiqiao.core.audit import Work
from zhiqiao.kernel.names import organisation_key
from zhiqiao.parties.actions.named import register_named
from zhiqiao.parties.naming import OrganisationFinder, names_an_organisation


class HolderLinker:
    """Finds the organisation behind a name; bodies that nobody registered yet enter the register by name alone."""

    def __init__(self, finder: OrganisationFinder) -> None:
        self._finder = finder
        self._known: dict[str, int | None] = {}

    @classmethod
    def load(cls) -> HolderLinker:
        return cls(OrganisationFinder.load())

    def find(self, name: str) -> int | None:
        """The organisation of that name, where the register knows one."""
        return self._finder.find(name)

    def find_by_credit_code(self, code: str) -> int | None:
        return self._finder.find_by_credit_code(code)

    def learn(self, work: Work, names: Iterable[str]) -> None:
        """Look all names up; register the bodies among the unknown ones."""
        unknown: list[str] = []
        for name in names:
            if name in self._known:
                continue
            self._known[name] = self._finder.find(name)
            if self._known[name] is None and not self._finder.candidates(name) and names_an_organisation(name):
                unknown.append(name)
        if unknown:
            self._known.update(register_named(work, unknown, self._finder))

    def rows(self, patent: int, role: str, names: Sequence[str], recorded_at: Any) -> Iterable[tuple[Any, ...]]:
        """PatentHolder rows in the order of ``HOLDER_COLUMNS``."""
        for ordinal, name in enumerate(names, 1):
            organisation = self._known.get(name)
            yield (
                patent, role, ordinal, name[:255], organisation_key(name)[:255], organisation,
                organisation, None, None, recorded_at, None,
            )  # fmt: skip


HOLDER_COLUMNS = (
    "patent_id", "role", "ordinal", "name", "name_key", "organisation_id", "standing_id",
    "valid_from", "valid_to", "recorded_at", "superseded_at",
)  # fmt: skip


def effective(values: dict[str, Any]) -> tuple[str, Sequence[str]]:
    """The present right holders where the source names them, else the applicants."""
    if values["holders"]:
        return "holder", values["holders"]
    return "applicant", values["applicants"]
