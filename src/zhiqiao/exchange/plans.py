"""What to do with each column of a sheet, settled once before its rows are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from zhiqiao.exchange.cells import Row
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.exchange.rows import CellIssue, ReadOptions, plain_facts
from zhiqiao.exchange.values import Converter, PartlyRead, money_reader, read_note
from zhiqiao.kernel.errors import Invalid, ZhiqiaoError
from zhiqiao.kernel.money import UNITS, Unit

# Fields written with a dot, as money.price, become entries of a mapping of the record.
GROUPS = ("extra", "declared", "money")


@dataclass(frozen=True, slots=True)
class Reader:
    """How a field's cell is read, and the record's name for the field where it differs."""

    convert: Converter
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    column: int
    group: str
    name: str
    convert: Converter


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[_Step, ...]

    def read(self, cells: Row, issues: list[CellIssue]) -> dict[str, Any]:
        """Values by field name, only for cells that say something; what cannot be read is added to ``issues``."""
        values: dict[str, Any] = {}
        width = len(cells)
        for step in self.steps:
            cell = cells[step.column] if step.column < width else None
            if cell is None or cell == "":
                continue
            try:
                value = step.convert(cell)
            except ZhiqiaoError as error:
                value = error.value if isinstance(error, PartlyRead) else None
                if not error.reason.endswith("_empty"):
                    issues.append(CellIssue(step.column, error.reason, plain_facts(error.facts), cell))
            if value is None or value == ():
                continue
            if step.group:
                values.setdefault(step.group, {})[step.name] = value
            else:
                values[step.name] = value
        return values


def plan_columns(
    mapping: HeadingMap, readers: Mapping[str, Reader], options: ReadOptions, skipped: Collection[int] = ()
) -> Plan:
    steps = []
    for column, field in mapping.columns.items():
        if column in skipped:
            continue
        group, dot, rest = field.partition(".")
        if dot and group in GROUPS:
            convert: Converter = read_note
            if group == "money":
                convert = money_reader(_unit(mapping, options, column, field))
            steps.append(_Step(column, group, rest, convert))
        elif field in readers:
            reader = readers[field]
            steps.append(_Step(column, "", reader.name or field, reader.convert))
    return Plan(tuple(steps))


def _unit(mapping: HeadingMap, options: ReadOptions, column: int, field: str) -> Unit | None:
    """What the heading names, else what was confirmed for the field or heading. Raises unit_unknown."""
    confirmed = options.units.get(field) or options.units.get(mapping.headings[column])
    unit = (mapping.units or {}).get(field) or confirmed
    if unit is not None and unit not in UNITS:
        raise Invalid("unit_unknown", unit=unit, known=list(UNITS))
    return unit
