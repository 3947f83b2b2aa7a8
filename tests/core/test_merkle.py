from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.core.merkle import ALGORITHM, GENESIS, Header, check_proof, leaf, merkle_root, node, proof_path

contents = st.lists(st.text(max_size=8), min_size=1, max_size=40)


def proof_of(texts: list[str], position: int) -> dict[str, Any]:
    leaves = [leaf(text) for text in texts]
    header = Header(3, ALGORITHM, len(texts), merkle_root(leaves), "ab" * 32, "2026-01-02T03:04:05+00:00")
    block = {name: getattr(header, name) for name in Header.__slots__} | {"head": header.head}
    return {"content": texts[position], "path": proof_path(leaves, position), "block": block}


@given(contents)
def test_every_entry_proves_also_after_a_trip_through_json(texts: list[str]) -> None:
    for position in range(len(texts)):
        assert check_proof(json.loads(json.dumps(proof_of(texts, position))))


@given(contents, st.data())
def test_a_changed_text_fails(texts: list[str], data: st.DataObject) -> None:
    proof = proof_of(texts, data.draw(st.integers(0, len(texts) - 1)))
    proof["content"] = data.draw(st.text(max_size=8).filter(lambda text: text != proof["content"]))
    assert not check_proof(proof)


@given(contents, st.data())
def test_a_changed_block_fails(texts: list[str], data: st.DataObject) -> None:
    proof = proof_of(texts, 0)
    name = data.draw(st.sampled_from(sorted(proof["block"])))
    value = proof["block"][name]
    proof["block"][name] = value + 1 if isinstance(value, int) else value[:-1] + ("1" if value[-1] != "1" else "2")
    assert not check_proof(proof)


@given(contents.filter(lambda texts: len(texts) > 1), st.data())
def test_a_changed_path_fails(texts: list[str], data: st.DataObject) -> None:
    proof = proof_of(texts, 0)
    place = data.draw(st.integers(0, len(proof["path"]) - 1))
    side, sibling = proof["path"][place]
    proof["path"][place] = (side, leaf(sibling).hex())
    assert not check_proof(proof)


@given(contents, contents)
def test_other_leaves_give_another_root(texts: list[str], others: list[str]) -> None:
    same = merkle_root([leaf(text) for text in texts]) == merkle_root([leaf(text) for text in others])
    assert same == (texts == others)


def test_a_node_does_not_pass_for_an_entry() -> None:
    left, right = leaf("a"), leaf("b")
    assert merkle_root([left, right]) == node(left, right).hex()
    assert leaf((left + right).decode("latin-1")) != node(left, right)
    assert merkle_root([]) == GENESIS


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"content": "a", "path": [], "block": None},
        {"content": "a", "path": [["up", "00"]], "block": {}},
        {"content": None, "path": "xx", "block": {"number": 1}},
    ],
)
def test_a_malformed_proof_is_no_proof(proof: dict[str, Any]) -> None:
    assert not check_proof(proof)


def test_a_path_with_an_unknown_side_or_no_hex_is_no_proof() -> None:
    for step in (("up", "00" * 32), ("left", "zz"), ("left",)):
        proof = proof_of(["a", "b"], 0)
        proof["path"] = [step]
        assert not check_proof(proof)


def test_the_head_binds_every_field() -> None:
    header = Header(1, ALGORITHM, 2, "r" * 64, GENESIS, "2026-01-02T03:04:05+00:00")
    changed = [
        replace(header, number=2),
        replace(header, entry_count=3),
        replace(header, merkle_root="s" * 64),
        replace(header, previous_head="1" * 64),
        replace(header, sealed_at="2026-01-02T03:04:06+00:00"),
    ]
    assert len({header.head, *(other.head for other in changed)}) == 6
