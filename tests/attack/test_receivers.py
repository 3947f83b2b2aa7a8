"""What a receiver of webhooks can do to us, and where it could have us call."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from tests.hooks.conftest import Receiver, Reply
from tests.hooks.conftest import receiver as receiver
from zhiqiao.hooks.addresses import may_call
from zhiqiao.hooks.transport import asked_pause, post

ENDLESS = "9" * 20


@pytest.mark.parametrize(
    "wish",
    [
        f"Mon, 01 Jan {ENDLESS} 00:00:00 GMT", f"Mon, {ENDLESS} Jan 2026 00:00:00 GMT",
        f"Mon, 01 Jan 2026 {ENDLESS}:00:00 GMT", f"Mon, 01 Jan 2026 00:00:00 +{ENDLESS}",
    ],
)  # fmt: skip
def test_wish_for_a_day_that_no_calendar_has_is_passed_over(receiver: Receiver, wish: str) -> None:
    assert asked_pause(wish) is None
    receiver.answers(Reply(503, {"retry-after": wish}))
    answer = post(receiver.url, {"webhook-id": "msg_1"}, b"{}", private=True)
    assert (answer.status, answer.retry_after) == (503, None)


@pytest.mark.parametrize("address", ["fec0::1", "feff::1", "192.0.0.192", "168.63.129.16"])
def test_networks_of_ones_own_under_older_names_are_not_called(address: str) -> None:
    assert not may_call(ip_address(address), private=False) and not may_call(ip_address(address), private=True)
