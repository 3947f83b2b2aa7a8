"""A real receiver on this machine, and a firm whose member listens."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.parties.conftest import bureau, member, organisation, person, user_of
from zhiqiao.hooks import outgoing, sending
from zhiqiao.hooks.actions import EndpointDetails, add_endpoint
from zhiqiao.hooks.models import Delivery, Endpoint
from zhiqiao.hooks.outgoing import hand_out
from zhiqiao.hooks.sending import deliver_to
from zhiqiao.kit.actors import Actor
from zhiqiao.needs.actions import NeedStatement, state_need
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Organisation

__all__ = ["bureau", "member", "organisation", "person"]

NEEDS = ("need.stated", "need.changed", "need.closed", "need.published", "need.hidden")


@dataclass
class Reply:
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    wait: float = 0.0  # seconds before anything is said
    drip: float = 0.0  # seconds between two bytes of the body


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """Answers with ``replies`` in turn, the last one for ever; keeps what came."""

    def __init__(self, secured: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.replies: deque[Reply] = deque([Reply()])
        self.let_go = Event()  # ends every wait
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        if secured is not None:
            self.server.socket = secured.wrap_socket(self.server.socket, server_side=True)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hooks?token=1"

    def answers(self, *replies: Reply | int) -> None:
        self.replies = deque(Reply(each) if isinstance(each, int) else each for each in replies)

    def verified(self, secret: str) -> list[Any]:
        """The bodies, after the reference library has checked each signature."""
        return [Webhook(secret).verify(each.body, each.headers) for each in self.received]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Received(self.path, headers, body))
                reply = receiver.replies.popleft() if len(receiver.replies) > 1 else receiver.replies[0]
                try:
                    self._say(reply)
                except OSError:
                    return  # we hung up

            def _say(self, reply: Reply) -> None:
                receiver.let_go.wait(reply.wait)
                self.send_response(reply.status)
                for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for start in range(0, len(reply.body), 1 if reply.drip else max(1, len(reply.body))):
                    self.wfile.write(reply.body[start : start + (1 if reply.drip else len(reply.body))])
                    self.wfile.flush()
                    receiver.let_go.wait(reply.drip)

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver()
    yield started
    started.close()


@pytest.fixture(autouse=True)
def own_network(settings: Any) -> Any:
    """The receiver of the tests is in the own network; tests of the refusals take the permission away."""
    settings.ZHIQIAO_HOOKS_PRIVATE = True
    return settings


@pytest.fixture(autouse=True)
def long_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a round could end before what the test is about."""
    monkeypatch.setattr(outgoing, "ROUND_SECONDS", 300.0)
    monkeypatch.setattr(sending, "ROUND_SECONDS", 300.0)


@pytest.fixture
def firm(organisation: Callable[..., Organisation]) -> Organisation:
    return organisation("示例模具厂", "enterprise")


@pytest.fixture
def listener(firm: Organisation, member: Callable[..., Actor]) -> Actor:
    return member("enterprise_member", firm)


@pytest.fixture
def endpoint(listener: Actor, receiver: Receiver) -> Endpoint:
    return listening(listener, receiver, kinds=NEEDS)


def listening(actor: Actor, receiver: Receiver, **details: Any) -> Endpoint:
    given = EndpointDetails(**{"name": "科技办平台", "url": receiver.url, **details})
    return add_endpoint(actor=actor, owner=user_of(actor), details=given)


def stated(actor: Actor, firm: Organisation, published: bool = False) -> Need:
    statement = NeedStatement(content="模具开裂，求表面处理工艺。", organisation=firm, published=published)
    return state_need(actor=actor, statement=statement)


def sent(endpoint: Endpoint) -> Delivery:
    """The newest delivery after everything due was handed out and tried."""
    hand_out()
    deliver_to(endpoint.pk)
    return Delivery.objects.filter(endpoint=endpoint).latest("id")
