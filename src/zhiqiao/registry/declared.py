"""What a holder's own list declares of its patents, for those who may read it: that holder and the city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import QuerySet

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import STOCK
from zhiqiao.registry.models import HolderStatement, Patent
from zhiqiao.registry.policies import PATENTS, STATEMENTS
from zhiqiao.wording import label

MONEY: Final = ("expected_price", "price", "appraised_value", "annual_fee")
SAID: Final = (
    "willingness", "ways", "maturity", "self_grade", "implementation", "scenario", "advantage", "technical_field",
    "industry", "town", "department", "responsible_person", "contact", "phone", "email", "remarks",
)  # fmt: skip


@dataclass(frozen=True)
class Declared:
    """One thing declared; ``yuan`` in place of ``words`` for an amount."""

    label: str
    words: str = ""
    yuan: Decimal | None = None


def in_order(known: Sequence[str], told: dict[str, Any]) -> list[str]:
    return [name for name in known if name in told] + sorted(set(told) - set(known))


def of_statement(statement: HolderStatement) -> Iterator[Declared]:
    """Amounts first, then words; an amount that is none shows as it stands."""
    for name in in_order(MONEY, statement.money):
        amount = yuan_of(statement, name)
        yield Declared(label(f"money.{name}"), "" if amount is not None else str(statement.money[name]), amount)
    for name in in_order(SAID, statement.said):
        yield Declared(label(f"declared.{name}"), str(statement.said[name]))


def yuan_of(statement: HolderStatement | None, name: str) -> Decimal | None:
    try:
        return Decimal(str(statement.money[name])) if statement and statement.money.get(name) else None
    except InvalidOperation:
        return None


def statements_for(actor: Actor, patents: Sequence[int]) -> QuerySet[HolderStatement]:
    """What the actor may read of what was declared on these patents, oldest first."""
    open_ones = PATENTS.permitted(actor, "view_statement", Patent.objects.filter(pk__in=patents)).order_by()
    found = HolderStatement.objects.filter(patent__in=open_ones)
    return STATEMENTS.visible(actor, found).order_by("recorded_at", "id")


def with_statements(actor: Actor, patents: Sequence[Patent]) -> None:
    """Put each patent's statement beside it where the actor may read it, in one query."""
    if not actor.every_role & STOCK:
        return
    # Of several the newest one: what the rest say stands on the patent's page.
    told = {each.patent_id: each for each in statements_for(actor, [each.pk for each in patents])}
    for each in patents:
        vars(each)["declared"] = told.get(each.pk)


def said_in(patent: Patent, name: str) -> str:
    statement = vars(patent).get("declared")
    return str(statement.said.get(name, "")) if statement else ""


def yuan_in(patent: Patent, name: str) -> Decimal | None:
    return yuan_of(vars(patent).get("declared"), name)
