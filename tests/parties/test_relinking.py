"""After a merge everything an organisation had is found under the one that lives on, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from tests.inventory.factories import CUTOFF, entry, hold, patent
from tests.inventory.factories import actor as somebody
from tests.parties.conftest import at_once
from zhiqiao.core.actors import ActingUser
from zhiqiao.core.audit import Work, unit_of_work
from zhiqiao.core.models import AuditEntry, OutboxEvent
from zhiqiao.inventory.models import Inventory, InventoryEntry
from zhiqiao.inventory.policies import ENTRIES
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching import relinking
from zhiqiao.matching.models import PushSuggestion
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.needs.models import Need, NeedPrivate
from zhiqiao.needs.policies import NEEDS
from zhiqiao.parties.actions import MERGED, merge_organisations
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent, PatentHolder
from zhiqiao.registry.policies import PATENTS

pytestmark = pytest.mark.django_db
Make = Callable[..., Organisation]
Merge = Callable[[Organisation, Organisation], None]
BESIDE = {"notes": 0, "pushes": 0, "interests": 0}  # counted too, laid down by none of the tests here


@dataclass(frozen=True)
class Belongings:
    """One of each kind of record that hangs on an organisation; ``former`` is a holding that no longer stands."""

    patent: Patent
    former: Patent
    need: Need
    entry: InventoryEntry
    suggestion: PushSuggestion


def belongings(owner: Organisation) -> Belongings:
    held, former, pushed = patent(public=False), patent(), patent()
    hold(held, owner)
    hold(former, owner)
    PatentHolder.objects.filter(patent=former).update(standing=None, superseded_at=timezone.now())
    need = Need.objects.create(title="寻求示例装置", organisation=owner)
    NeedPrivate.objects.create(need=need, details="示例")
    suggestion = PushSuggestion.objects.create(patent=pushed, organisation=owner, rank=1, score=0.5, version="t")
    return Belongings(held, former, need, entry(owner, held), suggestion)


@pytest.fixture
def merge(bureau: Actor) -> Merge:
    def make(absorbed: Organisation, survivor: Organisation) -> None:
        merge_organisations(actor=bureau, absorbed=absorbed, survivor=survivor, reason="两校合并")

    return make


def followed() -> list[dict[str, Any]]:
    """What the trail says of the merges that were followed, oldest first."""
    trail = AuditEntry.objects.filter(action="matching.relink_merged").order_by("id")
    return [json.loads(each.content)["after"] for each in trail]


def waiting(queue: str) -> list[list[int]]:
    payloads = OutboxEvent.objects.filter(queue=queue, done_at=None).order_by("id").values_list("payload", flat=True)
    return [sorted(each["ids"]) for each in payloads]


def sees(person: Actor, own: Belongings) -> tuple[bool, ...]:
    return (
        PATENTS.may(person, "view", Patent.objects.get(pk=own.patent.pk)),
        PATENTS.visible(person, Patent.objects.filter(pk=own.patent.pk)).exists(),
        NEEDS.may(person, "view_private", Need.objects.get(pk=own.need.pk)),
        ENTRIES.visible(person, InventoryEntry.objects.filter(pk=own.entry.pk)).exists(),
    )


def test_everything_goes_along_and_nobody_elses_does(organisation: Make, merge: Merge) -> None:
    old, new, other = (organisation(f"示例{each}大学", "university") for each in "甲乙丙")
    moved, foreign = belongings(old), belongings(other)
    manager = somebody(Role.HOLDER_MANAGER, new)
    OutboxEvent.objects.all().delete()
    merge(old, new)
    assert sees(manager, moved) == (False, False, False, False)
    assert relink_merged() == 1

    assert set(PatentHolder.objects.filter(organisation=new).values_list("patent_id", "standing_id")) == {
        (moved.patent.pk, new.pk),
        (moved.former.pk, None),
    }
    assert Need.objects.get(organisation=new) == moved.need
    assert InventoryEntry.objects.get(organisation=new) == moved.entry
    assert sees(manager, moved) == (True, True, True, True)
    assert waiting("index.patents") == [sorted([moved.patent.pk, moved.former.pk])]
    assert waiting("index.needs") == [[moved.need.pk]]
    # A push suggested to the absorbed one is not one to the survivor: its reasons were the other's.
    assert set(PushSuggestion.objects.filter(superseded_at=None)) == {foreign.suggestion}
    assert followed() == [{"holdings": 2, "needs": 1, "entries": 1, "suggestions": 1} | BESIDE]
    assert AuditEntry.objects.get(action="matching.relink_merged").subject_id == str(new.public_id)
    for model in (PatentHolder, Need, InventoryEntry, PushSuggestion):
        assert model.objects.filter(organisation=other).count() == (2 if model is PatentHolder else 1)
    assert sees(manager, foreign) == (False, False, False, False)


def test_a_merge_is_followed_once(organisation: Make, merge: Merge) -> None:
    old, new = organisation("示例甲大学", "university"), organisation("示例乙大学", "university")
    belongings(old)
    merge(old, new)
    relink_merged()
    events = OutboxEvent.objects.count()
    assert relink_merged() == 0
    assert len(followed()) == 1
    assert OutboxEvent.objects.count() == events
    assert not OutboxEvent.objects.filter(queue=MERGED, done_at=None).exists()


def test_who_had_nothing_brings_nothing(organisation: Make, merge: Merge) -> None:
    old, new = organisation("示例甲大学", "university"), organisation("示例乙大学", "university")
    OutboxEvent.objects.all().delete()
    merge(old, new)
    assert relink_merged() == 1
    assert followed() == [{"holdings": 0, "needs": 0, "entries": 0, "suggestions": 0} | BESIDE]
    assert waiting("index.patents") == waiting("index.needs") == []


def test_one_patent_has_one_entry_of_an_institution_in_a_stocktaking(organisation: Make, merge: Merge) -> None:
    old, new = organisation("示例甲大学", "university"), organisation("示例乙大学", "university")
    shared = patent()
    stands, doubled = entry(new, shared), entry(old, shared)
    later = Inventory.objects.create(name="示例复盘", cutoff_on=CUTOFF)
    of_another_stocktaking = entry(old, shared, inventory=later)
    merge(old, new)
    relink_merged()
    assert set(InventoryEntry.objects.filter(organisation=new)) == {stands, of_another_stocktaking}
    assert InventoryEntry.objects.get(organisation=old) == doubled
    assert followed()[0]["entries"] == 1


@pytest.mark.parametrize("turned", [False, True], ids=["as they came", "the later first"])
def test_two_merges_in_a_row(organisation: Make, merge: Merge, turned: bool) -> None:
    """Of two workers the faster one may take the later merge first."""
    first, second, third = (organisation(f"示例{each}大学", "university") for each in "甲乙丙")
    of_first, of_second = belongings(first), belongings(second)
    merge(first, second)
    merge(second, third)
    earlier = OutboxEvent.objects.filter(queue=MERGED).earliest("id")
    if turned:
        OutboxEvent.objects.filter(pk=earlier.pk).update(done_at=timezone.now())
        assert relink_merged() == 1
        OutboxEvent.objects.filter(pk=earlier.pk).update(done_at=None)
    relink_merged()
    assert not OutboxEvent.objects.filter(queue=MERGED, done_at=None).exists()
    manager = somebody(Role.HOLDER_MANAGER, third)
    for own in (of_first, of_second):
        assert sees(manager, own) == (True, True, True, True)
    assert not PatentHolder.objects.exclude(organisation=third).exists()


def test_a_round_takes_so_many_merges_and_the_next_the_rest(
    organisation: Make, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relinking, "AT_ONCE", 2)
    survivor = organisation("示例大学", "university")
    for each in "甲乙丙":
        merge(organisation(f"示例{each}学院", "university"), survivor)
    assert [relink_merged() for _ in range(3)] == [2, 1, 0]


def test_what_fails_on_the_way_is_left_to_be_followed_whole(
    organisation: Make, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = organisation("示例甲大学", "university"), organisation("示例乙大学", "university")
    belongings(old)
    merge(old, new)

    def killed(work: Work, absorbed: int, survivor: int) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(relinking, "relink_entries", killed)
        with pytest.raises(KeyboardInterrupt):
            relink_merged()
    assert PatentHolder.objects.filter(organisation=old).count() == 2
    assert OutboxEvent.objects.filter(queue=MERGED, done_at=None).count() == 1
    assert relink_merged() == 1
    assert not PatentHolder.objects.filter(organisation=old).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once(organisation: Make, merge: Merge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen the merge waiting before either begins."""
    old, new = organisation("示例甲大学", "university"), organisation("示例乙大学", "university")
    own = belongings(old)
    merge(old, new)
    OutboxEvent.objects.exclude(queue=MERGED).delete()
    both_saw_it = Barrier(2, timeout=300)

    def together(actor: ActingUser) -> AbstractContextManager[Work]:
        both_saw_it.wait()
        return unit_of_work(actor)

    monkeypatch.setattr(relinking, "unit_of_work", together)
    taken: list[int] = []
    assert at_once(*2 * [lambda: taken.append(relink_merged())]) == ["done", "done"]
    assert sorted(taken) == [0, 1]
    assert followed() == [{"holdings": 2, "needs": 1, "entries": 1, "suggestions": 1} | BESIDE]
    assert waiting("index.needs") == [[own.need.pk]]
