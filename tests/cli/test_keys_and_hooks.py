"""Keys and webhooks from the command line."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.hooks.conftest import Receiver, receiver
from tests.importing.programs import CommandLine
from zhiqiao.hooks.models import Delivery, Endpoint
from zhiqiao.parties.bearers import key_actor
from zhiqiao.parties.models import ApiKey, Organisation

__all__ = ["receiver"]


@pytest.fixture
def line(call: CommandLine, settings: Any) -> CommandLine:
    """With a person of a firm, and receivers of this machine allowed."""
    settings.ZHIQIAO_HOOKS_PRIVATE = True
    Organisation.objects.create(name="示例厂", name_key="示例厂", pinyin="x", kind="enterprise")
    made = call(
        "user", "create", "lihua", "--name", "示例李", "--role", "enterprise_member", "--organisation", "示例厂",
        "--password", "a-quiet-bridge-2026",
    )  # fmt: skip
    assert made.code == 0, made.err
    return call


def test_a_key_is_made_listed_and_revoked(line: CommandLine) -> None:
    made = line("keys", "make", "lihua", "--name", "报表", "--scope", "needs:write", "--scope", "read", "--days", "30")
    token = made.out.strip()
    assert made.code == 0 and re.fullmatch(r"zq_[a-z0-9]{10}_[0-9a-f]{64}", token) and "不再显示" in made.err
    bearer = key_actor(token)
    assert bearer is not None and bearer.scopes == {"needs:write", "read"}
    listed = line("keys", "list", "--user", "lihua").out
    assert token[:13] in listed and token not in listed and "报表" in listed and "有效" in listed
    assert line("keys", "revoke", token[:13]).code == 0
    assert key_actor(token) is None and "已作废" in line("keys", "list").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("keys", "make", "nobody", "--name", "x", "--scope", "read"), "user_not_found"),
        (("keys", "make", "lihua", "--name", "x", "--scope", "all"), "scope_unknown"),
        (("keys", "make", "lihua", "--name", "x", "--scope", "read", "--days", "99999999999999"), "key_expiry_far"),
        (("keys", "make", "lihua", "--name", "x", "--scope", "read", "--days", "-99999999999999"), "key_expiry_past"),
        (("keys", "revoke", "zq_none"), "key_not_found"),
        (("hooks", "add", "lihua", "ftp://x", "--name", "x"), "hook_url_invalid"),
        (("hooks", "add", "lihua", "https://x.org", "--name", "x", "--kind", "need.eaten"), "event_kind_unknown"),
        (("hooks", "test", "none"), "hook_not_found"),
        (("hooks", "off", "00000000-0000-0000-0000-000000000000"), "hook_not_found"),
        (("hooks", "redeliver", "none"), "delivery_not_found"),
    ],
)
def test_what_is_refused_is_one_line(line: CommandLine, words: tuple[str, ...], code: str) -> None:
    refused = line(*words)
    assert refused.code == 1 and f"[{code}]" in refused.err and len(refused.err.strip().splitlines()) == 1
    assert not ApiKey.objects.exists() and not Endpoint.objects.exists()


def test_a_webhook_is_added_tested_rotated_and_switched_off(line: CommandLine, receiver: Receiver) -> None:
    made = line(
        "hooks", "add", "lihua", receiver.url, "--name", "平台", "--kind", "need.stated", "--organisation", "示例厂"
    )
    secret = made.out.strip()
    assert made.code == 0 and secret.startswith("whsec_")
    tested = line("hooks", "test", "平台")
    assert tested.code == 0 and "已送达" in tested.out and "204" in tested.out
    assert receiver.verified(secret)[0]["type"] == "test.ping"
    renewed = line("hooks", "rotate", "平台", "--overlap", "0").out.strip()
    assert renewed.startswith("whsec_") and renewed != secret
    assert "[hook_overlap]" in line("hooks", "rotate", "平台", "--overlap", "999").err
    listed = line("hooks", "list").out
    assert "平台" in listed and "need.stated" in listed and "whsec_" not in listed
    delivery = Delivery.objects.get()
    assert "test.ping" in line("hooks", "deliveries", "--hook", "平台", "--state", "delivered").out
    assert line("hooks", "redeliver", str(delivery.public_id)).code == 0
    assert "[delivery_waiting]" in line("hooks", "redeliver", str(delivery.public_id)).err
    assert line("hooks", "off", str(Endpoint.objects.get().public_id)).code == 0
    assert "[hook_off]" in line("hooks", "test", "平台").err and line("hooks", "on", "平台").code == 0


def test_a_test_that_does_not_arrive_says_why(line: CommandLine, receiver: Receiver) -> None:
    receiver.answers(500)
    line("hooks", "add", "lihua", receiver.url, "--name", "平台")
    assert "500" in line("hooks", "test", "平台").out
