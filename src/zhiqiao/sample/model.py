"""What the sample city is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhiqiao.sample.patents import SamplePatent


@dataclass(frozen=True, slots=True)
class SampleOrganisation:
    """``kind``: authority, university, institute, hospital, soe, enterprise, bank, agency, operating_centre.

    ``industry`` is a GB/T 4754 class (four digits), empty for authorities. ``size``: 大型, 中型, 小型, 微型 or empty.
    """

    key: str
    name: str
    kind: str
    credit_code: str
    town: str
    town_code: str
    industry: str
    size: str
    honours: tuple[str, ...]
    former_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleNeed:
    """A need as a small firm writes it.

    ``expected``: application numbers of the patents that answer it, the best first; empty where nothing in the
    city does. A good matcher has one of them in its first ten. ``cross_field``: the answer lies in another IPC
    section than the firm's own trade.
    """

    number: str
    organisation: str
    title: str
    text: str
    budget_yuan: int
    stated_on: date
    deadline: date
    expected: tuple[str, ...]
    cross_field: bool


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A log-in of the demonstration, without a password. ``organisation``: the key of a SampleOrganisation."""

    login: str
    name: str
    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class City:
    organisations: tuple[SampleOrganisation, ...]
    patents: tuple[SamplePatent, ...]
    needs: tuple[SampleNeed, ...]
    people: tuple[SamplePerson, ...]
