"""A server on this machine that answers ``POST /v1/embeddings`` as OpenAI's interface does, well-behaved and not."""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

import numpy as np

from tests.engine.fakes import LetterPairs

Rows = list[dict[str, Any]]


@dataclass
class Fault:
    """One answer that is not as it should be. ``change`` alters the rows of a good answer before they are sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    wait: float = 0.0  # seconds before anything is said
    drip: float = 0.0  # seconds between two pieces of the body
    hang_up: bool = False
    change: Callable[[Rows], Rows] = list


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    said: dict[str, Any]

    @property
    def texts(self) -> list[str]:
        texts: list[str] = self.said["input"]
        return texts


class FakeEndpoint:
    """Vectors of letter pairs under the name of a model; ``faults`` are used up first, ``always`` after them."""

    model = "fake-embeddings-1"

    def __init__(self, dimension: int = 64, key: str = "") -> None:
        self.pairs = LetterPairs(dimension=dimension)
        self.key = key
        self.asked: list[Asked] = []
        self.faults: deque[Fault] = deque()
        self.always = Fault()
        self.let_go = Event()  # ends every wait
        self._turn = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def turn(self, asked: Asked) -> Fault:
        with self._turn:
            self.asked.append(asked)
            return self.faults.popleft() if self.faults else self.always

    def answer(self, asked: Asked, fault: Fault) -> tuple[int, bytes]:
        if fault.body is not None or fault.status != 200:
            return fault.status, fault.body if fault.body is not None else b'{"error": {"message": "no"}}'
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            return 401, b'{"error": {"message": "Incorrect API key", "type": "invalid_request_error"}}'
        if asked.path != "/v1/embeddings" or asked.said.get("model") != self.model:
            return 404, b'{"error": {"message": "The model does not exist", "code": "model_not_found"}}'
        rows: Rows = [
            {"object": "embedding", "index": at, "embedding": self._written(vector, asked.said)}
            for at, vector in enumerate(self.pairs.encode_passages(asked.texts) * 3)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return 200, json.dumps(
            {"object": "list", "data": fault.change(rows), "model": self.model, "usage": usage}
        ).encode()

    def _written(self, vector: Any, said: dict[str, Any]) -> Any:
        if said.get("encoding_format") == "float":
            return vector.tolist()
        return packed(vector)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.path, headers, json.loads(body))
                fault = endpoint.turn(asked)
                endpoint.let_go.wait(fault.wait)
                if fault.hang_up:
                    self.close_connection = True
                    return
                try:
                    self._say(fault, *endpoint.answer(asked, fault))
                except OSError:
                    self.close_connection = True  # we hung up

            def _say(self, fault: Fault, status: int, body: bytes) -> None:
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **fault.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                step = 200 if fault.drip else max(len(body), 1)
                for at in range(0, len(body), step):
                    endpoint.let_go.wait(fault.drip)
                    self.wfile.write(body[at : at + step])
                    self.wfile.flush()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def packed(vector: Any) -> str:
    """A vector as servers pack it when they are not asked for numbers."""
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode()
