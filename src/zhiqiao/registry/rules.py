"""Rules of the register that need no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhiqiao.kernel.periods import add_months
from zhiqiao.kernel.terms import expiry_date

PUBLICATION_MONTHS = 18  # an application is published eighteen months after filing (Patent Law art. 34)
NOT_YET_PUBLIC = frozenset({"filed", "not_accepted"})
# Ends that an application can meet before anybody published it; 审查 may be the preliminary one, before publication.
ENDS_OF_PATENTS = frozenset({"lapsed_unpaid", "expired", "invalidated", "revoked"})
OLD_NUMBER = 9  # characters with the check digit; two of them are the year
OLD_NUMBERS_UNTIL = date(2003, 12, 31)
# How far a patent's life has come; a status without a day of its own never takes it back.
LIFE = {"unknown": 0, "pending": 1, "alive": 2, "restorable": 3, "dead": 4}


@dataclass(frozen=True, slots=True)
class Stage:
    """What a source shows of where an application stands. None: the source does not say; where it does not give the
    filing day, ``filed_on`` is the latest that the number allows."""

    filed_on: date
    published_on: date | None
    granted_on: date | None
    publication_number: str
    grant_number: str
    status_group: str
    status_phase: str


def is_published(stage: Stage, today: date) -> bool:
    """Whether an application is public, so that others than its holders may see it.

    What shows a publication or a grant is public; so is what must have been published by now (Patent Law art. 34:
    eighteen months after filing) unless its status says that it never was. In doubt a young application is secret.
    """
    if stage.published_on or stage.granted_on or stage.publication_number or stage.grant_number:
        return True
    if stage.status_group == "alive" or stage.status_phase in {"published", *ENDS_OF_PATENTS}:
        return True
    if stage.status_phase in NOT_YET_PUBLIC:
        return False
    return add_months(stage.filed_on, PUBLICATION_MONTHS) <= today


def latest_filing(number: str) -> date:
    """The last day on which an application of this number can have been filed: its year is in the number."""
    return date(int(number[:4]), 12, 31) if len(number) > OLD_NUMBER else OLD_NUMBERS_UNTIL


def expires_on(kind: str, filed_on: date | None) -> date | None:
    return None if filed_on is None else expiry_date(kind, filed_on)


def anniversary(filed_on: date | None) -> int | None:
    """The filing day within a year as month × 100 + day: annual fees fall due by it (Implementing Rules art. 115)."""
    return None if filed_on is None else filed_on.month * 100 + filed_on.day


@dataclass(frozen=True, slots=True)
class ToldStatus:
    """A legal status as told. ``as_of``: the day the source vouches for, None where it names none; ``through``: the
    latest day that its row shows, which ``as_of`` cannot be before."""

    group: str
    as_of: date | None
    through: date | None


def status_may_replace(new: ToldStatus, kept: ToldStatus) -> bool:
    """Whether a newly told legal status becomes the present one.

    With a day on both sides the later day wins. Without one, life only goes forward: a dateless 授权 does not revive
    what another source reported as ended, unless its row shows a later day.
    """
    if new.as_of is not None and new.as_of == kept.as_of:
        # Two rows of one export, as the application and its grant: what shows the later day is the later word.
        return new.through is None or kept.through is None or new.through >= kept.through
    if new.as_of is not None:
        return new.as_of >= (kept.as_of or kept.through or new.as_of)
    if kept.as_of is not None:
        return new.through is not None and new.through > kept.as_of
    if new.through is not None and kept.through is not None and new.through > kept.through:
        return True
    return LIFE[new.group] >= LIFE[kept.group]
