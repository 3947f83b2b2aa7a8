"""How messages are signed and when they are tried again: Standard Webhooks 1.0.0, "Signature scheme" and
"Deliverability and reliability"."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

SECRET_MARK = "whsec_"  # noqa: S105 -- the mark that the specification puts before a secret, no secret
SECRET_BYTES = 32  # the specification: 24 to 64
# Pause before each attempt, in seconds: the specification's table, three days and some hours in all.
SCHEDULE = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
JITTER = 0.1
LONGEST_PAUSE = timedelta(days=1)  # that a receiver can ask for
GIVEN_UP_AFTER = timedelta(days=5)  # of nothing but failures
OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=7)

GONE = 410


def new_secret() -> str:
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, moment: int, body: str) -> str:
    """``v1,`` and the HMAC-SHA256 over ``id.timestamp.body`` in base64."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    signed = f"{message_id}.{moment}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(message_id: str, at: datetime, body: str, secrets_in_force: Sequence[str]) -> dict[str, str]:
    """The three headers; while a secret is being replaced there is one signature for each."""
    moment = int(at.timestamp())
    signatures = [signature(secret, message_id, moment, body) for secret in secrets_in_force]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signatures),
    }


def pause_after(failures: int, chance: float, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failed attempts; None where there is no further one.

    ``chance`` between 0 and 1 spreads attempts that failed together. ``asked``: what the receiver wants at least.
    """
    if failures >= len(SCHEDULE):
        return None
    pause = timedelta(seconds=SCHEDULE[failures] * (1 + JITTER * chance))
    return max(pause, min(asked or timedelta(), LONGEST_PAUSE))
