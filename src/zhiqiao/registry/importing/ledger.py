"""What a file says happened to a patent: legal events, and from them what binds it and that it is worked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from zhiqiao.core.audit import Work
from zhiqiao.core.models import ImportRun
from zhiqiao.exchange.patents import PatentRecord
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.dates import BadDate, parse_date
from zhiqiao.kernel.gazette import gazette_event
from zhiqiao.kernel.legal_status import LegalStatus, parse_legal_status
from zhiqiao.registry.importing.change import Change, subject
from zhiqiao.registry.importing.values import status_of
from zhiqiao.registry.models import Encumbrance, ExploitationEvidence, LegalEvent, Patent

_DATED = re.compile(r"^\s*(\d{4}[-./年]?\d{1,2}[-./月]?\d{1,2}日?)\s*[::,, ]?\s*(.+)$", re.DOTALL)
_DATED_LAST = re.compile(r"^(.+?)\s*[((\[]?\s*(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{8})\s*[))\]]?\s*$", re.DOTALL)
_ENDS = re.compile(r"注销|解除|撤回|撤销|终止")
# What lies on a patent, by the mark that its status words carry; the unclear ones name beginning and end at once.
_KINDS = {
    "pledged": Encumbrance.Kind.PLEDGE,
    "pledge_unclear": Encumbrance.Kind.PLEDGE,
    "licensed": Encumbrance.Kind.LICENCE_ORDINARY,
    "licence_unclear": Encumbrance.Kind.LICENCE_ORDINARY,
    "open_licence": Encumbrance.Kind.OPEN_LICENCE,
    "preserved": Encumbrance.Kind.PRESERVATION,
    "preservation_unclear": Encumbrance.Kind.PRESERVATION,
    "invalidation_pending": Encumbrance.Kind.DISPUTE,
}
_LICENCES = {"独占": Encumbrance.Kind.LICENCE_EXCLUSIVE, "排他": Encumbrance.Kind.LICENCE_SOLE}
_PARTIES = {
    "pledge": ("当前质权人", "质权人"),
    "licence": ("当前被许可人", "被许可人"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a file tells it."""

    words: str
    happened_on: date | None
    status: LegalStatus


@dataclass(frozen=True, slots=True)
class Burden:
    """Something that binds a patent, as a file tells it. ``released_on`` set: it has ended."""

    kind: str
    certain: bool
    starts_on: date | None
    released_on: date | None
    in_favour_of: str


@dataclass(frozen=True, slots=True)
class _Telling:
    """What one patent's rows tell of events and of what binds it."""

    change: Change
    key: int
    told: Sequence[Told]
    burdens: Sequence[Burden]


def record_events(changes: Sequence[Change], ids: dict[str, int], run: ImportRun, work: Work) -> None:
    """Keep the events, and write what they mean into the ledger that every later deal asks."""
    tellings = list(_tellings(changes, ids))
    _keep_events(tellings, run)
    bound = [each for each in tellings if each.burdens]
    standing = _standing([each.key for each in bound])
    for telling in bound:
        if _keep_burdens(telling, standing.get(telling.key, []), run, work):
            telling.change.codes.append("encumbrance_found")


def _tellings(changes: Sequence[Change], ids: dict[str, int]) -> Iterator[_Telling]:
    for change in changes:
        record = change.record
        key = ids.get(record.number) or (change.stored or {}).get("id")
        found = status_of(record)
        if key is None or not (record.legal_events or (found is not None and found[0].overlays)):
            continue
        told = [told_event(text) for text in record.legal_events]
        yield _Telling(change, key, told, list(burdens_of(record, told, found[0] if found else None)))


def _standing(keys: Sequence[int]) -> dict[int, list[Encumbrance]]:
    found: dict[int, list[Encumbrance]] = {}
    for part in in_batches(keys):
        for each in Encumbrance.objects.filter(patent_id__in=part, withdrawn_at=None):
            found.setdefault(each.patent_id, []).append(each)
    return found


def told_event(text: str) -> Told:
    """``2025-09-18 授权``, ``授权(2025.09.18)`` or the words alone."""
    words, day = text.strip(), None
    if dated := _DATED.match(words):
        day, words = _day(dated.group(1)), dated.group(2)
    elif dated := _DATED_LAST.match(words):
        words, day = dated.group(1), _day(dated.group(2))
    return Told(words.strip()[:255], day, parse_legal_status(words))


def _day(text: str) -> date | None:
    try:
        parsed = parse_date(text)
    except BadDate:
        return None
    return parsed.day if parsed.precision == "day" else None


def event_code(told: Told) -> str:
    """The gazette's code where the words are one, else the phase they lead to."""
    event = gazette_event(told.words[:4])
    return event.code if event else told.status.phase[:16]


def _keep_events(tellings: Sequence[_Telling], run: ImportRun) -> None:
    known: set[tuple[int, str, date | None]] = set()
    for part in in_batches(each.key for each in tellings if each.told):
        standing = LegalEvent.objects.filter(patent_id__in=part, withdrawn_at=None)
        known.update(standing.values_list("patent_id", "words", "happened_on"))
    fresh = {
        (telling.key, each.words, each.happened_on): each
        for telling in tellings
        for each in telling.told
        if (telling.key, each.words, each.happened_on) not in known
    }
    LegalEvent.objects.bulk_create(
        LegalEvent(
            patent_id=key, code=event_code(each), words=words, happened_on=day, source=run.sender[:255], run=run,
        )
        for (key, words, day), each in fresh.items()
    )  # fmt: skip


def burdens_of(record: PatentRecord, told: Sequence[Told], present: LegalStatus | None) -> Iterator[Burden]:
    """What binds the patent by the present status and by its events; an end is dated by the event that tells it."""
    marks = dict.fromkeys(mark for each in told for mark in each.status.overlays if mark in _KINDS)
    marks |= dict.fromkeys(mark for mark in (present.overlays if present else ()) if mark in _KINDS)
    for mark in marks:
        telling = [each for each in told if mark in each.status.overlays]
        starts = min((each.happened_on for each in telling if each.happened_on), default=None)
        kind = _kind(mark, record.extra)
        released = _release(kind, told, starts)
        still = present is not None and mark in present.overlays
        yield Burden(kind, not mark.endswith("_unclear"), starts, None if still else released, _party(kind, record))


def _kind(mark: str, extra: Any) -> str:
    kind = _KINDS[mark]
    if kind == Encumbrance.Kind.LICENCE_ORDINARY:
        said = str(extra.get("许可类型", ""))
        return next((found for word, found in _LICENCES.items() if word in said), kind)
    return kind


def _release(kind: str, told: Sequence[Told], starts: date | None) -> date | None:
    word = "质押" if kind == Encumbrance.Kind.PLEDGE else "保全" if kind == Encumbrance.Kind.PRESERVATION else "许可"
    ends = [
        each.happened_on
        for each in told
        if each.happened_on and word in each.words and _ENDS.search(each.words) and "生效" not in each.words
    ]
    return max((day for day in ends if starts is None or day >= starts), default=None)


def _party(kind: str, record: PatentRecord) -> str:
    columns = _PARTIES["pledge"] if kind == Encumbrance.Kind.PLEDGE else ()
    if kind.startswith("licence"):
        columns = _PARTIES["licence"]
    return next((str(record.extra[name])[:255] for name in columns if record.extra.get(name)), "")


def _keep_burdens(telling: _Telling, standing: Sequence[Encumbrance], run: ImportRun, work: Work) -> bool:
    """Whether anything new was written. A burden known without its day or party is completed, not doubled."""
    key, written = telling.key, False
    for burden in telling.burdens:
        known = next((each for each in standing if _is_same(each, burden)), None)
        if known is None:
            _add_burden(key, burden, run)
            written = True
        elif _complete(known, burden):
            written = True
    if written:
        # A deal that was being decided must look again.
        Patent.objects.filter(pk=key).update(guard_version=F("guard_version") + 1)
        public_id = Patent.objects.values_list("public_id", flat=True).get(pk=key)
        after = [[each.kind, each.starts_on, each.released_on, each.in_favour_of] for each in telling.burdens]
        work.record("registry.import_encumbrances", subject(public_id), None, {"encumbrances": after})
    return written


def _is_same(known: Encumbrance, burden: Burden) -> bool:
    if known.kind != burden.kind:
        return False
    days_agree = known.starts_on == burden.starts_on or None in (known.starts_on, burden.starts_on)
    parties_agree = known.in_favour_of == burden.in_favour_of or "" in (known.in_favour_of, burden.in_favour_of)
    return days_agree and parties_agree


def _complete(known: Encumbrance, burden: Burden) -> bool:
    before = (known.starts_on, known.in_favour_of, known.released_on)
    known.starts_on = known.starts_on or burden.starts_on
    known.in_favour_of = known.in_favour_of or burden.in_favour_of
    known.released_on = known.released_on or burden.released_on
    if (known.starts_on, known.in_favour_of, known.released_on) == before:
        return False
    known.save(update_fields=["starts_on", "in_favour_of", "released_on"])
    return True


def _add_burden(key: int, burden: Burden, run: ImportRun) -> None:
    source = run.sender[:255]
    Encumbrance.objects.create(
        patent_id=key, kind=burden.kind, in_favour_of=burden.in_favour_of, starts_on=burden.starts_on,
        released_on=burden.released_on, certain=burden.certain, source=source, run=run,
    )  # fmt: skip
    if burden.kind.startswith("licence") and burden.certain:
        # A recorded licence is evidence of grade B that the patent is worked (domain §8).
        ExploitationEvidence.objects.create(
            patent_id=key, grade=ExploitationEvidence.Grade.B, manner="licensed", happened_on=burden.starts_on,
            words=burden.in_favour_of[:500], source=source, run=run,
        )  # fmt: skip
