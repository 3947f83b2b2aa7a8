"""Nobody reaches into the own network through a webhook."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from tests.parties.conftest import refuses
from zhiqiao.hooks.addresses import Target, Unreachable, may_call, read_target, resolve
from zhiqiao.kernel.errors import Invalid

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"]
OWN = ["127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "::1", "fd12:3456::1"]
NEVER = [
    "169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1",  # noqa: S104 -- to be refused
    "239.255.255.250", "ff02::1", "240.0.0.1",
    "255.255.255.255", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "::127.0.0.1", "64:ff9b::a9fe:a9fe", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_is_called(address: str) -> None:
    assert may_call(ip_address(address), private=False) and may_call(ip_address(address), private=True)


@pytest.mark.parametrize("address", OWN)
def test_the_own_network_is_called_only_where_allowed(address: str) -> None:
    assert not may_call(ip_address(address), private=False) and may_call(ip_address(address), private=True)


@pytest.mark.parametrize("address", [*NEVER, "64:ff9b::7f00:1", "100.64.0.1", "198.18.0.1", "192.0.2.1"])
def test_other_addresses_are_not_called(address: str) -> None:
    assert not may_call(ip_address(address), private=False)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_called(address: str) -> None:
    assert not may_call(ip_address(address), private=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://Example.org", Target("https", "example.org", 443, "/")),
        ("https://example.org./a?b=c%20d", Target("https", "example.org", 443, "/a?b=c%20d")),
        ("https://example.org:8443/a b".replace(" ", "%20"), Target("https", "example.org", 8443, "/a%20b")),
        ("https://例子.测试/路", Target("https", "xn--fsqu00a.xn--0zwm56d", 443, "/%E8%B7%AF")),
        ("https://[2606:2800::1]/", Target("https", "2606:2800::1", 443, "/")),
    ],
)
def test_addresses_as_they_are_called(url: str, target: Target) -> None:
    assert read_target(url, private=False) == target


def test_the_host_as_the_receiver_reads_it() -> None:
    assert Target("https", "example.org", 443, "/").host_header == "example.org"
    assert Target("https", "example.org", 8443, "/").host_header == "example.org:8443"
    assert Target("http", "2606:2800::1", 443, "/").host_header == "[2606:2800::1]:443"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/", "hook_url_insecure"),
        ("ftp://example.org/", "hook_url_invalid"),
        ("file:///etc/passwd", "hook_url_invalid"),
        ("example.org", "hook_url_invalid"),
        ("https://", "hook_url_invalid"),
        ("https://a:b@example.org/", "hook_url_invalid"),
        ("https://example.org#@127.0.0.1/", "hook_url_invalid"),
        ("https://example.org\\@127.0.0.1/", "hook_url_invalid"),
        ("https://example.org/\r\nhost: x", "hook_url_invalid"),
        ("https://example.org:0/", "hook_url_invalid"),
        ("https://example.org:99999/", "hook_url_invalid"),
        ("https://example.org:x/", "hook_url_invalid"),
        ("https://-example.org/", "hook_url_invalid"),
        ("https://exa%6dple.org/", "hook_url_invalid"),
        ("https://[::1/", "hook_url_invalid"),
        ("https://[fe80::1%25eth0]/", "hook_url_refused"),
        ("https://" + "a" * 500 + ".org/", "hook_url_invalid"),
        ("https://127.0.0.1/", "hook_url_refused"),
        ("https://127.1/", "hook_url_refused"),
        ("https://2130706433/", "hook_url_refused"),
        ("https://0x7f000001/", "hook_url_refused"),
        ("https://0177.0.0.1/", "hook_url_refused"),
        ("https://[::1]/", "hook_url_refused"),
        ("https://[::ffff:10.0.0.1]/", "hook_url_refused"),
        ("https://169.254.169.254/latest/meta-data", "hook_url_refused"),
    ],
)
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with refuses(Invalid, code):
        read_target(url, private=False)


def test_with_permission_plain_http_and_the_own_network_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_target("http://10.0.0.1:8080/a", private=True) == Target("http", "10.0.0.1", 8080, "/a")
    with refuses(Invalid, "hook_url_refused"):
        read_target("http://169.254.169.254/", private=True)


def known_as(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """A name server that answers so; what was asked of it."""
    asked: list[str] = []

    def answer(host: str, port: int, **how: Any) -> list[Any]:
        asked.append(host)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = known_as(monkeypatch, "93.184.215.14", "8.8.8.8")
    assert resolve(Target("https", "example.org", 443, "/"), private=False) == "93.184.215.14"
    assert asked == ["example.org"]


@pytest.mark.parametrize("behind", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1%lo"])
def test_a_name_that_leads_into_the_own_network_is_refused(monkeypatch: pytest.MonkeyPatch, behind: str) -> None:
    known_as(monkeypatch, "93.184.215.14", behind)
    with refuses(Unreachable, "address_refused"):
        resolve(Target("https", "example.org", 443, "/"), private=False)


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    known_as(monkeypatch)
    with refuses(Unreachable, "name_unknown"):
        resolve(Target("https", "example.org", 443, "/"), private=False)
