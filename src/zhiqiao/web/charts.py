"""A chart is a value: what it shows, in which shape, and where each of its parts leads. Drawn by one script, with the
table of its figures always beneath."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhiqiao.kit.columns import Text


class Shape(StrEnum):
    BARS = "bars"  # over a few categories or days
    ROWS = "rows"  # lying bars: long names
    LINE = "line"  # over time
    PIE = "pie"  # parts of a whole, six at most


@dataclass(frozen=True)
class Series:
    """One figure for each category; None is not known, which is not zero."""

    name: Text
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """``key`` is its name in the page, ``unit`` follows each figure, ``addresses`` lead from a category to its
    records; without any, the chart leads nowhere. ``lead``: a line below the title, as whose figures they are and of
    which day."""

    key: str
    title: Text
    shape: Shape
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    unit: Text = ""
    lead: Text = ""
    addresses: tuple[str, ...] = ()
    stacked: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", self.key):
            raise ValueError(f"no name in a page: {self.key}")
        wrong = [each for each in self.series if len(each.values) != len(self.categories)]
        if wrong or (self.addresses and len(self.addresses) != len(self.categories)):
            raise ValueError(f"not one figure a category: {self.key}")
        if self.shape is Shape.PIE and len(self.series) != 1:
            raise ValueError(f"a pie shows one series: {self.key}")

    @property
    def script_id(self) -> str:
        return f"chart-{self.key}"

    @property
    def empty(self) -> bool:
        """Nothing to show: every figure is zero or not known."""
        return not any(value for each in self.series for value in each.values)

    @property
    def drawn(self) -> dict[str, Any]:
        """What the script reads."""
        values = [value for each in self.series for value in each.values]
        return {
            "kind": self.shape.value,
            "categories": [str(each) for each in self.categories],
            "series": [{"name": str(each.name), "values": list(each.values)} for each in self.series],
            "unit": str(self.unit),
            "addresses": list(self.addresses),
            "stacked": self.stacked,
            "whole": all(value is None or float(value).is_integer() for value in values),
        }

    def lines(self) -> Iterator[tuple[Text, str, list[float | None]]]:
        """The rows of the table: category, where it leads, its figures."""
        for place, category in enumerate(self.categories):
            address = self.addresses[place] if self.addresses else ""
            yield category, address, [each.values[place] for each in self.series]
