from __future__ import annotations

import gzip
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from zhiqiao.registry.reference import tables

IPC = {entry.code: entry for entry in tables.ipc_entries()}
INDUSTRIES = {entry.code: entry for entry in tables.industries()}


def test_ipc_holds_every_level_and_hangs_together() -> None:
    levels = Counter(entry.level for entry in IPC.values())
    assert (levels["section"], levels["class"]) == (8, 132)
    assert levels["subclass"] > 650
    assert levels["main_group"] > 7500
    assert all(entry.parent in IPC for entry in IPC.values() if entry.level != "section")


def test_ipc_titles_can_be_read() -> None:
    for entry in IPC.values():
        title = entry.title_zh
        assert title, entry.code
        assert "Code:" not in title, entry.code
        assert title.count("（") == title.count("）"), entry.code
    assert IPC["A01B"].title_zh == "农业或林业的整地；一般农业机械或农具的部件、零件或附件"
    assert IPC["C01G23/00"].title_zh == "钛化合物"


def test_ipc_sections_and_classes_have_english_names() -> None:
    assert all(entry.title_en for entry in IPC.values() if entry.level in ("section", "class"))


@pytest.mark.parametrize(
    ("code", "begins", "ends"),
    [
        ("H01L27/00", None, date(2024, 12, 31)),
        ("H01L51/00", None, date(2022, 12, 31)),
        ("H01L", None, date(2025, 12, 31)),
        ("H10K", date(2023, 1, 1), None),
        ("H10H20/00", date(2025, 1, 1), None),
        ("H10W40/00", date(2026, 1, 1), None),
        ("A47C7/00", None, None),
    ],
)
def test_ipc_places_know_when_they_hold(code: str, begins: date | None, ends: date | None) -> None:
    assert (IPC[code].effective_from, IPC[code].effective_to) == (begins, ends)


def test_moves_lead_from_known_places_to_places_in_force() -> None:
    moves = list(tables.ipc_moves())
    for move in moves:
        old = move.old_prefix.split("/")[0]
        assert old in IPC or f"{old}/00" in IPC, move
        new = IPC.get(move.new_prefix) or IPC[f"{move.new_prefix}/00"]
        assert new.effective_to is None, move
    assert [move.effective_from for move in moves] == sorted(move.effective_from for move in moves)


def test_the_old_semiconductor_class_moved_as_published() -> None:
    found = {(move.old_prefix, move.new_prefix, move.effective_from.year) for move in tables.ipc_moves()}
    assert {
        ("H01L51", "H10K", 2023),
        ("H01L35", "H10N10", 2023),
        ("H01L41", "H10N30", 2023),
        ("H01L31", "H10F", 2025),
        ("H01L33", "H10H20", 2025),
        ("H01L27/146", "H10F39", 2025),
        ("H01L23", "H10W", 2026),
    } <= found


def test_industries_are_the_four_levels_of_the_standard() -> None:
    levels = Counter(entry.level for entry in INDUSTRIES.values())
    assert (levels["section"], levels["division"], levels["group"]) == (20, 97, 473)
    assert levels["class"] >= 1381
    assert all(entry.parent in INDUSTRIES for entry in INDUSTRIES.values() if entry.level != "section")
    assert all(" " not in entry.title_zh for entry in INDUSTRIES.values())
    assert INDUSTRIES["C"].title_en == "Manufacturing"


def test_towns_are_thirty_two_and_four_parks() -> None:
    levels = Counter(entry.level for entry in tables.towns())
    assert levels == {"subdistrict": 4, "town": 28, "park": 4}


def test_suggestions_name_known_places_and_never_claim_certainty() -> None:
    suggestions = list(tables.industry_suggestions())
    assert len({suggestion.ipc_subclass for suggestion in suggestions}) >= 400
    for suggestion in suggestions:
        assert IPC[suggestion.ipc_subclass].level == "subclass"
        assert suggestion.industry in INDUSTRIES
        assert suggestion.uncertain
        assert 0 < suggestion.weight <= 1


def test_every_subclass_falls_into_a_technology_field() -> None:
    fields = list(tables.technology_fields())
    assert [field.number for field in fields] == list(range(1, 36))
    prefixes = tuple(prefix for field in fields for prefix in field.ipc_prefixes)
    assert len(prefixes) == len(set(prefixes))
    assert [e.code for e in IPC.values() if e.level == "subclass" and not e.code.startswith(prefixes)] == []


def test_the_tables_are_what_the_published_lists_give(shared_data: Path, tmp_path: Path) -> None:
    names = ("ipc.csv.gz", "industries.csv.gz", "towns.csv.gz")
    script = Path(__file__).resolve().parents[2] / "scripts" / "reference" / "build.py"
    subprocess.run([sys.executable, str(script), str(shared_data / "reference"), str(tmp_path)], check=True)
    for name in names:
        rebuilt = gzip.decompress((tmp_path / name).read_bytes())
        assert rebuilt == gzip.decompress((tables.FOLDER / name).read_bytes())
