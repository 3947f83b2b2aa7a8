"""No stable code reaches a reader as it is: every one that the rooms below write down has its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from zhiqiao.inventory.rules.scope import IN_CODES, OUT_CODES
from zhiqiao.inventory.rules.statements import EXPLOITATION, SELF_GRADES, WAYS, WILLING
from zhiqiao.inventory.rules.statements import __file__ as statements_file
from zhiqiao.inventory.states import ENTRY_STATES
from zhiqiao.kit.catalogue import registers
from zhiqiao.registry.models.patents import PatentKind, StatusGroup
from zhiqiao.wording.terms import LABELS
from zhiqiao.wording.trail import ACTIONS

PACKAGE = Path(__file__).resolve().parents[2] / "src/zhiqiao"
ACTION = re.compile(r"(core|parties|hooks|registry|inventory|needs|matching)\.[a-z_]+")


WRITERS = {"record", "record_undone", "write_changes", "_noted"}


def recorded() -> Iterator[str]:
    """Every action named where something is recorded: handed to what records it, or bound to a name ``action``."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node) in WRITERS:
                yield from (text for each in node.args for text in texts(each) if ACTION.fullmatch(text))
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "action" for target in node.targets):
                yield from (text for text in texts(node.value) if ACTION.fullmatch(text))


def called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def test_every_action_on_the_trail_has_words() -> None:
    actions = set(recorded())
    assert len(actions) > 40 and {"core.end_job", "registry.publish_matured", "matching.relink_merged"} <= actions
    assert actions - set(ACTIONS) == set()


def test_every_move_of_an_entry_has_words() -> None:
    moves = {f"inventory.{each.name}" for each in ENTRY_STATES.transitions}
    assert moves - set(ACTIONS) == set()


def test_every_kind_of_long_work_and_every_schedule_has_words() -> None:
    assert {*settings.ZHIQIAO_JOBS, *settings.ZHIQIAO_SCHEDULES} - set(LABELS) == set()


def test_what_waits_is_said_of_one_and_of_many() -> None:
    said = [waits for register in registers() for waits in register.waits]
    with override("en"):
        assert said and all("2" in each.words(2) and each.words(1) != each.words(2) for each in said)


def test_codes_of_scope_kind_status_and_statements_have_words() -> None:
    codes = {*IN_CODES, *OUT_CODES, *PatentKind.values, *StatusGroup.values}
    codes |= {*SELF_GRADES, *WILLING, *WAYS, *EXPLOITATION}
    assert codes - set(LABELS) == set()


def test_facts_that_an_indicator_rests_on_have_names() -> None:
    tree = ast.parse((Path(statements_file).parent / "measures.py").read_text(encoding="utf-8"))
    named = {
        str(key.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and re.fullmatch("[a-z_]+", str(key.value))
    }
    assert {"status", "as_of", "kind"} <= named and named - set(LABELS) == measures(tree)


def measures(tree: ast.Module) -> set[str]:
    """Names of the measures themselves, which have their own table."""
    tables = [node.value for node in ast.walk(tree) if isinstance(node, ast.AnnAssign) and node.value]
    return {
        str(key.value)
        for table in tables
        if isinstance(table, ast.Dict)
        for key in table.keys
        if isinstance(key, ast.Constant)
    } - set(LABELS)
