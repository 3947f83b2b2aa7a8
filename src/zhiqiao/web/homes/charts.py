"""Two or three charts for those who look over many records. Reckoned once in a while and fetched after the page, so
that the page itself never waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final, cast

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiqiao.inventory.models import Tier
from zhiqiao.inventory.selectors import TierFilter, tiered_list
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import CITY_READERS, STOCK, Role
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.registry.selectors import patents_visible_to
from zhiqiao.web.charts import Chart, Series, Shape
from zhiqiao.web.homes.keeping import KEPT, key_for
from zhiqiao.web.pages import BY_NAME

CHARTED: Final = STOCK | {Role.UNIT_OFFICER, Role.BRANCH_OFFICER, Role.CENTRE_OPERATOR}
YEARS: Final = 10
Counts = dict[Any, int]


def charts_for(actor: Actor) -> list[Chart]:
    """Those with something to show."""
    return [chart for chart in _charts(actor) if not chart.empty]


def _charts(actor: Actor) -> Iterator[Chart]:
    if BY_NAME["entry_list"].open_to(actor):
        yield _tiers(actor)
    yield _years(actor, timezone.localdate())
    yield _needs(actor)


def _kept(what: str, actor: Actor, count: Callable[[], Counts]) -> Counts:
    return cast(Counts, cache.get_or_set(key_for(what, actor), count, KEPT))


def _tiers(actor: Actor) -> Chart:
    def count() -> Counts:
        rows = tiered_list(actor, TierFilter()).order_by().values_list("tier").annotate(rows=Count("id"))
        return dict(rows)

    counts = _kept("tiers", actor, count)
    address = f"{reverse('entry_list')}?inside=True&tier="
    bars = [(str(tier.label), counts.get(tier.value, 0), address + tier.value) for tier in Tier]
    if untold := counts.get("", 0):
        bars.append((_("No tier yet"), untold, ""))
    names, figures, addresses = zip(*bars, strict=True)
    whose = _("The tier in effect") if actor.every_role & CITY_READERS else _("The tier in effect · own institution")
    patents = Series(_("Patents"), figures)
    return Chart("tiers", _("Stock by tier"), Shape.ROWS, names, (patents,), _("patents"), whose, addresses)


def _years(actor: Actor, today: date) -> Chart:
    first = today.year - YEARS + 1

    def count() -> Counts:
        recent = patents_visible_to(actor).filter(filed_on__gte=date(first, 1, 1)).order_by()
        return dict(recent.annotate(year=ExtractYear("filed_on")).values_list("year").annotate(rows=Count("id")))

    counts, years = _kept("years", actor, count), range(first, today.year + 1)
    address = reverse("patent_list")
    return Chart(
        "years", _("Patents by year of filing"), Shape.BARS, tuple(str(year) for year in years),
        (Series(_("Patents"), tuple(counts.get(year, 0) for year in years)),), _("patents"),
        _("The newest are not published yet, so the last two years are short"),
        tuple(f"{address}?filed_since={year}-01-01&filed_until={year}-12-31" for year in years),
    )  # fmt: skip


def _needs(actor: Actor) -> Chart:
    def count() -> Counts:
        return dict(needs_visible_to(actor).order_by().values_list("state").annotate(rows=Count("id")))

    counts = _kept("needs", actor, count)
    address = f"{reverse('need_list')}?state="
    return Chart(
        "needs", _("Needs by state"), Shape.ROWS, tuple(str(state.label) for state in NeedState),
        (Series(_("Needs"), tuple(counts.get(state.value, 0) for state in NeedState)),), _("needs"), "",
        tuple(address + state.value for state in NeedState),
    )  # fmt: skip
