"""One call to a receiver: bounded in time and size, to the address that was checked, following nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event, Timer

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut
from urllib3.response import HTTPResponse

from zhiqiao.hooks.addresses import Target, Unreachable, read_target, resolve
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import strip_unseen

CONNECT_SECONDS = 10.0
READ_SECONDS = 15.0  # between two pieces of the answer
WHOLE_SECONDS = 30.0  # however slowly the answer drips
READ_AT_MOST = 4_096  # bytes of the answer
TEXT_KEPT = 500  # characters of it


@dataclass(frozen=True)
class Answer:
    """``status`` None: there was none, ``error`` says why. ``retry_after``: what the receiver asked for."""

    status: int | None = None
    error: str = ""
    text: str = ""
    milliseconds: int = 0
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, headers: Mapping[str, str], body: bytes, *, private: bool) -> Answer:
    """What came back, whatever it was; raises nothing that a receiver could cause."""
    began = time.monotonic()
    try:
        answer = _post(url, headers, body, private)
    except Invalid:  # stricter now than when the address was taken down
        answer = Answer(error="address_refused")
    except Unreachable as refusal:
        answer = Answer(error=refusal.reason)
    except (HTTPError, http.client.HTTPException, OSError, ValueError, ArithmeticError) as failure:
        late = time.monotonic() - began >= WHOLE_SECONDS
        answer = Answer(error="timed_out" if late else error_code(failure))
    taken = int((time.monotonic() - began) * 1000)
    return Answer(answer.status, answer.error, answer.text, taken, answer.retry_after)


def error_code(failure: Exception) -> str:
    if isinstance(failure, ssl.SSLError):
        return "tls_failed"
    if isinstance(failure, TimeoutError | TimedOut) and not isinstance(failure, NewConnectionError):
        return "timed_out"
    if isinstance(failure, http.client.HTTPException | ValueError):
        return "answer_broken"
    return "connection_failed"


def _post(url: str, headers: Mapping[str, str], body: bytes, private: bool) -> Answer:
    target = read_target(url, private=private)
    connection = _connection(target, resolve(target, private=private))
    with _cut_in_time(connection) as cut:
        connection.connect()
        connection.timeout = READ_SECONDS
        sent = {**headers, "host": target.host_header, "accept-encoding": "identity", "user-agent": "Zhiqiao-Webhooks"}
        connection.request("POST", target.path, body, sent, preload_content=False, decode_content=False)
        response = connection.getresponse()
        if cut.is_set():
            raise TimeoutError
        return Answer(response.status, "", _text(response), 0, asked_pause(response.headers.get("retry-after")))


def _connection(target: Target, address: str) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=CONNECT_SECONDS)
    return HTTPSConnection(
        address, target.port, timeout=CONNECT_SECONDS,
        ssl_context=ssl.create_default_context(), server_hostname=target.host,
    )  # fmt: skip


@contextmanager
def _cut_in_time(connection: HTTPConnection) -> Iterator[Event]:
    """The limits on a socket hold for each piece; who sends a byte every few seconds would hold us for ever. The event
    says that it was cut: what was read so far then looks like an end."""
    cut = Event()
    watch = Timer(WHOLE_SECONDS, _cut, [connection, cut])
    watch.daemon = True
    watch.start()
    try:
        yield cut
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: HTTPConnection, cut: Event) -> None:
    cut.set()
    with suppress(OSError):
        if connection.sock is not None:
            # Past the TLS layer: it would wait for the other side to say goodbye.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _text(response: HTTPResponse) -> str:
    """The beginning of the answer; what breaks off on the way does not undo the status that was read."""
    try:
        raw = response.read(READ_AT_MOST, decode_content=False)
    except (HTTPError, http.client.HTTPException, OSError, ValueError):
        return ""
    return strip_unseen(raw.decode("utf-8", "replace"))[:TEXT_KEPT]


def asked_pause(text: str | None) -> timedelta | None:
    """``Retry-After`` in seconds or as a moment."""
    asked = (text or "").strip()
    if asked.isascii() and asked.isdecimal() and len(asked) < 9:
        return timedelta(seconds=int(asked))
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, TypeError, OverflowError):  # the last for figures that no calendar has
        return None
    return max(timedelta(), moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC))
