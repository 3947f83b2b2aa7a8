"""The sheet on which a list of patents is filled in: what names the patent, then what its holder says of it."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from zhiqiao.exchange.templates import Asked, Shape, under_preferred_headings
from zhiqiao.exchange.vocabularies import PATENTS

KINDS: Final = ("发明", "实用新型", "外观设计")
YES_NO: Final = ("是", "否")
WILLING: Final = ("愿意", "不愿意", "暂不")
GRADES: Final = ("高", "较好", "一般", "低", "不明")
WORKED: Final = ("未实施", "自行实施", "许可他人实施", "已转让", "作价投资", "合作实施", "已产业化")


def template() -> tuple[Asked, ...]:
    return under_preferred_headings(PATENTS, (*_of_the_patent(), *_of_the_holder()))


def _of_the_patent() -> tuple[Asked, ...]:
    return (
        Asked("application_number", required=True, example="202310000001.5", longest=30,
              meaning=_("With its check digit, as 202310000001.5. Keep the column as text, or digits are lost.")),
        Asked("title", meaning=_("As published."), example="示例：一种压铸模具", longest=500),
        Asked("kind", shape=Shape.CHOICE, choices=KINDS, meaning=_("Checked against the number."), example="发明"),
        Asked("filed_on", shape=Shape.DAY, meaning=_("The day of filing."), example=date(2023, 1, 4)),
        Asked("grant_date", shape=Shape.DAY, meaning=_("Empty while it is pending."), example=date(2024, 5, 7)),
        Asked("status", meaning=_("In the words of the source."), example="授权", longest=255),
        Asked("status_date", shape=Shape.DAY, meaning=_("The day for which the status holds."),
              example=date(2025, 3, 18)),
        Asked("main_class", meaning=_("A symbol of the IPC, of a design one of Locarno."),
              example="B22D17/22", longest=255),
        Asked("applicants", meaning=_("Several between ；"), example="示例大学"),
        Asked("holders", meaning=_("Who holds it now; several between ；"), example="示例大学"),
        Asked("inventors", meaning=_("Several between ；"), example="示例甲；示例乙"),
    )  # fmt: skip


def _of_the_holder() -> tuple[Asked, ...]:
    return (
        Asked("funding", shape=Shape.CHOICE, choices=YES_NO, example="是",
              meaning=_("Whether public money paid for the project it came from.")),
        Asked("funding_project", meaning=_("The project that paid for it."), example="示例项目", longest=500),
        Asked("declared.willingness", shape=Shape.CHOICE, choices=WILLING, example="愿意",
              meaning=_("Whether the holder wants to convert it.")),
        Asked("declared.ways", example="转让；普通许可",
              meaning=_("Several between ；: 转让, 普通许可, 独占许可, 开放许可, 作价入股, 质押, 合作开发.")),
        Asked("declared.maturity", shape=Shape.WHOLE, least=1, most=9, meaning=_("Level 1 to 9."), example=6),
        Asked("declared.self_grade", shape=Shape.CHOICE, choices=GRADES, example="较好",
              meaning=_("How the holder grades its value.")),
        Asked("declared.implementation", shape=Shape.CHOICE, choices=WORKED, example="未实施",
              meaning=_("Whether it is worked.")),
        Asked("declared.department", meaning=_("College, department or laboratory."), example="示例学院"),
        Asked("money.expected_price", "预期价格（万元）", Shape.NUMBER, least=0, example=30,
              meaning=_("In ten thousand yuan.")),
    )  # fmt: skip
