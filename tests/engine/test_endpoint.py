"""The encoder behind an address, against a server that speaks the protocol, and against one that does not."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Thread
from typing import Any

import numpy as np
import pytest

from tests.engine.fake_endpoint import FakeEndpoint, Fault, Rows, packed
from tests.engine.fakes import TITLES
from zhiqiao.engine import endpoint as module
from zhiqiao.engine.encoder import TYPED, EncoderDown, Outside, may_read
from zhiqiao.engine.endpoint import EndpointEncoder
from zhiqiao.engine.endpointsettings import Endpoint

TEXT = "锂电池隔膜的涂布设备"


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    made = FakeEndpoint()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses of an impatient test, which gives a busy machine all the time it needs."""
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(module, "SOMEBODY_WAITS", 60.0)


def encoder(server: FakeEndpoint, **told: Any) -> EndpointEncoder:
    return EndpointEncoder(Endpoint(**{"url": server.url, "model": server.model, "dimension": 64, **told}))


def refused(asked: EndpointEncoder, *texts: str) -> str:
    with pytest.raises(EncoderDown) as down:
        asked.encode_passages(texts or (TEXT,))
    return down.value.reason


def test_vectors_are_the_models_scaled_to_one(server: FakeEndpoint) -> None:
    asked = encoder(server, key="s3cret", query_prefix="query: ", passage_prefix="passage: ")
    vectors = asked.encode_passages([TITLES[0], "", TITLES[1]])
    expected = server.pairs.encode_queries([f"passage: {TITLES[0]}", f"passage: {TITLES[1]}"])
    assert np.allclose(vectors[[0, 2]], expected, atol=1e-6) and not vectors[1].any()
    assert np.allclose(np.linalg.norm(vectors[[0, 2]], axis=1), 1)
    got = server.asked[0]
    assert got.path == "/v1/embeddings" and got.headers["authorization"] == "Bearer s3cret"
    assert got.said == {
        "model": server.model,
        "input": [f"passage: {TITLES[0]}", f"passage: {TITLES[1]}"],
        "encoding_format": "float",
    }
    asked.encode_queries([TEXT])
    assert server.asked[-1].texts == [f"query: {TEXT}"]


def test_a_thousand_texts_go_in_batches_and_come_back_in_order(server: FakeEndpoint) -> None:
    texts = [f"{TITLES[at % 12]}第{at}号" for at in range(1_000)]
    vectors = encoder(server, batch=300).encode_passages(texts)
    assert [len(each.texts) for each in server.asked] == [300, 300, 300, 100]
    assert np.allclose(vectors, server.pairs.encode_queries(texts), atol=1e-6)


def test_texts_are_cleaned_and_cut_before_they_are_sent(server: FakeEndpoint) -> None:
    asked = encoder(server, passage_characters=50, query_characters=80)
    asked.encode_passages(["隔\0膜\ud800" + "长" * 1_000])
    asked.encode_queries(["膜" * 1_000])
    assert [len(each.texts[0]) for each in server.asked] == [50, 80]
    assert "\0" not in server.asked[0].texts[0]


def test_a_need_asked_again_costs_no_call(server: FakeEndpoint) -> None:
    asked = encoder(server)
    first = asked.encode_queries([TEXT, TITLES[0]])
    again = asked.encode_queries([TITLES[0], TEXT, TITLES[1]])
    assert np.array_equal(first, again[[1, 0]])
    assert [each.texts for each in server.asked] == [[TEXT, TITLES[0]], [TITLES[1]]]


def test_answers_out_of_order_are_put_in_order(server: FakeEndpoint) -> None:
    server.always = Fault(change=lambda rows: rows[::-1])
    assert np.allclose(
        encoder(server).encode_passages(list(TITLES)), server.pairs.encode_queries(list(TITLES)), atol=1e-6
    )


def test_packed_answers_are_unpacked(server: FakeEndpoint) -> None:
    server.always = Fault(change=lambda rows: [{**row, "embedding": packed(row["embedding"])} for row in rows])
    assert np.allclose(encoder(server).encode_passages([TEXT]), server.pairs.encode_queries([TEXT]), atol=1e-6)


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(429, {"retry-after": "0"}), Fault(503)],
        [Fault(500), Fault(502)],
        [Fault(hang_up=True)],
        [Fault(429, {"retry-after": "soon"})],
    ],
)
def test_what_passes_is_tried_again(server: FakeEndpoint, faults: list[Fault]) -> None:
    server.faults.extend(faults)
    asked = encoder(server)
    assert asked.encode_passages([TEXT]).any()
    assert len(server.asked) == len(faults) + 1 and asked.failure == ""


def test_tries_are_bounded(server: FakeEndpoint) -> None:
    server.always = Fault(500)
    assert refused(encoder(server, retries=2)) == "encoder_unreachable"
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 413, 422])
def test_what_will_not_pass_is_not_tried_again(server: FakeEndpoint, status: int) -> None:
    server.always = Fault(status, {"location": "http://127.0.0.1:1/v1/embeddings"})
    assert refused(encoder(server)) == "encoder_refused"
    assert len(server.asked) == 1


def test_a_wrong_key_and_a_wrong_model_are_refused(server: FakeEndpoint) -> None:
    server.key = "s3cret"
    assert refused(encoder(server, key="other")) == "encoder_refused"
    assert refused(encoder(server, key="s3cret", model="no-such-model")) == "encoder_refused"


def test_a_pause_that_is_asked_for_is_kept(server: FakeEndpoint) -> None:
    server.faults.append(Fault(429, {"retry-after": "1"}))
    began = time.monotonic()
    assert encoder(server).encode_queries([TEXT]).any()
    assert time.monotonic() - began >= 1 and len(server.asked) == 2


def test_nobody_waits_for_a_long_pause_and_it_is_not_asked_meanwhile(server: FakeEndpoint) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    server.faults.append(Fault(429, {"retry-after": later}))
    asked = encoder(server)
    began = time.monotonic()
    with pytest.raises(EncoderDown) as busy:
        asked.encode_queries([TEXT])
    assert busy.value.reason == "encoder_busy" and time.monotonic() - began < 20
    assert refused(asked) == asked.failure == "encoder_busy"
    assert len(server.asked) == 1


def test_an_endpoint_that_failed_is_left_alone_and_asked_again_later(
    server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds, times in ((600, 20), (0.1, 1)):
        monkeypatch.setattr(module, "LEFT_ALONE", seconds)
        server.asked.clear()
        server.faults.append(Fault(404))
        asked = encoder(server)
        for _ in range(times):
            assert refused(asked) == "encoder_refused"
        assert len(server.asked) == 1
    while asked.failure:
        time.sleep(0.05)
    assert asked.encode_passages([TEXT]).any()


@pytest.mark.parametrize("fault", [Fault(wait=60), Fault(drip=0.1)])
def test_who_is_slow_is_given_up_in_time(server: FakeEndpoint, fault: Fault) -> None:
    server.always = fault
    began = time.monotonic()
    assert refused(encoder(server, seconds=0.3, retries=1)) == "encoder_too_slow"
    assert 0.3 <= time.monotonic() - began < 30


def test_somebody_who_waits_is_not_kept_as_long_as_the_indexer(
    server: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SOMEBODY_WAITS", 0.3)
    server.always = Fault(wait=60)
    began = time.monotonic()
    with pytest.raises(EncoderDown):
        encoder(server, seconds=60).encode_queries([TEXT])
    assert time.monotonic() - began < 30


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    asked = EndpointEncoder(Endpoint(url, "any", 64, retries=1))
    assert refused(asked) == "encoder_unreachable"


def without_last(rows: Rows) -> Rows:
    return rows[:-1]


def twice_the_first(rows: Rows) -> Rows:
    return [rows[0], *rows[:-1]]


def with_embedding(value: Any) -> Fault:
    return Fault(change=lambda rows: [{**row, "embedding": value} for row in rows])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(body=b"<html>Welcome</html>"),
        Fault(body=b""),
        Fault(body=b"[]"),
        Fault(body=b'{"data": null}'),
        Fault(body=b'{"data": [1, 2]}'),
        Fault(body=b'{"data": [{"index": [], "embedding": [1]}]}'),
        Fault(body=b"[" * 60_000),
        Fault(body=b" " * 3_000_000),
        Fault(body=b"\xff\xfe"),
        Fault(change=without_last),
        Fault(change=twice_the_first),
        Fault(change=lambda rows: [*rows, *rows]),
        Fault(change=lambda rows: [{**row, "index": row["index"] + 1} for row in rows]),
        with_embedding(["a"] * 64),
        with_embedding([[0.1] * 8] * 8),
        with_embedding([float("nan")] * 64),
        with_embedding([0.0] * 64),
        with_embedding([1e300] * 64),
        with_embedding("not packed"),
        with_embedding({"0": 1}),
        with_embedding(None),
    ],
)
def test_an_answer_that_is_none_is_told_and_nothing_of_it_used(server: FakeEndpoint, fault: Fault) -> None:
    server.always = fault
    assert refused(encoder(server), TITLES[0], TITLES[1]) == "encoder_answer_broken"
    assert len(server.asked) == 1


@pytest.mark.parametrize("length", [1, 63, 65, 1_536])
def test_vectors_of_another_length_are_refused(server: FakeEndpoint, length: int) -> None:
    server.always = with_embedding([0.1] * length)
    asked = encoder(server)
    assert refused(asked) == "encoder_dimension"
    assert asked.probe() == length


def test_what_changes_vectors_changes_the_identity(server: FakeEndpoint) -> None:
    one = encoder(server)
    same = encoder(server, url="https://elsewhere.example/v1", key="k", batch=7, seconds=9, retries=0, inside=True)
    assert same.identity == one.identity
    others = [
        encoder(server, **change).identity
        for change in (
            {"model": "fake-embeddings-2"},
            {"query_prefix": "query: "},
            {"passage_prefix": "query: "},
            {"passage_characters": 60},
            {"query_characters": 60},
        )
    ]
    assert len({one.identity, *others}) == 6
    assert encoder(server, dimension=32).dimension == 32


def test_what_is_not_public_stays_in_the_house(server: FakeEndpoint) -> None:
    outside, inside = encoder(server), encoder(server, inside=True)
    assert isinstance(outside, Outside)
    assert may_read(outside, ("public", "org:1")) and not may_read(outside, ("city", "org:1"))
    assert may_read(inside, ("city", "org:1")) and may_read(server.pairs, ())
    assert not may_read(outside, (TYPED,)) and may_read(encoder(server, typed=True), (TYPED,))
    assert not may_read(encoder(server, typed=True), ("city",))


def test_a_key_is_not_shown(server: FakeEndpoint) -> None:
    assert "s3cret" not in repr(Endpoint(server.url, server.model, 64, key="s3cret"))


def test_threads_share_one_encoder(server: FakeEndpoint) -> None:
    asked = encoder(server)
    found: dict[int, Any] = {}

    def ask(at: int) -> None:
        found[at] = asked.encode_queries([TITLES[at % 12], f"{TITLES[at % 12]}{at}"])

    threads = [Thread(target=ask, args=(at,)) for at in range(24)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for at in range(24):
        expected = server.pairs.encode_queries([TITLES[at % 12], f"{TITLES[at % 12]}{at}"])
        assert np.allclose(found[at], expected, atol=1e-6)
