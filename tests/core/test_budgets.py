"""The sizes we hold ourselves to (docs: how the code reads): functions and files one can take in at a glance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "zhiqiao"
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEST_FILE = 60, 400, 500
MEDIAN, P95 = 10, 40


def sources(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


@cache
def functions() -> list[tuple[str, int]]:
    """Every function of the product with its number of lines."""
    return [found for path in sources(SOURCE) for found in functions_of(path)]


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            assert found.end_lineno is not None
            yield f"{path.relative_to(ROOT)}:{found.name}", found.end_lineno - found.lineno + 1


def too_long(folder: Path, limit: int) -> list[str]:
    lengths = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in sources(folder))
    return [f"{path.relative_to(ROOT)}: {lines}" for path, lines in lengths if lines > limit]


def test_no_function_is_over_sixty_lines() -> None:
    assert [f"{name}: {lines}" for name, lines in functions() if lines > LONGEST_FUNCTION] == []


def test_half_of_the_functions_have_at_most_ten_lines_and_nearly_all_at_most_forty() -> None:
    lengths = sorted(lines for _, lines in functions())
    assert lengths[len(lengths) // 2] <= MEDIAN
    assert lengths[len(lengths) * 95 // 100] <= P95


def test_no_file_is_over_four_hundred_lines() -> None:
    assert too_long(SOURCE, LONGEST_FILE) == []


def test_no_test_file_is_over_five_hundred_lines() -> None:
    assert too_long(ROOT / "tests", LONGEST_TEST_FILE) == []
