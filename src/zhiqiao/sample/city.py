"""The sample city: an invented office's worth of patents, organisations, needs and people.

Everything is made up. Organisations carry 示例 in their names, inventors 示 or 例; application numbers lie in a
range that the office never reaches. The same call gives the same city, on every machine.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from zhiqiao.sample.files import SampleFiles, write_files
from zhiqiao.sample.model import City, SampleNeed, SampleOrganisation, SamplePerson
from zhiqiao.sample.patents import SamplePatent, compose_patents
from zhiqiao.sample.seeds import load, number

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# 登记管理部门 and 机构类别: 11 政府机关, 12 事业单位, 91 企业.
_CREDIT_PREFIX = {"authority": "11", "university": "12", "institute": "12", "hospital": "12"}
_CITY_DIVISION = "441900"

__all__ = [
    "City",
    "SampleFiles",
    "SampleNeed",
    "SampleOrganisation",
    "SamplePatent",
    "SamplePerson",
    "sample_city",
    "write_sample",
]


@cache
def sample_city() -> City:
    organisations = tuple(_organisation(at, row) for at, row in enumerate(load("organisations.json")))
    wanted = frozenset(key for row in load("needs.json") for key in row["expected"])
    patents = compose_patents({each.key: each for each in organisations}, wanted)
    return City(organisations, patents, _needs(organisations, patents), _people())


def write_sample(folder: Path) -> SampleFiles:
    """Write the importable files into ``folder``, which is made if need be; the same bytes every time."""
    return write_files(sample_city(), folder)


def _organisation(at: int, row: dict[str, object]) -> SampleOrganisation:
    kind = str(row["kind"])
    return SampleOrganisation(
        key=str(row["key"]),
        name=str(row["name"]),
        kind=kind,
        credit_code=_credit_code(_CREDIT_PREFIX.get(kind, "91"), at),
        town=str(row["town"]),
        town_code=str(row["town_code"]),
        industry=str(row["industry"]),
        size=str(row["size"]),
        honours=_words(row["honours"]),
        former_names=_words(row["former_names"]),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _credit_code(prefix: str, serial: int) -> str:
    """A well-formed credit code of nobody (GB 32100-2015): its body lies in a range set aside."""
    body = f"MA99{serial:04d}"
    values = (int(char, 36) * weight for char, weight in zip(body, _BODY_WEIGHTS, strict=True))
    check = 11 - sum(values) % 11
    body += {10: "X", 11: "0"}.get(check, str(check))
    head = prefix + _CITY_DIVISION + body
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(head, _CREDIT_WEIGHTS, strict=True))
    return head + _CREDIT_ALPHABET[(31 - total) % 31]


def _needs(organisations: tuple[SampleOrganisation, ...], patents: tuple[SamplePatent, ...]) -> tuple[SampleNeed, ...]:
    names = {each.key: each.name for each in organisations}
    return tuple(
        SampleNeed(
            number=row["number"],
            organisation=names[row["organisation"]],
            title=row["title"],
            text=row["text"],
            budget_yuan=row["budget_yuan"],
            stated_on=date(2025, 9 + number(4, row["number"], "month"), 1 + number(28, row["number"], "day")),
            deadline=date(2027, 12, 31),
            expected=_answers(row["expected"], patents),
            cross_field=row["cross_field"],
        )
        for row in load("needs.json")
    )


def _answers(keys: list[str], patents: tuple[SamplePatent, ...]) -> tuple[str, ...]:
    """Application numbers of the ideas that answer a need, the best first."""
    numbers = {each.key: each.application_number for each in patents}
    return tuple(numbers[key] for key in keys)


def _people() -> tuple[SamplePerson, ...]:
    return tuple(SamplePerson(**row) for row in load("people.json"))
