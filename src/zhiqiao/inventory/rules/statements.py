"""What an institution may say about a patent in the stocktaking (domain §1.3), and when a file is complete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zhiqiao.kernel.errors import Invalid

# The official grades were not found; the two words seen are 转化前景较好 and 前景不明 (domain §1.3).
SELF_GRADES: Final = ("high", "good", "fair", "low", "unclear")
WILLING: Final = ("yes", "no", "later")
WAYS: Final = (
    "assignment", "licence_exclusive", "licence_sole", "licence_ordinary", "open_licence", "equity", "pledge",
    "joint_development", "use_first_pay_later",
)  # fmt: skip
EXPLOITATION: Final = (
    "not_exploited", "self_exploited", "licensed", "assigned", "equity", "joint", "industrialised",
)  # fmt: skip
MATURITY: Final = range(1, 10)
"""Technology readiness levels 1 to 9 (GB/T 22900-2022)."""


def check_choice(field: str, value: str, choices: Sequence[str]) -> str:
    """Empty takes an earlier word back. Raises ``Invalid`` ``choice_unknown``."""
    if value and value not in choices:
        raise Invalid("choice_unknown", field=field, value=value, choices=list(choices))
    return value


def check_ways(ways: Sequence[str]) -> list[str]:
    """The ways in the order of the list, each once."""
    for way in ways:
        check_choice("accepted_ways", way, WAYS)
    return [way for way in WAYS if way in ways]


def check_maturity(level: int | None) -> int | None:
    """Raises ``Invalid`` ``maturity_range``."""
    if level is not None and level not in MATURITY:
        raise Invalid("maturity_range", value=level, lowest=MATURITY[0], highest=MATURITY[-1])
    return level


def lacking_in_file(willing: str, note: str) -> str | None:
    """Why a file cannot go to review yet: ``willing_not_said``, or ``refusal_needs_reason`` (domain §1.3)."""
    if not willing:
        return "willing_not_said"
    return "refusal_needs_reason" if willing == "no" and not note.strip() else None
