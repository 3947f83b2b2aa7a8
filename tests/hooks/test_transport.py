"""One call to a real receiver, well-behaved and not."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hooks.conftest import Receiver, Reply
from zhiqiao.hooks import transport
from zhiqiao.hooks.models import Trouble
from zhiqiao.hooks.transport import Answer, asked_pause, error_code, post

CODES = {"timed_out", "tls_failed", "name_unknown", "connection_failed", "answer_broken", "address_refused"}


def called(url: str, private: bool = True) -> Answer:
    return post(url, {"webhook-id": "msg_1"}, b"{}", private=private)


def test_what_a_receiver_gets(receiver: Receiver) -> None:
    receiver.answers(Reply(200, body="收到".encode()))
    answer = called(receiver.url)
    assert (answer.status, answer.error, answer.text, answer.taken) == (200, "", "收到", True)
    got = receiver.received[0]
    assert got.path == "/hooks?token=1" and got.body == b"{}" and got.headers["webhook-id"] == "msg_1"
    assert got.headers["host"] == receiver.url.split("/")[2] and got.headers["content-length"] == "2"


@pytest.mark.parametrize("status", [199 + 1, 204, 299])
def test_every_2xx_is_taken(receiver: Receiver, status: int) -> None:
    receiver.answers(status)
    assert called(receiver.url).taken


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
def test_nothing_else_is_taken_and_nothing_followed(receiver: Receiver, status: int) -> None:
    receiver.answers(Reply(status, {"location": receiver.url}))
    answer = called(receiver.url)
    assert answer.status == status and not answer.taken and len(receiver.received) == 1


def test_of_a_huge_answer_only_the_beginning_is_read(receiver: Receiver) -> None:
    receiver.answers(Reply(200, {"content-length": str(10**9)}, b"\x00ab\x00" * 1_000_000))
    began = time.monotonic()
    answer = called(receiver.url)
    assert answer.taken and answer.text == "ab" * 250 and time.monotonic() - began < 30


def test_an_answer_that_breaks_off_keeps_its_status(receiver: Receiver) -> None:
    receiver.answers(Reply(200, {"content-length": "100"}, b"half"))
    assert called(receiver.url).status == 200


def test_a_packed_answer_is_not_unpacked(receiver: Receiver) -> None:
    receiver.answers(Reply(200, {"content-encoding": "gzip"}, b"no gzip at all"))
    answer = called(receiver.url)
    assert answer.taken and answer.text == "no gzip at all"
    assert receiver.received[0].headers["accept-encoding"] == "identity"


def test_a_slow_receiver_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.2)
    receiver.answers(Reply(200, wait=60))
    began = time.monotonic()
    answer = called(receiver.url)
    assert (answer.status, answer.error) == (None, "timed_out") and 0.2 <= time.monotonic() - began < 30
    assert 200 <= answer.milliseconds < 30_000


def test_one_that_drips_its_answer_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte of the head comes in time; the whole of it never does."""
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=drip, args=(listening,), daemon=True).start()
        began = time.monotonic()
        answer = called(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert (answer.status, answer.error) == (None, "timed_out") and time.monotonic() - began < 30


def drip(listening: socket.socket) -> None:
    connected, _ = listening.accept()
    with connected:
        try:
            connected.sendall(b"HTTP/1.1 200 OK\r\nx-long: ")
            while True:
                connected.sendall(b"a")
                time.sleep(0.05)
        except OSError:
            return


def test_who_speaks_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=lambda: listening.accept()[0].sendall(b"220 mail ready\r\n"), daemon=True).start()
        assert called(f"http://127.0.0.1:{listening.getsockname()[1]}/").error in {"answer_broken", "connection_failed"}


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert called(f"http://127.0.0.1:{port}/").error == "connection_failed"


def test_a_name_that_cannot_be() -> None:
    assert called("https://nobody.invalid/").error == "name_unknown"


def test_what_is_refused_now_is_not_called(receiver: Receiver) -> None:
    """Taken down while it was allowed, called when it is not any more; and a name that leads into the own network."""
    assert called(receiver.url, private=False).error == "address_refused"
    assert called(f"https://localhost:{receiver.server.server_port}/", private=False).error == "address_refused"
    assert receiver.received == []


def test_the_address_that_was_checked_is_the_one_that_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers differently the second time (rebinding) is asked no second time."""
    real, asked = socket.getaddrinfo, []

    def changing(host: str, port: int, *args: int, **how: int) -> object:
        asked.append(host)
        return real("127.0.0.1" if host == "rebinding.example" else host, port, *args, **how)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert called(f"http://rebinding.example:{receiver.server.server_port}/").taken
    assert asked.count("rebinding.example") == 1
    assert receiver.received[0].headers["host"] == f"rebinding.example:{receiver.server.server_port}"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of ``localhost``, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "localhost.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def secured(certificate: Path) -> Iterator[Receiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    started = Receiver(context)
    yield started
    started.close()


def test_tls_with_a_certificate_that_is_trusted(
    secured: Receiver, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert called(f"https://localhost:{secured.server.server_port}/").taken


def test_tls_with_one_that_nobody_trusts(secured: Receiver) -> None:
    assert called(f"https://localhost:{secured.server.server_port}/").error == "tls_failed"


def test_tls_with_one_of_another_name(secured: Receiver, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert called(f"https://127.0.0.1:{secured.server.server_port}/").error == "tls_failed"
    assert secured.received == []


@time_machine.travel(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None), ("", None), ("soon", None), ("-5", None), ("9" * 20, None), ("１", None),
        ("120", timedelta(minutes=2)), (" 0 ", timedelta()),
        ("Mon, 02 Mar 2026 01:10:00 GMT", timedelta(minutes=10)), ("Mon, 02 Mar 2026 00:00:00 GMT", timedelta()),
    ],
)  # fmt: skip
def test_how_long_a_receiver_asks_us_to_wait(text: str | None, expected: timedelta | None) -> None:
    assert asked_pause(text) == expected


def test_the_wish_to_wait_arrives(receiver: Receiver) -> None:
    receiver.answers(Reply(503, {"retry-after": "90"}))
    assert called(receiver.url).retry_after == timedelta(seconds=90)


def test_every_code_has_words() -> None:
    assert set(Trouble.values) >= CODES
    assert error_code(OSError()) == "connection_failed" and error_code(ValueError()) == "answer_broken"
