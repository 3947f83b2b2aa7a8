"""Which addresses are called: nobody reaches into the installation's own network through a webhook.

A name is resolved once, right before the call; every address behind it must be one of the open internet, and the call
goes to exactly that address, so that a name cannot turn into another address in between.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit

from zhiqiao.kernel.errors import Invalid, ZhiqiaoError

LONGEST = 500  # characters
PORTS = {"https": 443, "http": 80}
KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._?"
NAT64 = IPv6Network("64:ff9b::/96")
OWN = (
    IPv4Network("127.0.0.0/8"), IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"),
    IPv6Network("::1/128"), IPv6Network("fc00::/7"),
)  # fmt: skip
COMPATIBLE = IPv6Network("::/96")
# Handed out for networks of one's own, and the address behind which a cloud answers its own machines.
NEVER = (IPv6Network("fec0::/10"), IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.ASCII | re.IGNORECASE)
Address = IPv4Address | IPv6Address


class Unreachable(ZhiqiaoError):
    """A name that nobody knows (``name_unknown``), or one that leads where we do not go (``address_refused``)."""

    code = "address_refused"


@dataclass(frozen=True)
class Target:
    """An address as it is called. ``host`` is a name or a plain address, ``path`` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def read_target(url: str, *, private: bool) -> Target:
    """``private``: plain http and addresses of the own network are allowed.

    Raises ``hook_url_invalid``, ``hook_url_insecure``, ``hook_url_refused`` (the last for plain addresses; names are
    looked up when they are called).
    """
    if len(url) > LONGEST or not url.isprintable() or "\\" in url or " " in url:
        raise Invalid("hook_url_invalid")
    try:
        parts = urlsplit(url)
        port, host = parts.port, _host(parts)
    except ValueError:  # a port that is none, brackets that do not close, a name that cannot be
        raise Invalid("hook_url_invalid") from None
    if parts.scheme not in PORTS or parts.username is not None or parts.fragment or port == 0:
        raise Invalid("hook_url_invalid")
    if parts.scheme != "https" and not private:
        raise Invalid("hook_url_insecure")
    if (plain := _plain_address(host)) is not None and not may_call(plain, private=private):
        raise Invalid("hook_url_refused")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], _path(parts))


def without_secrets(url: str) -> str:
    """What others than its owner may see of an address: many receivers have their secret in the query, some in the
    path."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{place}{'/…' if parts.path.strip('/') or parts.query or parts.fragment else parts.path}"


def _host(parts: SplitResult) -> str:
    """Raises ``ValueError`` for what can be no host."""
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        return str(IPv6Address(host))
    name = host if host.isascii() else host.encode("idna").decode()
    if not _NAME.fullmatch(name):
        raise ValueError(host)
    return name


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=KEPT_IN_PATH)
    return f"{path}?{quote(parts.query, safe=KEPT_IN_PATH)}" if parts.query else path


def _plain_address(host: str) -> Address | None:
    """The address that a host is, in whichever notation the system would take: 127.1, 0x7f000001, 2130706433."""
    if ":" in host:
        return IPv6Address(host)
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def resolve(target: Target, *, private: bool) -> str:
    """The one address to call, with nothing refused behind the name. Raises ``Unreachable``."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name_unknown", host=target.host) from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(may_call(ip_address(each), private=private) for each in addresses):
        raise Unreachable(host=target.host)
    return addresses[0]


def may_call(address: Address, *, private: bool) -> bool:
    """The open internet, and the own network where the installation allows it. Never link-local (where clouds keep
    their secrets), multicast, reserved or unspecified ones, nor IPv6 addresses that stand for another one."""
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return may_call(IPv4Address(int(address) & 0xFFFFFFFF), private=private)
        if _stands_for_another(address):
            return False
    if any(address in network for network in NEVER):
        return False
    if any(address in network for network in OWN):
        return private
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _stands_for_another(address: IPv6Address) -> bool:
    inside = address.ipv4_mapped or address.sixtofour or address.teredo
    return bool(inside) or (address in COMPATIBLE and not address.is_loopback)
