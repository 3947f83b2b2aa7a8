"""The sheet on which a list of organisations is filled in."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from zhiqiao.exchange.templates import Asked, Shape, under_preferred_headings
from zhiqiao.exchange.vocabularies import ORGANISATIONS

KINDS: Final = ("高校", "科研院所", "医院", "国有企业", "企业", "银行", "服务机构", "运营中心", "机关")
"""Words for each kind, as the reader of lists understands them."""


def template() -> tuple[Asked, ...]:
    columns = (
        Asked("name", required=True, meaning=_("Full registered name."), example="示例精密模具有限公司", longest=255),
        Asked("credit_code", meaning=_("18 characters; tells organisations of the same name apart."), longest=18),
        Asked("kind", shape=Shape.CHOICE, choices=KINDS, meaning=_("Left empty, the kind stays as it is."),
              example="企业"),
        Asked("town", meaning=_("Name of the town, subdistrict or park."), example="长安镇", longest=255),
        Asked("address", meaning=_("Where it has its seat."), example="示例路1号", longest=500),
        Asked("industry", meaning=_("Several between ；"), example="模具制造"),
        Asked("honours", meaning=_("Several between ；"), example="高新技术企业；专精特新"),
        Asked("former_names", meaning=_("Names it had earlier, between ；"), example="示例模具厂"),
        Asked("founded_on", shape=Shape.DAY, meaning=_("The day on which it was registered."),
              example=date(2015, 6, 1)),
        Asked("products", shape=Shape.LONG, meaning=_("What it makes or does."), example="示例：压铸模具"),
        Asked("contact", meaning=_("Who is called. Kept encrypted."), example="示例联系人", longest=255),
        Asked("phone", meaning=_("Kept encrypted."), example="0769-22000000", longest=40),
    )  # fmt: skip
    return under_preferred_headings(ORGANISATIONS, columns)
