"""An encoder in another program: whatever answers ``POST …/embeddings`` the way OpenAI's interface does."""

from __future__ import annotations

import base64
import binascii
import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import numpy as np
import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut

from zhiqiao.engine.encoder import TYPED, EncoderDown, VectorMemory, Vectors, filled_in, unit
from zhiqiao.engine.endpointsettings import Endpoint
from zhiqiao.engine.text import normalise
from zhiqiao.kernel.batches import in_batches

SOMEBODY_WAITS: Final = 5.0  # seconds that a search gives the endpoint, all attempts together
LEFT_ALONE: Final = 15.0  # seconds after a failure in which it is not asked again
LONGEST_PAUSE: Final = 300.0  # seconds that it can ask for
_FIRST_PAUSE: Final = 0.5
_WORTH_ANOTHER_TRY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_BYTES_OF_NUMBER: Final = 32  # at most, written out
_BYTES_AROUND: Final = 65_536
_READ_AT_ONCE: Final = 65_536


class _Refused(Exception):
    """One call that brought no vectors. ``pause``: seconds that the endpoint asked for, None when it named none."""

    def __init__(self, reason: str, again: bool, status: int = 0, pause: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.again, self.status, self.pause = reason, again, status, pause


class EndpointEncoder:
    """Asks in batches, tries again with pauses that grow, and leaves an endpoint alone for a while that failed.

    Every method raises ``EncoderDown``, with the reason, when there are no vectors to be had. Thread-safe.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=4, retries=False)
        self._memory = VectorMemory()
        self._guard = threading.Lock()
        self._asked_again_at = 0.0
        self._failure = ""

    @property
    def identity(self) -> str:
        """The model and all that changes its vectors; not the address, since a model can move house."""
        told = self._endpoint
        prefixes = json.dumps([told.query_prefix, told.passage_prefix], ensure_ascii=False)
        return f"openai:{told.model}/{told.query_characters}/{told.passage_characters}/{prefixes}"

    @property
    def dimension(self) -> int:
        return self._endpoint.dimension

    @property
    def batch(self) -> int:
        return self._endpoint.batch

    @property
    def failure(self) -> str:
        """Why it was given up for the moment; empty while it is well."""
        with self._guard:
            return self._failure if time.monotonic() < self._asked_again_at else ""

    def may_read(self, visibility: Sequence[str]) -> bool:
        """Whether a text for these readers may leave the house."""
        told = self._endpoint
        return told.inside or "public" in visibility or (told.typed and TYPED in visibility)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        told = self._endpoint
        plain = [normalise(text, told.query_characters) for text in texts]
        seconds = min(SOMEBODY_WAITS, told.seconds)
        return self._memory.recalled(plain, lambda new: self._encode(new, told.query_prefix, seconds))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        told = self._endpoint
        plain = [normalise(text, told.passage_characters) for text in texts]
        return self._encode(plain, told.passage_prefix, 2 * told.seconds)

    def probe(self) -> int:
        """Ask once for one vector, whatever happened before; gives its dimension, right or wrong.

        Raises ``EncoderDown``.
        """
        try:
            return len(_numbers(self._call(["知桥"], self._endpoint.seconds)[0]))
        except _Refused as refused:
            raise EncoderDown(refused.reason, status=refused.status) from refused

    def _encode(self, texts: Sequence[str], prefix: str, patience: float) -> Vectors:
        def asked(filled: Sequence[str]) -> Vectors:
            until = time.monotonic() + patience * max(1, -(-len(filled) // self.batch))
            parts = [self._batch([prefix + text for text in part], until) for part in in_batches(filled, self.batch)]
            return np.concatenate(parts)

        return filled_in(texts, self.dimension, asked)

    def _batch(self, texts: list[str], until: float) -> Vectors:
        if left_alone := self.failure:
            raise EncoderDown(left_alone)
        for attempt in range(self._endpoint.retries + 1):
            try:
                answer = self._call(texts, until - time.monotonic())
                vectors = unit(_vectors(answer, self.dimension))
            except _Refused as refused:
                pause = _pause(attempt, refused.pause)
                last = attempt == self._endpoint.retries or time.monotonic() + pause >= until
                if last or not refused.again:
                    raise self._given_up(refused) from refused
                time.sleep(pause)
            else:
                self._well()
                return vectors
        raise AssertionError("the last attempt ends the loop")

    def _given_up(self, refused: _Refused) -> EncoderDown:
        with self._guard:
            self._asked_again_at = time.monotonic() + max(LEFT_ALONE, refused.pause or 0.0)
            self._failure = refused.reason
        return EncoderDown(refused.reason, status=refused.status)

    def _well(self) -> None:
        with self._guard:
            self._asked_again_at, self._failure = 0.0, ""

    def _call(self, texts: Sequence[str], seconds: float) -> list[Any]:
        """The embeddings of one call in the order of the texts, unread."""
        told = self._endpoint
        until = time.monotonic() + min(seconds, told.seconds)
        body = json.dumps({"model": told.model, "input": list(texts), "encoding_format": "float"}).encode()
        headers = {"content-type": "application/json", "accept": "application/json", "user-agent": "Zhiqiao"}
        if told.key:
            headers["authorization"] = f"Bearer {told.key}"
        try:
            answer = self._pool.request(
                "POST", f"{told.url}/embeddings", body=body, headers=headers,
                timeout=max(0.05, until - time.monotonic()), redirect=False, preload_content=False,
            )  # fmt: skip
            most = _BYTES_AROUND + len(texts) * told.dimension * _BYTES_OF_NUMBER
            read = _read(answer, most, until)
        except (HTTPError, OSError) as failure:
            late = isinstance(failure, TimedOut) and not isinstance(failure, NewConnectionError)
            raise _Refused("encoder_too_slow" if late else "encoder_unreachable", again=True) from failure
        if answer.status != 200:
            raise _refusal(answer.status, answer.headers)
        return _embeddings(read, len(texts))


def _read(answer: urllib3.BaseHTTPResponse, most: int, until: float) -> bytes:
    """The answer as far as it may go on: one that drips would pass every limit on a single read."""
    pieces, size = [], 0
    try:
        for piece in answer.stream(_READ_AT_ONCE):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise _Refused("encoder_answer_broken", again=False)
            if time.monotonic() >= until:
                raise _Refused("encoder_too_slow", again=True)
    except BaseException:
        answer.close()
        raise
    answer.release_conn()
    return b"".join(pieces)


def _refusal(status: int, headers: Mapping[str, str]) -> _Refused:
    again = status in _WORTH_ANOTHER_TRY
    reason = "encoder_busy" if status == 429 else "encoder_unreachable" if again else "encoder_refused"
    return _Refused(reason, again, status, _asked_pause(headers.get("retry-after")))


def _asked_pause(text: str | None) -> float | None:
    """``Retry-After`` in seconds, however it is written; at most five minutes."""
    asked = (text or "").strip()
    if asked.isascii() and asked.isdecimal() and len(asked) < 9:
        return min(float(asked), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, TypeError, OverflowError):
        return None
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _pause(attempt: int, asked: float | None) -> float:
    """Seconds before the next call: what was asked for, else twice as long each time, a little apart from others'."""
    if asked is not None:
        return asked
    chance = random.random()  # noqa: S311 -- spreads attempts, guards nothing
    doubled: float = _FIRST_PAUSE * 2**attempt
    return doubled * (1 + chance / 4)


def _embeddings(read: bytes, count: int) -> list[Any]:
    """What came, by the index that each says it has."""
    try:
        rows = json.loads(read)["data"]
        found = {row["index"]: row["embedding"] for row in rows}
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        raise _Refused("encoder_answer_broken", again=False) from broken
    if len(rows) != count or set(found) != set(range(count)):
        raise _Refused("encoder_answer_broken", again=False)
    return [found[at] for at in range(count)]


def _vectors(embeddings: Sequence[Any], dimension: int) -> Vectors:
    rows = [_numbers(each) for each in embeddings]
    if any(len(row) != dimension for row in rows):
        raise _Refused("encoder_dimension", again=False)
    vectors = np.stack(rows)
    if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
        raise _Refused("encoder_answer_broken", again=False)
    return vectors


def _numbers(embedding: Any) -> Vectors:
    """A list of numbers, or the same packed: some servers pack whatever they were asked for."""
    try:
        if isinstance(embedding, str):
            return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and that is looked for
            row = np.asarray(embedding, dtype=np.float32)
    except (ValueError, TypeError, OverflowError, binascii.Error) as broken:
        raise _Refused("encoder_answer_broken", again=False) from broken
    if row.ndim != 1:
        raise _Refused("encoder_answer_broken", again=False)
    return row
