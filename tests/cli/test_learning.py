"""``zhiqiao learn`` on the line: versions listed, put to use and taken back, refusals in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.importing.programs import CommandLine
from zhiqiao.cli.learning import report
from zhiqiao.engine.ranker import default_ranker
from zhiqiao.matching import rankers
from zhiqiao.matching.rankers import Manifest

FIGURES: dict[str, Any] = {"pairs": 40, "groups": 9, "ndcg": 0.8123, "error": 0.5}


def made(version: str, *, served: bool = True) -> None:
    """A version as learning keeps it, with the delivered ranking in it."""
    figures = {"sample": {"before": {**FIGURES, "ndcg": None}, "new": FIGURES}}
    manifest = Manifest(
        version, f"2026-11-{version[6:8]}T09:00:00+08:00", "x", "e", 30, 4, 6, 2, figures, "package", served
    )
    rankers.keep(manifest, [{"push": "x"}], default_ranker().save)
    if served:
        rankers.switch_to(version)


def test_versions_are_listed_used_and_taken_back(call: CommandLine) -> None:
    made("20261101-1")
    made("20261102-1", served=False)
    told = call("learn", "--list").out
    assert told.index("20261102-1") < told.index("20261101-1") and "示例城市 0.812" in told and told.count("现用") == 1
    assert "20261102-1" in call("learn", "--use", "20261102-1").out
    listed = json.loads(call("learn", "--list", "--json").out)
    assert listed["serving"] == "20261102-1" and [each["replies"] for each in listed["versions"]] == [30, 30]
    assert json.loads(call("learn", "--back", "--json").out) == {"serving": "20261101-1"}
    assert "随产品交付" in call("learn", "--back").out


def test_a_refused_version_says_on_which_set_it_is_worse(call: CommandLine) -> None:
    worse = {"before": {**FIGURES, "ndcg": 0.9}, "new": FIGURES}
    alike = {"before": {**FIGURES, "ndcg": 0.816}, "new": FIGURES}
    manifest = Manifest(
        "20261103-1", "2026-11-03T09:00:00+08:00", "x", "e", 30, 4, 6, 2, {"sample": worse, "kept_back": alike},
        "package", False, 3, 1,
    )  # fmt: skip
    told = report(manifest)
    assert "答复 27 条,交易 3 条" in told and "2 条答复、1 笔交易不作为依据" in told
    last = told.splitlines()[-1]
    assert last.startswith("示例城市比现用版本低 0.005 以上") and "留出" not in last and "--use 20261103-1" in last
    rankers.keep(manifest, [], default_ranker().save)
    listed = call("learn", "--list").out
    assert "27" in listed and "未启用" in listed


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "too_few_judgements"),
        (("--back",), "no_ranker_before"),
        (("--use", "20990101-1"), "ranker_unknown"),
        (("--list", "--back"), "usage"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words: tuple[str, ...], code: str, call: CommandLine) -> None:
    ran = call("learn", *words)
    assert ran.code != 0 and f"[{code}]" in ran.err and len(ran.err.strip().splitlines()) == 1
