"""Tell the publication of an application from that of a grant: many lists have one column for both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhiqiao.exchange.rows import CellIssue, plain_facts
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kernel.publication_numbers import PublicationNumber, parse_publication_number

PUBLICATION_FIELDS = frozenset(
    {
        "publication_number",
        "publication_date",
        "first_publication_number",
        "first_publication_date",
        "grant_number",
        "grant_date",
    }
)
_GRANTS = frozenset({"grant", "partial_invalidation"})


def place_publications(values: dict[str, Any], kind: str, columns: Mapping[str, int], issues: list[CellIssue]) -> None:
    """Turn the columns for publications and grants into the record's four fields.

    A number in the shared column is read by its kind code and day (the letters changed their meaning in
    1993 and 2010); a day without a number is a grant's for designs and utility models, which are published
    once. What stays open is kept under ``extra`` and not guessed.
    """
    shared_day = values.pop("publication_date", None)
    first_day = values.pop("first_publication_date", None)
    grant_day = values.pop("grant_date", None)
    shared = _number(values, "publication_number", kind, columns, issues)
    first = _number(values, "first_publication_number", kind, columns, issues)
    grant = _number(values, "grant_number", kind, columns, issues)
    said = shared.meaning(shared_day) if shared else None
    if said is None and shared is None and shared_day is not None:
        said = "grant" if kind != "invention" else None
    if said in _GRANTS:
        grant, grant_day = grant or shared, grant_day or shared_day
    elif said is not None:
        first, first_day = first or shared, first_day or shared_day
    elif shared or shared_day:
        _keep_open(values, shared, shared_day)
    _put(values, "publication_number", first.key if first else None)
    _put(values, "published_on", first_day)
    _put(values, "grant_number", grant.key if grant else None)
    _put(values, "granted_on", grant_day)


def _number(
    values: dict[str, Any], field: str, kind: str, columns: Mapping[str, int], issues: list[CellIssue]
) -> PublicationNumber | None:
    raw = values.pop(field, None)
    if raw is None:
        return None
    try:
        number = parse_publication_number(raw)
    except ZhiqiaoError as error:
        issues.append(CellIssue(columns[field], error.reason, plain_facts(error.facts), raw))
        return None
    if number.kind != kind:
        facts = {"kind_in_number": kind, "kind_in_publication": number.kind}
        issues.append(CellIssue(columns[field], "publication_kind_disagrees", facts, raw))
        return None
    return number


def _keep_open(values: dict[str, Any], number: PublicationNumber | None, day: date | None) -> None:
    extra = values.setdefault("extra", {})
    if number is not None:
        extra["公开(公告)号"] = number.key
    if day is not None:
        extra["公开(公告)日"] = day.isoformat()


def _put(values: dict[str, Any], name: str, value: object) -> None:
    if value is not None:
        values[name] = value
