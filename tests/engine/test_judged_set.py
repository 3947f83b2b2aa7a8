"""The judged set is frozen ground: figures are compared on it, so it must not fall apart unnoticed."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

JUDGED = Path(__file__).parents[2] / "benchmarks" / "judged"
FITS = 3


def _rows(name: str) -> list[dict[str, str]]:
    with (JUDGED / name).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_every_pair_is_judged_once_with_a_level_and_a_reason() -> None:
    pairs = _rows("patents.csv")
    assert len({(row["rid"], row["number"]) for row in pairs}) == len(pairs)
    assert {row["level"] for row in pairs} == {"1", "2", "3", "4"}
    assert all(row["reason"].strip() for row in pairs)


def test_a_need_fits_when_a_patent_reaches_the_third_level() -> None:
    levels: dict[str, list[int]] = defaultdict(list)
    for row in _rows("patents.csv"):
        levels[row["rid"]].append(int(row["level"]))
    verdicts = {row["rid"]: row["verdict"] for row in _rows("needs.csv")}
    assert len(verdicts) == 60
    assert verdicts == {rid: "fits" if max(found) >= FITS else "none_fits" for rid, found in levels.items()}


def test_the_main_section_of_a_need_is_the_one_it_was_drawn_by() -> None:
    drawn = {row["rid"]: row["section"] for row in _rows("sections.csv")}
    assert len(drawn) == 371
    assert [row["rid"] for row in _rows("needs.csv") if row["sections"][0] != drawn[row["rid"]]] == []


def test_what_was_judged_again_was_judged_before() -> None:
    before = {(row["rid"], row["number"]) for row in _rows("patents.csv")}
    again = {(row["rid"], row["number"]) for row in _rows("again.csv")}
    assert len(again) == 30
    assert again <= before
