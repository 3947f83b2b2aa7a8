from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models import F

from tests.core.conftest import ACTOR
from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.merkle import check_proof
from zhiqiao.core.models import AuditBlock, AuditEntry
from zhiqiao.core.seal import (
    heads_file,
    kept_heads,
    note_heads_anew,
    prove,
    seal_entries,
    seal_everything,
    verify,
    verify_here,
)
from zhiqiao.core.verification import COLUMNS
from zhiqiao.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


def write(transactions: int, entries: int = 2) -> None:
    for _ in range(transactions):
        with unit_of_work(ACTOR) as work:
            for number in range(entries):
                work.record("test.write", Subject("test", str(number)), None, {"n": number})


def codes(**kept: Any) -> set[str]:
    return {code for code, _ in verify(**kept).problems}


@pytest.fixture
def chain() -> list[AuditBlock]:
    """Three blocks of six entries."""
    for _ in range(3):
        write(3)
        seal_entries()
    return list(AuditBlock.objects.order_by("number"))


def test_an_empty_trail_is_intact() -> None:
    assert seal_everything() == 0
    assert verify().intact


def test_blocks_link_and_count(chain: list[AuditBlock]) -> None:
    write(1)
    found = verify()
    assert found.intact
    assert (found.blocks, found.sealed, found.unsealed, found.head) == (3, 18, 2, chain[-1].head)
    assert chain[1].previous_head == chain[0].head


def test_a_block_takes_no_more_than_its_limit() -> None:
    write(5)
    assert [seal_entries(4), seal_entries(4), seal_entries(4), seal_entries(4)] == [4, 4, 2, 0]
    assert verify().intact


def test_an_entry_that_commits_late_is_sealed_later() -> None:
    write(2)
    late = AuditEntry.objects.order_by("id").first()
    assert late is not None
    # As if its transaction had not committed yet: the entry exists for nobody else.
    kept = AuditEntry.objects.filter(pk=late.pk).values().get()
    AuditEntry.objects.filter(pk=late.pk).delete()
    seal_everything()
    AuditEntry.objects.create(**kept)
    assert seal_everything() == 1
    assert verify().intact


@pytest.mark.parametrize("column", ["actor_id", "action", "subject_type", "subject_id"])
def test_a_column_that_disagrees_with_its_content_is_noticed(chain: list[AuditBlock], column: str) -> None:
    write(1)
    for entry in (AuditEntry.objects.order_by("id")[0], AuditEntry.objects.order_by("-id")[0]):
        AuditEntry.objects.filter(pk=entry.pk).update(**{column: "forged"})
        assert codes() == {"columns_disagree"}
        AuditEntry.objects.filter(pk=entry.pk).update(**{column: getattr(entry, column)})
    assert verify().intact


def test_no_column_of_an_entry_stands_unchecked() -> None:
    columns = {field.attname for field in AuditEntry._meta.concrete_fields}
    assert columns == {*COLUMNS, "block_id"}


def test_a_moved_moment_is_noticed(chain: list[AuditBlock]) -> None:
    AuditEntry.objects.update(at=F("at") - timedelta(days=1))
    assert codes() == {"columns_disagree"}


def test_a_changed_content_is_noticed(chain: list[AuditBlock]) -> None:
    entry = chain[1].entries.order_by("id")[0]
    AuditEntry.objects.filter(pk=entry.pk).update(content=entry.content.replace('"n":0', '"n":9'))
    assert verify().problems == [("entries_changed", {"block": 2, "entries": 6, "sealed": 6})]
    AuditEntry.objects.filter(pk=entry.pk).update(content="[1]")
    assert codes() == {"entries_changed", "content_unreadable"}


def test_a_deleted_entry_is_noticed(chain: list[AuditBlock]) -> None:
    chain[1].entries.order_by("id")[0].delete()
    assert codes() == {"entries_changed", "transaction_incomplete"}


def test_a_whole_deleted_transaction_is_noticed_once_sealed(chain: list[AuditBlock]) -> None:
    AuditEntry.objects.filter(transaction=chain[1].entries.order_by("id")[0].transaction).delete()
    assert codes() == {"entries_changed"}


def test_an_added_entry_is_noticed(chain: list[AuditBlock]) -> None:
    write(1, entries=1)
    AuditEntry.objects.filter(block=None).update(block=chain[0])
    assert codes() == {"entries_changed"}


def test_an_entry_moved_between_blocks_is_noticed(chain: list[AuditBlock]) -> None:
    AuditEntry.objects.filter(pk=chain[0].entries.order_by("-id")[0].pk).update(block=chain[1])
    assert [facts["block"] for _, facts in verify().problems] == [1, 2]


def test_a_missing_entry_shows_before_it_is_sealed() -> None:
    write(1, entries=3)
    AuditEntry.objects.filter(ordinal=2).delete()
    assert codes() == {"transaction_incomplete"}
    seal_everything()
    assert codes() == {"transaction_incomplete"}


def test_a_renumbered_entry_is_noticed() -> None:
    write(1, entries=3)
    AuditEntry.objects.filter(ordinal=2).update(ordinal=5)
    assert codes() == {"transaction_incomplete", "columns_disagree"}


def test_a_block_taken_out_of_the_middle_is_noticed(chain: list[AuditBlock]) -> None:
    chain[1].entries.all().delete()
    chain[1].delete()
    assert codes() == {"block_missing", "chain_broken"}


@pytest.mark.parametrize("change", [{"merkle_root": "0" * 64}, {"entry_count": 5}, {"algorithm": "md5"}])
def test_a_changed_header_is_noticed(chain: list[AuditBlock], change: dict[str, Any]) -> None:
    AuditBlock.objects.filter(number=2).update(**change)
    assert "head_wrong" in codes()


def test_a_chain_cut_short_or_written_anew_is_noticed_by_the_noted_heads(chain: list[AuditBlock]) -> None:
    noted = [(block.number, block.head) for block in chain]
    assert verify(noted).intact
    chain[2].entries.all().delete()
    chain[2].delete()
    assert verify().intact
    assert codes(known_heads=noted) == {"chain_cut"}
    write(3)
    seal_entries()
    assert codes(known_heads=noted) == {"chain_cut"}


def test_every_entry_is_proven_alone(chain: list[AuditBlock]) -> None:
    for entry in AuditEntry.objects.all():
        proof = prove(entry)
        assert check_proof(proof)
        assert proof["content"] == entry.content
    write(1)
    with pytest.raises(Conflict) as refused:
        prove(AuditEntry.objects.order_by("-id")[0])
    assert refused.value.reason == "not_sealed_yet"


@pytest.mark.django_db(transaction=True)
def test_heads_are_noted_when_the_seal_is_committed(home: Path) -> None:
    for _ in range(2):
        write(1)
        seal_everything()
    assert list(kept_heads()) == list(AuditBlock.objects.order_by("number").values_list("number", "head"))
    assert verify(kept_heads()).intact


@pytest.mark.django_db(transaction=True)
def test_blocks_without_a_noted_head_are_told_until_somebody_accepts_them(home: Path) -> None:
    assert verify_here().intact
    for _ in range(3):
        write(1)
        seal_everything()
    assert verify_here().intact
    heads_file().unlink()
    last = AuditBlock.objects.get(number=3)
    last.entries.all().delete()
    last.delete()
    assert verify_here().problems == [("heads_missing", {"blocks": 2, "first": 1, "last": 2})]
    write(1)
    seal_everything()  # goes on noting heads, which does not cover up what is missing
    assert verify_here().problems == [("heads_missing", {"blocks": 2, "first": 1, "last": 2})]
    assert (note_heads_anew(), note_heads_anew()) == (2, 0)
    assert verify_here().intact
    assert sorted(kept_heads()) == list(AuditBlock.objects.order_by("number").values_list("number", "head"))


@pytest.mark.django_db(transaction=True)
def test_writers_and_two_sealers_at_once_lose_nothing(home: Path, at_once: Callable[..., list[Any]]) -> None:
    writing = threading.Event()

    def work(number: int) -> None:
        if number < 2:
            write(20, entries=3)
        else:
            while not writing.is_set():
                seal_everything(limit=7)

    def write_last() -> None:
        write(20, entries=3)
        connections.close_all()
        writing.set()

    writer = threading.Thread(target=write_last)
    writer.start()
    at_once(work)
    writer.join()
    seal_everything()
    found = verify(kept_heads())
    assert found.problems == []
    assert (found.sealed, found.unsealed) == (180, 0)
    assert len(list(kept_heads())) == found.blocks
