"""Puts into a prepared city what only its owner may ever see: ``python -m tests.journeys.private_words``."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Final

OWNER: Final = "东莞示例注塑制品有限公司"
HOLDER: Final = "示例新材料研究院"
PRIVATE: Final = {
    "details": "心里的底价是一百二十三万",
    "contact": "示例暗线联系人",
    "phone": "13900001234",
    "title": "一种尚未公布的示例暗纹薄膜",
}
"""On no page of anybody below, whatever they open."""
OWNERS: Final = frozenset({"new.colleague"})
OPEN_TO: Final = {"details": OWNERS, "contact": OWNERS, "phone": OWNERS, "title": frozenset({"bureau", "auditor"})}
"""Who may see a word all the same: an application not yet published is its holders' and the city's."""


def private_to(who: str) -> list[str]:
    """The words that this person may not come to see."""
    return [word for name, word in PRIVATE.items() if who not in OPEN_TO.get(name, ())]


def plant() -> None:
    from django.utils import timezone

    from zhiqiao.core.models import OutboxEvent
    from zhiqiao.needs.actions import NeedStatement, state_need
    from zhiqiao.parties.actors import operator
    from zhiqiao.parties.models import Organisation
    from zhiqiao.registry.models import Patent, PatentHolder

    firm = Organisation.objects.get(name=OWNER)
    holder = Organisation.objects.get(name=HOLDER)
    said = NeedStatement(
        "风扇罩的卡扣一装就断，想找更韧的改性塑料。", organisation=firm, published=True,
        private_details=PRIVATE["details"], contact=PRIVATE["contact"], phone=PRIVATE["phone"],
    )  # fmt: skip
    state_need(actor=operator("journeys"), statement=said)
    patent = Patent.objects.create(
        number="2026199999990", kind="invention", title=PRIVATE["title"], abstract="一种薄膜。", public=False,
        filed_on=timezone.localdate() - timedelta(days=60), applicants=[HOLDER], status_group="pending",
    )  # fmt: skip
    PatentHolder.objects.create(
        patent=patent, role="applicant", ordinal=0, name=HOLDER, name_key=holder.name_key, organisation=holder,
        standing=holder,
    )  # fmt: skip
    OutboxEvent.objects.create(queue="index.patents", payload={"ids": [patent.pk]})


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "zhiqiao.conf.settings"
    django.setup()
    plant()
