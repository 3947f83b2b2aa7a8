"""The sheet on which a list of needs is filled in."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from zhiqiao.exchange.needs import TITLE_LENGTH
from zhiqiao.exchange.templates import Asked, Shape, under_preferred_headings
from zhiqiao.exchange.vocabularies import NEEDS


def template() -> tuple[Asked, ...]:
    columns = (
        Asked("external_id", meaning=_("Your own number of the need; the same number again changes that need."),
              example="示例-001", longest=64),
        Asked("title", required=True, meaning=_("What is sought, in one sentence."), example="示例：压铸模具寿命提升",
              longest=TITLE_LENGTH),
        Asked("content", shape=Shape.LONG, meaning=_("What goes wrong now, and what it should be able to do."),
              example="示例：模具钢五万模次后开裂，希望寿命提高一倍。"),
        Asked("organisation", meaning=_("Full name of the firm that states the need."), example="示例精密模具有限公司",
              longest=255),
        Asked("credit_code", meaning=_("Tells firms of the same name apart."), longest=18),
        Asked("industry", meaning=_("Several between ；"), example="模具制造；有色金属压铸"),
        Asked("keywords", meaning=_("Several between ；"), example="模具钢；表面处理"),
        Asked("cooperation", meaning=_("How the firm wants to work together."), example="技术许可", longest=255),
        Asked("deadline", shape=Shape.DAY, meaning=_("The day until which the need stands."),
              example=date(2026, 12, 31)),
        Asked("money.budget", "预算（万元）", Shape.NUMBER, least=0,
              meaning=_("In ten thousand yuan. Kept encrypted; only the firm reads it."), example=30),
        Asked("contact", meaning=_("Kept encrypted; only the firm reads it."), example="示例联系人", longest=255),
        Asked("phone", meaning=_("Kept encrypted; only the firm reads it."), example="0769-22000000", longest=40),
    )  # fmt: skip
    return under_preferred_headings(NEEDS, columns)
