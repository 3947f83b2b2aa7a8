"""Keep the table of rights: docs/permissions.md, read from the policies and the registers.

python scripts/permissions.py            # write it
python scripts/permissions.py --check    # exit 1 where a right is not what the table says
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import django
from django.apps import apps
from django.utils.translation import override

if TYPE_CHECKING:
    from zhiqiao.kit.permissions import Policy, Rule, Scope
    from zhiqiao.kit.registers import Register

PLACE: Final = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
SHOWN: Final = 60  # lines of difference
PUBLIC: Final = ("公众", "the public")
INTRODUCTION: Final = """\
# 权限一览 · Who may do what

This table is written by `scripts/permissions.py` from the rules that the product enforces (`<app>/policies.py`) and is
compared with them by `make check`: a right that changes shows here as a changed line.
本表由程序实际执行的规则生成，任何权限变动都会在此体现。

| Word 词 | Means 含义 |
|---|---|
| all 全部 | every record 所有记录 |
| own 本单位 | records of an organisation in which the person holds this role 本人以该角色任职的单位的记录 |
| self 本人 | records of the person, or that the person asked for 本人名下或本人提出的记录 |
| published 已公开 | records that are published 已公开的记录 |
| ° | but not what was taken back 已撤回的除外 |
| – | none 无 |

Several lines in one cell: each of them permits it. A number stands for the note under the table: what must be true of
the record besides. What nobody is permitted is forbidden; a record that a person may not view is not there for them,
whatever else is permitted. Of notes and files beside a record people of an organisation read those of their own house
and what an office wrote to it; what another house did is told by that house's name (docs/adr/0019-notes-and-houses.md).
同格多行为“或”的关系；数字对应表下注释。未列明者一律禁止；无权查看的记录，对该用户等同于不存在。
备注与附件仅本单位人员及主管部门可见；其他单位的操作只显示单位名称，不显示人员姓名与内部理由。
"""
OPEN_PAGE: Final = "a record's page also without a log-in, as far as `view` goes 详情页按查看权限向公众开放"
VERBS: Final = {
    "view": ("查看", "view"),
    "view_history": ("查看经过、备注与附件", "view history, notes and files"),
    "comment": ("写备注", "write notes"),
    "attach": ("放入、撤下附件", "add and withdraw files"),
    "view_statement": ("查看持有人申报内容与来源", "view what the holder declared, and sources"),
    "view_private": ("查看不对外部分", "view the private part"),
    "view_contacts": ("查看联系人", "view contacts"),
    "view_content": ("查看任务内容与结果", "view what the work was about"),
    "import": ("导入", "import"),
    "rename": ("更名", "rename"),
    "change_contacts": ("维护联系人", "change contacts"),
    "add_alias": ("添加别名", "add other names"),
    "merge": ("合并", "merge"),
    "take_stock": ("盘点", "take stock"),
    "suggest_tiers": ("重新建议分层", "suggest tiers anew"),
    "choose_pushes": ("选择接收推送", "choose pushes"),
    "grant": ("授予角色", "grant a role"),
    "end": ("终止角色", "end a role"),
    "correct_profile": ("更正", "correct it"),
    "learn": ("学习、启用、退回版本", "learn, put a version to use, go back"),
    "appraise": ("评价", "appraise"),
    "freeze": ("冻结盘点", "freeze a stocktaking"),
}
OTHERS: Final = {
    "MEMBERSHIPS": ("任职", "Roles of people"),
    "STATEMENTS": ("持有人申报内容", "What holders declared"),
    "APPRAISALS": ("评价结果", "Appraisals"),
    "INVENTORIES": ("盘点", "Stocktakings"),
    "PROFILES": ("排序所掌握的单位情况", "What the ranking holds about an organisation"),
    "RANKING": ("排序学习", "Learning of the ranking"),
    "SUGGESTIONS": ("推送建议", "Push suggestions"),
}
"""Policies without a register of their own, by their name in ``policies.py``."""


@dataclass
class Notes:
    """The conditions under a table, numbered as they are met."""

    known: list[str] = field(default_factory=list)

    def mark(self, scope: Scope) -> str:
        rest = [
            (path, wanted) for path, wanted in scope.values if not (stands(path, wanted) or open_to_all(path, wanted))
        ]
        if not rest:
            return ""
        text = " and ".join(f"`{path}` {told(wanted)}" for path, wanted in rest)
        if text not in self.known:
            self.known.append(text)
        return f" [{self.known.index(text) + 1}]"

    def lines(self) -> Iterator[str]:
        for number, text in enumerate(self.known, 1):
            yield f"{number}. {text}"


def told(wanted: frozenset[Any]) -> str:
    values = sorted("empty" if value is None else f"“{value}”" for value in wanted)
    return "is " + " or ".join(values)


def both(text: Any) -> str:
    """A label in Chinese and English."""
    with override("zh-hans"):
        chinese = str(text)
    with override("en"):
        english = str(text)
    return f"{chinese} {english}"


def stands(path: str, wanted: frozenset[Any]) -> bool:
    """The record was not taken back."""
    return path.endswith("withdrawn_at") and wanted == {None}


def open_to_all(path: str, wanted: frozenset[Any]) -> bool:
    """It is published."""
    return path.rpartition("__")[2] in {"public", "published"} and wanted == {True}


def reach(scope: Scope) -> str:
    words = []
    if scope.organisation:
        words.append("own 本单位")
    if scope.person or scope.asker:
        words.append("self 本人")
    if any(open_to_all(*each) for each in scope.values):
        words.append("published 已公开")
    mark = "°" if any(stands(*each) for each in scope.values) else ""
    return f"{', '.join(words) or 'all 全部'}{mark}"


def speaks_to(rule: Rule, role: str) -> bool:
    """``role`` empty: the public."""
    named = {str(each) for each in rule.roles}
    return "everyone" in named or bool(role and named & {"signed_in", role})


def cell(rules: Iterable[Rule], role: str, notes: Notes) -> str:
    said = [f"{reach(rule.scope)}{notes.mark(rule.scope)}" for rule in rules if speaks_to(rule, role)]
    return "<br>".join(dict.fromkeys(said)) or "–"


def words_of(verb: str, register: Register[Any] | None) -> str:
    if verb in VERBS:
        return " ".join(VERBS[verb])
    labels = [way.label for way in (register.create, register.change) if way and way.verb == verb] if register else []
    labels += [move.label for move in register.moves if move.verb == verb] if register else []
    if not labels:
        raise SystemExit(f"scripts/permissions.py: say what “{verb}” means, in VERBS")
    return " · ".join(both(label) for label in labels)


def table(policy: Policy, register: Register[Any] | None, roles: list[str]) -> Iterator[str]:
    notes = Notes()
    for verb in policy.verbs:
        rules = [rule for rule in policy.rules if rule.verb == verb]
        cells = [cell(rules, role, notes) for role in roles]
        yield f"| `{verb}` {words_of(verb, register)} | {' | '.join(cells)} |"
    if notes.known:
        yield ""
        yield from notes.lines()


def head(roles: list[str]) -> Iterator[str]:
    from zhiqiao.kit.roles import Role

    names = [both(Role(role).label) if role else " ".join(PUBLIC) for role in roles]
    yield f"| | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(roles)}"


def written() -> str:
    from zhiqiao.kit.catalogue import registers
    from zhiqiao.kit.roles import Role

    roles = [*(role.value for role in Role), ""]
    lines = [INTRODUCTION]
    for register in registers():
        lines += [f"## {both(register.title)}", "", *head(roles)]
        opened = ["yes 是" if role in register.roles else "–" for role in roles]
        page = f" ({OPEN_PAGE})" if register.public else ""
        lines += [f"| opens the register 可打开{page} | {' | '.join(opened)} |"]
        lines += [*table(register.policy, register, roles), ""]
    for policy, chinese, english in other_policies({id(register.policy) for register in registers()}):
        lines += [f"## {chinese} {english}", "", *head(roles), *table(policy, None, roles), ""]
    return "\n".join(lines)


def other_policies(known: set[int]) -> Iterator[tuple[Policy, str, str]]:
    """Those that stand in an app's ``*policies.py`` and are no register's."""
    from zhiqiao.kit.permissions import Policy

    for config in apps.get_app_configs():
        for file in sorted(Path(config.path).glob("*policies.py")):
            module = importlib.import_module(f"{config.name}.{file.stem}")
            for name, policy in vars(module).items():
                if isinstance(policy, Policy) and id(policy) not in known:
                    known.add(id(policy))
                    yield (policy, *OTHERS[name])


def main(arguments: list[str]) -> int:
    os.environ["ZHIQIAO_HOME"] = tempfile.mkdtemp(prefix="zhiqiao-permissions-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.conf.settings")
    django.setup()
    made = written()
    if "--check" not in arguments:
        PLACE.write_text(made, encoding="utf-8")
        print(f"docs/{PLACE.name} is written")
        return 0
    kept = PLACE.read_text(encoding="utf-8") if PLACE.exists() else ""
    if kept == made:
        print(f"docs/{PLACE.name} is what the rules say")
        return 0
    told_apart = difflib.unified_diff(kept.splitlines(), made.splitlines(), PLACE.name, "the rules", lineterm="", n=0)
    print("\n".join(list(told_apart)[:SHOWN]))
    print("Rights have changed: look at each line, then run scripts/permissions.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
