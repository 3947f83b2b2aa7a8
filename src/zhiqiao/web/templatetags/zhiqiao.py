"""What the templates need beyond Django's own: icons, days, figures, labels, highlighted passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zhiqiao import wording
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.storing import kind_words

register = template.Library()

NOTHING = "—"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing beside words; screen readers pass over it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("zhiqiao/vendor/icons.svg"),
        name,
    )


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """A day as the register writes it; what is not known shows as a dash that a screen reader can say."""
    if value is None or value == "":
        return unknown()
    moment = localtime(value) if isinstance(value, datetime) else value
    text = moment.strftime("%Y-%m-%d")
    return SafeString(f'<time datetime="{text}" class="nowrap">{text}</time>')


@register.filter
def moment(value: datetime | None) -> SafeString:
    if not value:
        return unknown()
    local = localtime(value)
    shown = local.strftime("%Y-%m-%d %H:%M")
    return SafeString(f'<time datetime="{local.isoformat()}" class="nowrap">{shown}</time>')


def unknown() -> SafeString:
    said = escape(pgettext("a value", "not known"))
    return SafeString(f'<span class="soft" aria-label="{said}" role="img">{NOTHING}</span>')


@register.filter
def given(value: Any) -> Any:
    """The value, or the dash where there is none. Zero is a value."""
    return unknown() if value is None or value in ("", []) else value


@register.filter
def percent(value: float | None) -> Any:
    """A share between 0 and 1."""
    return unknown() if value is None else f"{value:.0%}"


@register.filter
def points(value: float | None) -> Any:
    """A score to one decimal."""
    return unknown() if value is None else f"{value:.1f}"


@register.filter
def bounded(count: int | None) -> str:
    """A count that was only taken up to a bound: ``1,001`` of at most 1,000 reads ``1,000+``."""
    if count is None:
        return NOTHING
    return f"{count - 1:,}+" if count % 1000 == 1 and count > 1000 else f"{count:,}"


@register.filter
def yuan(value: Any) -> Any:
    return unknown() if value is None or value == "" else _("¥%(amount)s") % {"amount": f"{value:,}"}


@register.filter
def in_yuan(value: Decimal | str) -> str:
    """As a holder's list declares it: whole yuan without fen. An encrypted amount is kept as a text."""
    amount = Decimal(value)
    shown = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return _("%(amount)s yuan") % {"amount": shown}


@register.filter
def names(values: Iterable[Any] | None) -> Any:
    """Several names in one line, as each language separates them."""
    kept = [str(value.get("name", value) if isinstance(value, Mapping) else value) for value in values or ()]
    return wording.listed(kept) if kept else unknown()


@register.filter
def say(code: Any) -> str:
    """A stable code in the reader's words."""
    return wording.label(str(code))


@register.filter
def list_kind(kind: str) -> str:
    """What is in lists of that kind."""
    return kind_words(kind)


@register.filter
def trail(code: str) -> str:
    return wording.trail_word(code)


@register.filter
def reason(value: Any) -> str:
    """One reason of a suggestion, which is a code with its facts or plain words, as a sentence."""
    return wording.sentence(value)


@register.filter
def bare_reason(value: Any) -> str:
    """As ``reason``, without what the part of the score that rests on it is the sum of."""
    return wording.bare(value)


@register.filter
def reason_adds(value: Any) -> str:
    return wording.what_it_adds(value)


@register.filter
def element(sort: Any) -> str:
    """Which part of a need something is."""
    return wording.element(str(sort))


@register.filter
def row_reason(code: Any) -> str:
    return wording.row_reason(str(code))


@register.filter
def appraisal_gap(code: Any) -> str:
    return wording.appraisal_gap(str(code))


@register.filter
def lacking(value: Any) -> str:
    return wording.lacking(value) if isinstance(value, Mapping) else ""


@register.filter
def highlighted(passage: Any) -> SafeString:
    """A passage with the words that answered marked. ``passage`` is words, or text with spans of positions."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if hit else part,) for part, hit in wording.cut(passage))
    )


@register.simple_tag
def meter(value: float, most: int, name: str = "") -> SafeString:
    """A bar for a figure that stands beside it; without a name screen readers pass over it."""
    told = format_html('aria-label="{}"', name) if name else mark_safe('aria-hidden="true"')
    return format_html('<meter min="0" max="{}" value="{}" {}></meter>', most, f"{value:.4f}", told)


@register.filter
def is_day(value: Any) -> bool:
    return isinstance(value, date)


@register.filter
def is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


@register.filter
def appraisal_groups(appraisal: Any) -> list[dict[str, Any]]:
    return [
        {"name": wording.label(name), "score": getattr(appraisal, name)} for name in ("legal", "technical", "economic")
    ]


@register.filter
def evidence(item: Mapping[str, Any]) -> str:
    """What an indicator's score rests on: its facts, each with its name."""
    facts = item.get("evidence") or {}
    pairs = [f"{wording.label(str(name))}: {_plain(value)}" for name, value in facts.items() if value not in (None, "")]
    return wording.listed(pairs) or _plain(item.get("value"))


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return wording.listed(_plain(each) for each in value)
    return wording.label(str(value)) if value is not None else NOTHING


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field with its label, its help and, beside it, what is wrong."""
    return {"field": bound, "kind": bound.widget_type}


@register.filter
def kind_of(value: Any) -> str:
    """Which colour a state, tier or relevance wears."""
    return wording.TONES.get(str(value), "")


@register.filter
def day_or_words(value: Any) -> Any:
    """A day, or the words for as much of one as is known."""
    return value if isinstance(value, str) and value else day(value)


@register.filter
def counted(value: int | None) -> Any:
    return unknown() if value is None else f"{value:,}"


@register.filter
def in_line(value: Any) -> Any:
    """A value in the small line under a title."""
    if isinstance(value, list | tuple):
        return names(value)
    return day(value) if isinstance(value, date) else value


@register.filter
def refused(code: str) -> str:
    """Why a record was left out."""
    return wording.refusal(ZhiqiaoError(code)).text


@register.filter
def lasting(seconds: int) -> str:
    """A time still to wait, in the unit that a person would say."""
    if seconds < 90:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
