"""Symbols of the International Patent Classification and of Locarno (domain.md §11.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import compact, fold_hyphens, fold_width, plain, strip_unseen

_LEADING = re.compile(r"INT\.?CL\.?[0-9]?[:]?(?=[A-H]\d\d)|\(51\)")
_VERSION = re.compile(r"[(\[]\s*(?:\d{4}(?:\.\d{1,2})?|\d)\s*[)\]]\s*(?:[ACIN]{1,2}\b)?")
_ST8_TAIL = re.compile(r"\s*\d{8}[A-Z]{2,}.*$")
_IPC = re.compile(r"([A-H]\d{2}[A-Z])(?:-?0{0,3}([1-9]\d{0,3})/(\d{2,6}))?", re.ASCII)
_IPC_FIXED = re.compile(r"([A-H]\d{2}[A-Z])(\d{4})(\d{6})", re.ASCII)
_LOCARNO_LEADING = re.compile(r"(?:LOC)?(?:\(\d{1,2}\))?(?:CL\.?)?:?")
_LOCARNO = re.compile(r"(\d{1,2})-(\d{2})(?:-?[A-Z]\d{1,6})?", re.ASCII)

_HARD_BREAKS = re.compile(r"[;；|、,，\n\r\t]+")
_GLUE = (
    (re.compile(r"(?i)int\.?\s*cl\.?\s*[0-9]?\s*:?\s*(?=[A-H]\s*\d\d)"), ""),
    (re.compile(r"(?i)loc\s*\(\s*\d{1,2}\s*\)\s*cl\.?\s*:?\s*"), ""),
    (re.compile(r"\(\s*\d{1,2}\s*\)\s*(?=\d{1,2}-\d{2})"), ""),
    (re.compile(r"(?i)(?<=[A-H]\d\d)\s+(?=[A-Z]\s*\d{1,4}\s*/)"), ""),
    (re.compile(r"(?i)(?<=[A-H]\d\d[A-Z])\s+(?=\d{1,4}\s*/)"), ""),
    (re.compile(r"\s*/\s*"), "/"),
    (re.compile(r"\s+(?=[(\[])"), ""),
    (re.compile(r"(?i)(?<=[)\]])\s+(?=[ACIN]{1,2}(?:\s|$))"), ""),
)


class BadClass(Invalid):
    """Not a symbol of the classification."""

    code = "class_format"


@dataclass(frozen=True, slots=True)
class IpcSymbol:
    """One place in the IPC; ``main_group`` and ``subgroup`` are None for a bare subclass such as E01B."""

    section: str
    ipc_class: str
    subclass: str
    main_group: str | None = None
    subgroup: str | None = None

    @property
    def key(self) -> str:
        """The canonical writing: ``E01B3/32``."""
        return f"{self.subclass}{self.main_group}/{self.subgroup}" if self.main_group else self.subclass

    @property
    def group_key(self) -> str:
        """The main group, ``E01B3/00``; the subclass where no group is known."""
        return f"{self.subclass}{self.main_group}/00" if self.main_group else self.subclass


@dataclass(frozen=True, slots=True)
class ParsedClass:
    """A symbol of either scheme; ``ipc`` is None for Locarno."""

    scheme: Literal["ipc", "locarno"]
    key: str
    ipc: IpcSymbol | None = None


@dataclass(frozen=True, slots=True)
class SubclassMove:
    """Matter of subclass ``old`` that is classified in ``new`` since ``effective``."""

    old: str
    new: str
    effective: date
    source: str


_READ_OFF = "IPC 2026.01 in Chinese has H10* and no H01L"
_OWN = "IPC revisions 2023.01 and 2025.01 [own, medium]; new subclass listed in IPC 2026.01"

SUBCLASS_MOVES: Final = (
    SubclassMove("H01L", "H10B", date(2023, 1, 1), _OWN),
    SubclassMove("H01L", "H10K", date(2023, 1, 1), _OWN),
    SubclassMove("H01L", "H10N", date(2023, 1, 1), _OWN),
    SubclassMove("H01L", "H10D", date(2025, 1, 1), _OWN),
    SubclassMove("H01L", "H10F", date(2025, 1, 1), _OWN),
    SubclassMove("H01L", "H10H", date(2025, 1, 1), _OWN),
    SubclassMove("H01L", "H10P", date(2026, 1, 1), _READ_OFF),
    SubclassMove("H01L", "H10W", date(2026, 1, 1), _READ_OFF),
)
"""A patent stays under the symbol of its day, so distance must see through the move at any date."""


def parse_ipc(raw: object) -> IpcSymbol:
    """Read an IPC symbol: inserted spaces, zero padding, full width and a version behind it are taken off.

    Raises ``BadClass`` with ``class_empty`` or ``class_format``.
    """
    return _parse_ipc(plain(raw))


@lru_cache(maxsize=16384)
def _parse_ipc(raw: str) -> IpcSymbol:
    text = _VERSION.sub("", compact(_ST8_TAIL.sub("", raw.upper())))
    if not text:
        raise BadClass("class_empty", raw=raw)
    text = _LEADING.sub("", text, count=1).strip(".;,")
    if match := _IPC.fullmatch(text):
        return _symbol(match[1], match[2], match[3])
    if match := _IPC_FIXED.fullmatch(text):
        main_group = match[2].lstrip("0")
        if main_group:
            # The fixed form fills up on the right: 320000 is /32, 000000 is /00.
            return _symbol(match[1], main_group, match[3].rstrip("0").ljust(2, "0"))
        if match[3] == "000000":
            return _symbol(match[1], None, None)
    raise BadClass("class_format", raw=raw)


def _symbol(subclass: str, main_group: str | None, subgroup: str | None) -> IpcSymbol:
    return IpcSymbol(subclass[0], subclass[:3], subclass, main_group, subgroup)


def parse_locarno(raw: object) -> str:
    """Read a Locarno class, ``10-05``, out of 10-05-H0274, (13) 10-05 or LOC(12)CL.10-05.

    Classes run from 01 to 32, and 99. Raises ``BadClass`` with ``class_empty`` or ``class_format``.
    """
    return _parse_locarno(plain(raw))


@lru_cache(maxsize=4096)
def _parse_locarno(raw: str) -> str:
    text = compact(raw)
    if not text:
        raise BadClass("class_empty", raw=raw)
    match = _LOCARNO.fullmatch(_LOCARNO_LEADING.sub("", text, count=1))
    if not match:
        raise BadClass("class_format", raw=raw)
    main, sub = match[1].zfill(2), match[2]
    # Only classes 31 and 32 have no subdivision and are written with 00.
    if not ("01" <= main <= "32" or main == "99") or (sub == "00") != (main in ("31", "32")):
        raise BadClass("class_format", raw=raw)
    return f"{main}-{sub}"


def parse_class(raw: object) -> ParsedClass:
    """Read a symbol of the IPC or, failing that, of Locarno. Errors as in ``parse_ipc``."""
    text = plain(raw)
    try:
        symbol = _parse_ipc(text)
    except BadClass:
        return ParsedClass("locarno", _parse_locarno(text))
    return ParsedClass("ipc", symbol.key, symbol)


def split_classes(raw: object) -> list[str]:
    """One cell's symbols, each as written but without inner spaces; cut at ``;；|、,，``, breaks and spaces."""
    text = fold_hyphens(fold_width(strip_unseen(plain(raw).replace("\n", ";"))))
    found: list[str] = []
    for part in _HARD_BREAKS.split(text):
        for pattern, written in _GLUE:
            part = pattern.sub(written, part)
        found.extend(part.split())
    return found


def class_distance(a: str | IpcSymbol, b: str | IpcSymbol, *, moves: Iterable[SubclassMove] = SUBCLASS_MOVES) -> int:
    """How far two symbols lie apart: 0 same main group, 1 subclass, 2 class, 3 section, 4 nothing shared.

    A subclass and the one its matter moved to count as one subclass. Two Locarno classes are 0, 2 (same
    class) or 4 apart; IPC and Locarno always 4.
    """
    first, second = _either(a), _either(b)
    if first.ipc is None or second.ipc is None:
        return _locarno_distance(first, second)
    return _ipc_distance(first.ipc, second.ipc, moves)


def _either(value: str | IpcSymbol) -> ParsedClass:
    return ParsedClass("ipc", value.key, value) if isinstance(value, IpcSymbol) else parse_class(value)


def _locarno_distance(a: ParsedClass, b: ParsedClass) -> int:
    if a.scheme != b.scheme:
        return 4
    if a.key == b.key:
        return 0
    return 2 if a.key[:2] == b.key[:2] else 4


def _ipc_distance(a: IpcSymbol, b: IpcSymbol, moves: Iterable[SubclassMove]) -> int:
    if a.subclass == b.subclass:
        return 0 if a.main_group == b.main_group else 1
    pair = {a.subclass, b.subclass}
    if any(pair == {move.old, move.new} for move in moves):
        return 1
    if a.ipc_class == b.ipc_class:
        return 2
    return 3 if a.section == b.section else 4
