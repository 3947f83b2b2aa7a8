"""Read lists of organisations into normalised records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhiqiao.exchange.addresses import settle_address
from zhiqiao.exchange.cells import Cell, Row, Table
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.exchange.plans import Reader, plan_columns
from zhiqiao.exchange.rows import Built, CellIssue, Reading, ReadOptions
from zhiqiao.exchange.values import (
    line_reader,
    read_date,
    read_line,
    read_names,
    read_note,
    read_phone,
    read_postcode,
    read_text,
)
from zhiqiao.kernel.credit_codes import parse_credit_code

_LIST_MARKS = re.compile(r"\s*[;；|、,，\n]\s*")

# The first words that fit decide: a 附属医院 of a university is a hospital, a 国有 bank a bank.
_KINDS = (
    (re.compile(r"银行|保险|基金|担保|投资机构|金融"), "bank"),
    (re.compile(r"医院|卫生院|医疗机构|hospital", re.IGNORECASE), "hospital"),
    (re.compile(r"高校|高等(?:院校|学校)|大学|学院|院校|职校|university|college", re.IGNORECASE), "university"),
    (re.compile(r"科研(?:院所|机构|单位)|研究(?:院|所|机构)|新型研发机构|institute", re.IGNORECASE), "institute"),
    (re.compile(r"代理机构|服务机构|中介|评估机构|律所|律师|agency", re.IGNORECASE), "agency"),
    (re.compile(r"运营中心|运营平台|对接平台|centre|center", re.IGNORECASE), "centre"),
    (re.compile(r"机关|政府|主管部门|行政单位|authority", re.IGNORECASE), "authority"),
    (re.compile(r"国有|国企|央企|国资|state.?owned", re.IGNORECASE), "state_owned"),
    (
        re.compile(r"企业|公司|民营|私营|外资|合资|个体|有限|股份|厂|合作社|enterprise|company", re.IGNORECASE),
        "enterprise",
    ),
)


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """What one row says of one organisation; None, empty tuples and absent keys mean that it does not say.

    ``kind`` is the register's code for ``kind_words``, None where the words name none of them.
    ``industries`` and ``town`` in the sender's words. ``money`` in yuan by name.
    """

    name: str
    credit_code: str | None = None
    kind: str | None = None
    kind_words: str | None = None
    town: str | None = None
    industries: tuple[str, ...] = ()
    honours: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    address: str | None = None
    postcode: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    legal_representative: str | None = None
    founded_on: date | None = None
    description: str | None = None
    products: str | None = None
    scope: str | None = None
    website: str | None = None
    remarks: str | None = None
    money: Mapping[str, Decimal] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


def organisation_kind(words: str) -> str | None:
    """The code of the kind of organisation that a column's words name, None where they name none."""
    return next((kind for pattern, kind in _KINDS if pattern.search(words)), None)


def read_words(cell: Cell) -> tuple[str, ...]:
    """Words between ;|、, and line breaks, for honours, industries and keywords."""
    text = read_text(cell) or ""
    return tuple(dict.fromkeys(part for part in _LIST_MARKS.split(text) if part))


READERS: dict[str, Reader] = {
    "name": Reader(read_line),
    "credit_code": Reader(parse_credit_code),
    "kind": Reader(read_line, "kind_words"),
    "town": Reader(read_line),
    "industry": Reader(read_words, "industries"),
    "honours": Reader(read_words),
    "former_names": Reader(read_names),
    "aliases": Reader(read_names),
    "address": Reader(line_reader(500)),
    "postcode": Reader(read_postcode),
    "contact": Reader(read_line),
    "phone": Reader(read_phone),
    "email": Reader(read_line),
    "legal_representative": Reader(read_line),
    "founded_on": Reader(read_date),
    "description": Reader(read_text),
    "products": Reader(read_text),
    "scope": Reader(read_text),
    "website": Reader(read_line),
    "remarks": Reader(read_note),
}


def read_organisations(
    table: Table, mapping: HeadingMap, options: ReadOptions | None = None
) -> Reading[OrganisationRecord]:
    """Every row below the headings as a record or a problem (``name_missing``, or why the name is unreadable)."""
    plan = plan_columns(mapping, READERS, options or ReadOptions())
    columns = {name: at for at, name in mapping.columns.items()}

    def build(cells: Row) -> Built[OrganisationRecord]:
        built: Built[OrganisationRecord] = Built()
        values = plan.read(cells, built.issues)
        if "name" not in values:
            built.rejected = unreadable(built.issues, columns.get("name"), "name_missing")
            return built
        settle_address(values)
        settle_day(values, "founded_on", columns, built.issues)
        if "kind_words" in values:
            values["kind"] = organisation_kind(values["kind_words"])
        built.record = OrganisationRecord(**values)
        return built

    return Reading(table, mapping, build)


def unreadable(issues: list[CellIssue], column: int | None, missing: str) -> CellIssue:
    """Why a row has no identity: what was wrong with its cell, or that the cell is empty."""
    for issue in issues:
        if issue.column == column and column is not None:
            issues.remove(issue)
            return issue
    return CellIssue(column, missing)


def settle_day(values: dict[str, Any], name: str, columns: Mapping[str, int], issues: list[CellIssue]) -> None:
    """Keep a whole day; a month or a year is no day, and is said instead of being rounded to one."""
    parsed = values.get(name)
    if parsed is None:
        return
    if parsed.precision == "day":
        values[name] = parsed.day
        return
    del values[name]
    issues.append(CellIssue(columns[name], "date_imprecise", {"precision": parsed.precision}))
