"""Signatures against the reference library, and the schedule against the specification's table."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from zhiqiao.hooks.rules import LONGEST_PAUSE, SCHEDULE, headers_of, new_secret, pause_after

NOW = datetime(2026, 3, 2, 1, 0, 0, 700_000, tzinfo=UTC)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=4))
def test_the_reference_library_takes_our_signatures(told: dict[str, str]) -> None:
    secret, body = new_secret(), json.dumps(told, ensure_ascii=False).replace("\ud800", "")
    body = body.encode("utf-8", "ignore").decode()
    with time_machine.travel(NOW, tick=False):
        headers = headers_of("msg_1", NOW, body, [secret])
        assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
        assert Webhook(secret).verify(body, headers) == json.loads(body)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + " ", headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(new_secret()).verify(body, headers)


def test_the_specifications_own_example() -> None:
    """Signed with the library the other way round: equal text, equal signature."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, [secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_documents_example_takes_our_signatures() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
    told: dict[str, Any] = {}
    exec(text.partition("```python\n")[2].partition("```")[0], told)  # noqa: S102 -- the example itself is under test
    secret, body = new_secret(), '{"a": "知桥"}'
    headers = headers_of("msg_1", NOW, body, [new_secret(), secret])
    with time_machine.travel(NOW, tick=False) as clock:
        assert told["verified"](secret, headers, body.encode())
        assert not told["verified"](secret, headers, b"{}") and not told["verified"](
            new_secret(), headers, body.encode()
        )
        clock.shift(301)
        assert not told["verified"](secret, headers, body.encode())


def test_while_a_secret_is_replaced_both_are_good() -> None:
    old, new = new_secret(), new_secret()
    with time_machine.travel(NOW, tick=False):
        headers = headers_of("msg_1", NOW, "{}", [new, old])
        assert Webhook(old).verify("{}", headers) == Webhook(new).verify("{}", headers) == {}
    assert len(headers["webhook-signature"].split(" ")) == 2


def test_secrets_have_the_specified_form() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_") and len(base64.b64decode(secret[6:])) == 32 and secret != new_secret()


def test_the_schedule_is_the_specifications() -> None:
    pauses = [pause_after(failures, chance=0.0) for failures in range(1, 11)]
    told = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert pauses == [*(timedelta(seconds=each) for each in told), None]
    assert sum(SCHEDULE) == timedelta(hours=75, minutes=35, seconds=5).total_seconds()


@given(st.integers(1, 9), st.floats(0, 1))
def test_chance_only_lengthens_a_pause_and_never_much(failures: int, chance: float) -> None:
    pause, least = pause_after(failures, chance), timedelta(seconds=SCHEDULE[failures])
    assert pause is not None and least <= pause <= least * 1.1 + timedelta(milliseconds=1)


def test_a_receiver_can_ask_for_a_longer_pause_up_to_a_day() -> None:
    assert pause_after(1, 0.0, timedelta(minutes=10)) == timedelta(minutes=10)
    assert pause_after(5, 0.0, timedelta(seconds=1)) == timedelta(hours=5)
    assert pause_after(1, 0.0, timedelta(days=400)) == LONGEST_PAUSE
    assert pause_after(10, 0.0, timedelta(seconds=1)) is None
