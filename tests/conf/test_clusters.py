"""Where the index lies is read from one variable; whatever cannot be meant is refused."""

from __future__ import annotations

import pytest

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.conf.clusters import read_index
from zhiqiao.conf.environment import BadSetting


@pytest.mark.parametrize("text", ["", "embedded", " "])
def test_the_index_lies_in_the_home_unless_told(text: str) -> None:
    assert read_index({"ZHIQIAO_INDEX": text}) is None


def test_a_cluster_is_named_by_its_head() -> None:
    assert read_index({"ZHIQIAO_INDEX": "ray://head.example"}) == ClusterAddress("head.example", 6379, 2, 2.0)
    told = read_index({"ZHIQIAO_INDEX": "ray://10.0.0.5:7001?shards=8&seconds=0.5"})
    assert told == ClusterAddress("10.0.0.5", 7001, 8, 0.5)
    assert told.head == "10.0.0.5:7001"


@pytest.mark.parametrize(
    "text",
    [
        "head:6379", "http://head:6379", "ray://", "ray://head:port", "ray://head:99999", "ray://head/path",
        "ray://head?shards=0", "ray://head?shards=many", "ray://head?seconds=0", "ray://head?seconds=nan",
        "ray://head?seconds=900", "ray://head?other=1", "ray://head?shards",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_index({"ZHIQIAO_INDEX": text})
    assert refused.value.facts == {"name": "ZHIQIAO_INDEX", "value": text}
