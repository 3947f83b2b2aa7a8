"""How each field of a patent list is read."""

from __future__ import annotations

import re
from typing import Any

from zhiqiao.exchange.plans import Reader
from zhiqiao.exchange.values import (
    line_reader,
    read_classes,
    read_count,
    read_credit_codes,
    read_date,
    read_line,
    read_list,
    read_names,
    read_postcode,
    read_text,
    read_yes_no,
)
from zhiqiao.kernel.application_numbers import parse_application_number
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kernel.text import compact

_FUNDING_LEVEL = re.compile(r"国家|省部?|市|区县?|镇")
_AGENCY_CODE = re.compile(r"(.*\S)\s*[(（]?(?<!\d)(\d{5})[)）]?", re.ASCII)
_NEGATED = re.compile(r"非|未|不|无|没")


def read_declared_kind(words: str) -> str | None:
    """The kind of patent that a column's words name; None for words that name none."""
    text = compact(words)
    if "实用新型" in text or "新型" in text or "UTILITY" in text:
        return "utility_model"
    if "外观" in text or "DESIGN" in text:
        return "design"
    if "发明" in text or "INVENTION" in text:
        return "invention"
    return None


def settle_agency(values: dict[str, Any]) -> None:
    """Take the registration code off the end of an agency's name."""
    found = _AGENCY_CODE.fullmatch(values.get("agency", ""))
    if found:
        values["agency"] = found[1]
        values.setdefault("extra", {}).setdefault("代理机构代码", found[2])


def settle_twin(values: dict[str, Any]) -> None:
    """一案双申 is answered with yes or no, or with the number of the twin."""
    words = values.pop("twin_words", None)
    if words is None:
        return
    answer = read_yes_no(words)
    if answer is not None:
        values["twin"] = answer
        return
    try:
        values["twin_number"] = parse_application_number(words).key
        values["twin"] = True
    except ZhiqiaoError:
        values.setdefault("extra", {})["一案双申"] = words


def settle_funding(values: dict[str, Any]) -> None:
    """Whether public money paid for the project. A level such as 国家 or 省 is a yes; anything else is not known."""
    words = values.pop("funding_words", None)
    if words is None:
        return
    answer = read_yes_no(words)
    level = _FUNDING_LEVEL.search(words)
    if answer is None and level and not _NEGATED.search(words):
        answer = True
        values["funding_level"] = level.group()
    if answer is None:
        values.setdefault("extra", {})["财政资助"] = words
    else:
        values["funding"] = answer


PATENT_READERS: dict[str, Reader] = {
    "publication_number": Reader(read_line),
    "publication_date": Reader(read_date),
    "first_publication_number": Reader(read_line),
    "first_publication_date": Reader(read_date),
    "grant_number": Reader(read_line),
    "grant_date": Reader(read_date),
    "title": Reader(line_reader(500)),
    "abstract": Reader(read_text),
    "first_claim": Reader(read_text),
    "claims": Reader(read_text),
    "filed_on": Reader(read_date),
    "kind": Reader(read_line, "declared_kind"),
    "main_class": Reader(read_classes, "main_classes"),
    "classes": Reader(read_classes),
    "locarno": Reader(read_classes),
    "applicants": Reader(read_names),
    "holders": Reader(read_names),
    "inventors": Reader(read_names),
    "agency": Reader(read_line),
    "agents": Reader(read_names),
    "address": Reader(line_reader(500)),
    "postcode": Reader(read_postcode),
    "priority": Reader(read_list),
    "priority_date": Reader(read_date, "priority_on"),
    "pct_application": Reader(read_line),
    "pct_publication": Reader(read_line),
    "pct_entry_date": Reader(read_date, "pct_entered_on"),
    "status": Reader(read_line),
    "status_simple": Reader(read_line),
    "status_date": Reader(read_date),
    "legal_events": Reader(read_list),
    "family": Reader(read_list),
    "family_size": Reader(read_count),
    "cited": Reader(read_list),
    "citations_made": Reader(read_count),
    "citations_received": Reader(read_count),
    "claims_count": Reader(read_count),
    "twin": Reader(read_line, "twin_words"),
    "funding": Reader(read_line, "funding_words"),
    "funding_project": Reader(line_reader(500)),
    "funding_project_number": Reader(read_line),
    "credit_codes": Reader(read_credit_codes),
}
