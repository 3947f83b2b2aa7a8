"""The product on a cluster says and does what it does on one machine, also while machines are lost."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.afar.telling import BEGUN, DONE, TOLD
from tests.cluster.machines import Machines, reached
from tests.cluster.product import Product, commands, finished, made, program

QUESTIONS = [
    ["match", "--text", "锂电池隔膜涂层耐高温,热收缩小", "--json"],
    ["match", "--text", "压铸件冷却不均,希望改进模具水路", "-k", "20", "--json"],
    ["appraise", "--cutoff", "2025-12-31", "--json"],
    ["push", "--year", "2020", "--json"],
]


@pytest.fixture(scope="module")
def product(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    both = made(tmp_path_factory.mktemp("product"), machines)
    yield both
    both.close()


@pytest.mark.parametrize(("work", "stage"), [("push", DONE), ("appraise", BEGUN)])
def test_long_work_ends_well_though_a_node_is_lost_in_the_middle(product: Product, work: str, stage: str) -> None:
    """Pushing: what the node did stood in the records, but nobody had heard of it. Appraising: it had just begun."""
    machines = product.machines
    lost, other = f"{machines.network}.4", f"{machines.network}.3"
    machines.both_workers()
    product.marks.mkdir(exist_ok=True)
    batch = product.start_batch(work, held=f"{stage}-{lost}")
    reached(lambda: product.marked(stage, lost) and product.marked(TOLD, other), batch)
    machines.kill_raylet(lost)
    product.release()
    *progress, result = finished(batch)
    assert product.marked(TOLD, lost) == 0
    assert progress and [done for done, *_ in progress] == sorted(done for done, *_ in progress)
    assert progress[-1][0] == progress[-1][1]
    assert_as_on_one_machine(product, work, result)


def test_the_product_says_the_same_through_a_cluster(product: Product) -> None:
    expected = commands(product.one.environment(), *QUESTIONS)
    assert commands(product.machines.environment(), *QUESTIONS) == expected
    assert expected[0]["matches"] and expected[3]["suggestions"]


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
def test_long_work_ends_well_whenever_nodes_are_lost(product: Product, seed: int) -> None:
    chance, machines = random.Random(seed), product.machines
    machines.both_workers()
    work = chance.choice(["push", "appraise"])
    batch = product.start_batch(work)
    told = chance.randrange(12)
    reached(lambda: product.marked(TOLD) >= told, batch)
    victim = f"{machines.network}.{chance.choice([3, 4])}"
    (machines.kill_raylet if chance.random() < 0.5 else machines.kill)(victim)
    *_, result = finished(batch)
    assert_as_on_one_machine(product, work, result)


def assert_as_on_one_machine(product: Product, work: str, result: object) -> None:
    alone = product.one.environment()
    expected = finished(program(alone, work))[-1]
    assert result == expected
    shown = finished(program(product.machines.environment(), "show"))
    assert shown == finished(program(alone, "show"))
    assert shown[0]["suggested" if work == "push" else "appraised"]
