from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.core.conftest import ACTOR
from zhiqiao.core.actors import SystemActor
from zhiqiao.core.audit import (
    Subject,
    erase_personal,
    personal,
    personal_value,
    shortened,
    unit_of_work,
)
from zhiqiao.core.bulk import ROWS_AT_ONCE, insert_rows
from zhiqiao.core.canonical import canonical
from zhiqiao.core.models import AuditEntry, NumberSeries, OutboxEvent, PersonalValue
from zhiqiao.core.seal import seal_everything, verify
from zhiqiao.kernel.errors import Conflict, Invalid, NotFound

PATENT = Subject("registry.patent", "018f")


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.order_by("id"))


@pytest.mark.django_db
def test_an_entry_says_who_did_what_to_which_record() -> None:
    with unit_of_work(ACTOR) as work:
        work.record("registry.correct", PATENT, {"title": "旧"}, {"title": "新"})
        work.emit("index.patents", ids=[7])
    (entry,) = entries()
    content = json.loads(entry.content)
    assert content == {
        "transaction": str(entry.transaction),
        "ordinal": 1,
        "size": 1,
        "at": entry.at.isoformat(),
        "actor": "system:test",
        "action": "registry.correct",
        "subject": ["registry.patent", "018f"],
        "before": {"title": "旧"},
        "after": {"title": "新"},
    }
    assert list(OutboxEvent.objects.values_list("queue", "payload")) == [("index.patents", {"ids": [7]})]


@pytest.mark.django_db
def test_the_entries_of_a_transaction_are_numbered_to_their_size() -> None:
    with unit_of_work(ACTOR) as work:
        for number in range(3):
            work.record("registry.correct", PATENT, None, {"n": number})
    assert [(entry.ordinal, entry.size) for entry in entries()] == [(1, 3), (2, 3), (3, 3)]
    assert len({entry.transaction for entry in entries()}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_neither_entries_nor_events() -> None:
    with pytest.raises(Conflict), unit_of_work(ACTOR) as work:
        NumberSeries.objects.create(name="written")
        work.record("registry.correct", PATENT, None, {})
        work.emit("index.patents", ids=[1])
        raise Conflict
    assert not AuditEntry.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert not NumberSeries.objects.exists()
    with unit_of_work(ACTOR):
        pass
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_an_inner_action_joins_the_transaction_under_its_own_actor() -> None:
    with unit_of_work(ACTOR) as outer:
        outer.record("a", PATENT, None, {})
        with unit_of_work(SystemActor("inner")) as inner:
            inner.record("b", PATENT, None, {})
        outer.record("c", PATENT, None, {})
    assert [(entry.action, entry.actor_id, entry.ordinal, entry.size) for entry in entries()] == [
        ("a", "system:test", 1, 3),
        ("b", "system:inner", 2, 3),
        ("c", "system:test", 3, 3),
    ]
    assert len({entry.transaction for entry in entries()}) == 1


@pytest.mark.django_db
def test_a_failed_inner_action_is_taken_back_alone() -> None:
    with unit_of_work(ACTOR) as outer:
        outer.record("kept", PATENT, None, {})
        with pytest.raises(Conflict), unit_of_work(ACTOR) as inner:
            NumberSeries.objects.create(name="inner")
            inner.record("lost", PATENT, None, {})
            inner.emit("index.patents", ids=[1])
            raise Conflict
    assert [(entry.action, entry.size) for entry in entries()] == [("kept", 1)]
    assert not OutboxEvent.objects.exists()
    assert not NumberSeries.objects.exists()


def test_canonical_text_is_the_same_for_equal_values() -> None:
    left = {"b": Decimal("10.50"), "a": [date(2026, 1, 2), datetime(2026, 1, 2, 3, tzinfo=UTC)], "名": None}
    right = dict(reversed(left.items()))
    assert canonical(left) == canonical(right)
    assert canonical(left) == '{"a":["2026-01-02","2026-01-02T03:00:00+00:00"],"b":"10.50","名":null}'


@pytest.mark.parametrize("unfit", [float("nan"), float("inf"), "\ud800"])
def test_values_without_a_canonical_text_are_refused(unfit: object) -> None:
    with pytest.raises(Invalid) as refused:
        canonical({"value": unfit})
    assert refused.value.reason == "no_canonical_text"


def test_long_texts_enter_the_trail_by_digest() -> None:
    kept = shortened({"title": "短", "abstract": "长" * 201, "year": 2026})
    assert (kept["title"], kept["year"]) == ("短", 2026)
    assert kept["abstract"].startswith("sha256:") and kept["abstract"].endswith(":201")


@pytest.mark.django_db
def test_erasing_a_personal_value_leaves_everything_verifying() -> None:
    with unit_of_work(ACTOR) as work:
        named = personal("李四")
        work.record("parties.register", Subject("parties.user", "1"), None, {"name": named})
    seal_everything()
    commitment = named["personal"]
    assert personal_value(commitment) == "李四"
    assert "李四" not in entries()[0].content
    for _ in range(2):
        with unit_of_work(ACTOR) as work:
            erase_personal(work, commitment)
    assert personal_value(commitment) is None
    assert PersonalValue.objects.get().salt == ""
    assert verify().intact
    seal_everything()
    assert verify().intact
    assert [entry.action for entry in entries()] == ["parties.register", "core.erase_personal"]


@pytest.mark.django_db
def test_two_commitments_to_one_value_cannot_be_told_to_be_the_same() -> None:
    assert personal("李四") != personal("李四")
    with pytest.raises(NotFound), unit_of_work(ACTOR) as work:
        erase_personal(work, "0" * 64)


@pytest.mark.django_db
def test_bulk_rows_all_arrive_in_order() -> None:
    many = ROWS_AT_ONCE * 2 + 3
    insert_rows(NumberSeries, ("name", "last"), ((f"s{n}", n) for n in range(many)))
    assert list(NumberSeries.objects.order_by("id").values_list("last", flat=True)) == list(range(many))
