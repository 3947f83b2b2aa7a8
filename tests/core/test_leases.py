from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from zhiqiao.core.leases import Busy, acquire, held, new_holder, release, renew
from zhiqiao.core.models import Lease

pytestmark = pytest.mark.django_db


def test_one_holder_keeps_others_out_until_released() -> None:
    assert acquire("indexer", "a", 60) is not None
    assert acquire("indexer", "b", 60) is None
    assert acquire("sealer", "b", 60) is not None
    release("indexer", "a")
    lease = acquire("indexer", "b", 60)
    assert lease is not None
    assert (lease.holder, lease.fence) == ("b", 2)


def test_the_same_holder_takes_its_own_lease_again_under_the_same_fence() -> None:
    first, again = acquire("indexer", "a", 60), acquire("indexer", "a", 60)
    assert first is not None and again is not None
    assert (first.fence, again.fence) == (1, 1)
    assert again.expires_at > first.expires_at


def test_a_lapsed_lease_goes_to_the_next_and_the_former_holder_learns_of_it() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        acquire("indexer", "a", 10)
        clock.shift(timedelta(seconds=11))
        assert not renew("indexer", "a", 10)
        lease = acquire("indexer", "b", 10)
        assert lease is not None
        assert lease.fence == 2
        assert acquire("indexer", "a", 10) is None
        release("indexer", "a")
        assert acquire("indexer", "c", 10) is None


def test_renewing_moves_the_end() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        acquire("indexer", "a", 10)
        clock.shift(timedelta(seconds=8))
        assert renew("indexer", "a", 10)
        clock.shift(timedelta(seconds=8))
        assert acquire("indexer", "b", 10) is None


def test_held_gives_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), held("import", 60):
        1 / 0  # noqa: B018 -- the error is what is wanted
    with held("import", 60) as hold:
        assert hold.fence == 2


def test_held_says_busy_and_tells_a_lost_lease() -> None:
    with held("import", 60) as hold:
        with pytest.raises(Busy) as refused, held("import", 60):
            pass
        assert (refused.value.reason, refused.value.kind) == ("busy", "conflict")
        hold.renew()
        Lease.objects.filter(name="import").update(holder="another")
        with pytest.raises(Busy) as lost:
            hold.renew()
        assert lost.value.reason == "lease_lost"
    assert Lease.objects.get(name="import").expires_at > timezone.now()


def test_holders_differ_and_fit_the_column() -> None:
    assert new_holder() != new_holder()
    assert len(new_holder()) <= 64


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_gets_it(at_once: Callable[..., list[Any]]) -> None:
    for _ in range(3):
        leases = at_once(lambda number: acquire("indexer", f"holder-{number}", 60), threads=6)
        won = [lease for lease in leases if lease is not None]
        assert len(won) == 1
        release("indexer", won[0].holder)
