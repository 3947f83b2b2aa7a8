"""What an institution may say about a patent in the stocktaking (domain §1.3), and when a file is complete."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from zhiqiao.kernel.errors import Invalid

# The official grades were not found; the two words seen are 转化前景较好 and 前景不明 (domain §1.3).
SELF_GRADES: Final = ("high", "good", "fair", "low", "unclear")
WILLING: Final = ("yes", "no", "later")
WAYS: Final = (
    "assignment", "licence_exclusive", "licence_sole", "licence_ordinary", "open_licence", "equity", "pledge",
    "joint_development", "use_first_pay_later",
)  # fmt: skip
EXPLOITATION: Final = (
    "not_exploited", "self_exploited", "licensed", "assigned", "equity", "joint", "industrialised",
)  # fmt: skip
MATURITY: Final = range(1, 10)
"""Technology readiness levels 1 to 9 (GB/T 22900-2022)."""


def check_choice(field: str, value: str, choices: Sequence[str]) -> str:
    """Empty takes an earlier word back. Raises ``Invalid`` ``choice_unknown``."""
    if value and value not in choices:
        raise Invalid("choice_unknown", field=field, value=value, choices=list(choices))
    return value


def check_ways(ways: Sequence[str]) -> list[str]:
    """The ways in the order of the list, each once."""
    for way in ways:
        check_choice("accepted_ways", way, WAYS)
    return [way for way in WAYS if way in ways]


def check_maturity(level: int | None) -> int | None:
    """Raises ``Invalid`` ``maturity_range``."""
    if level is not None and level not in MATURITY:
        raise Invalid("maturity_range", value=level, lowest=MATURITY[0], highest=MATURITY[-1])
    return level


def lacking_in_file(willing: str, note: str) -> str | None:
    """Why a file cannot go to review yet: ``willing_not_said``, or ``refusal_needs_reason`` (domain §1.3)."""
    if not willing:
        return "willing_not_said"
    return "refusal_needs_reason" if willing == "no" and not note.strip() else None


# Words as institutions write them in their own lists; a word must be met whole, so that 不愿意 is not read as 愿意.
_WILLING_WORDS: Final = {
    "yes": ("有", "是", "愿意", "有意愿", "同意", "yes", "y"),
    "no": ("无", "否", "不愿意", "无意愿", "没有", "no", "n"),
    "later": ("暂不", "暂无", "待定", "暂无意愿", "暂不考虑"),
}
_GRADE_WORDS: Final = {
    "high": ("高", "a", "a级", "很好", "高价值"),
    "good": ("较好", "较高", "b", "b级", "转化前景较好", "前景较好", "好"),
    "fair": ("一般", "中", "c", "c级"),
    "low": ("低", "较低", "d", "d级", "差", "拟放弃"),
    "unclear": ("不明", "前景不明", "产业化前景不明"),
}
_EXPLOITATION_WORDS: Final = {
    "not_exploited": ("未实施", "否", "未转化", "无", "未产业化"),
    "self_exploited": ("自行实施", "自用"),
    "licensed": ("许可他人实施", "许可", "已许可"),
    "assigned": ("已转让", "转让"),
    "equity": ("作价投资", "作价入股"),
    "joint": ("合作实施",),
    "industrialised": ("已产业化", "产业化"),
}
_WAY_WORDS: Final = {
    "assignment": ("转让",),
    "licence_exclusive": ("独占", "独占许可"),
    "licence_sole": ("排他", "排他许可"),
    "licence_ordinary": ("许可", "普通", "普通许可"),
    "open_licence": ("开放许可",),
    "equity": ("作价投资", "作价入股", "入股"),
    "pledge": ("质押", "质押融资"),
    "joint_development": ("合作开发", "合作"),
    "use_first_pay_later": ("先使用后付费", "先用后付", "先用后转"),
}
# The lowest level of each band of domain §2.4: a word is never read as more than it says.
_MATURITY_WORDS: Final = {
    "概念": 1, "实验室": 1, "实验室阶段": 1, "小试": 4, "小试阶段": 4, "中试": 6, "中试阶段": 6, "量产": 8,
    "批量生产": 8,
}  # fmt: skip
_LEVEL: Final = re.compile(r"(?:trl)?[-\s]*([1-9])(?:级)?", re.ASCII)
_BREAKS: Final = re.compile(r"[;；,，、/|\s]+")


def statement_in_words(said: Mapping[str, str]) -> dict[str, Any]:
    """What a holder's own list says, as choices of this register; words that are not understood are left unsaid.

    ``said`` is as the registry keeps it: willingness, ways, maturity, self_grade, implementation.
    """
    ways = {way for part in _BREAKS.split(said.get("ways", "")) if (way := _choice(part, _WAY_WORDS))}
    return {
        "self_grade": _choice(said.get("self_grade", ""), _GRADE_WORDS),
        "willing": _choice(said.get("willingness", ""), _WILLING_WORDS),
        "accepted_ways": [way for way in WAYS if way in ways],
        "maturity": _maturity(said.get("maturity", "")),
        "exploitation": _choice(said.get("implementation", ""), _EXPLOITATION_WORDS),
    }


def _choice(word: str, words: Mapping[str, Sequence[str]]) -> str:
    folded = word.strip().lower()
    return next((choice for choice, written in words.items() if folded in written), "")


def _maturity(word: str) -> int | None:
    folded = word.strip().lower()
    level = _LEVEL.fullmatch(folded)
    return int(level[1]) if level else _MATURITY_WORDS.get(folded)
