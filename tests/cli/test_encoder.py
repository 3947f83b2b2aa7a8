"""The index from the command line while its encoder stands behind an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.engine.fake_endpoint import FakeEndpoint, Fault
from tests.importing.lists import row, write_list
from tests.importing.programs import CommandLine
from zhiqiao.core import encoders
from zhiqiao.engine import endpoint
from zhiqiao.engine.endpointsettings import Endpoint


@pytest.fixture
def server(settings: Settings, lived_in: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEndpoint]:
    """Set after the installation was lived in with an encoder in the house."""
    monkeypatch.setattr(endpoint, "LEFT_ALONE", 600.0)
    made = FakeEndpoint()
    settings.ZHIQIAO_FORMER_ENCODER = settings.ZHIQIAO_ENCODER
    settings.ZHIQIAO_ENCODER = Endpoint(made.url, made.model, 64, retries=0)
    encoders.made.cache_clear()
    yield made
    made.close()
    encoders.made.cache_clear()


def test_the_encoder_is_asked_once(server: FakeEndpoint, lived_in: CommandLine) -> None:
    ran = lived_in("index", "encoder")
    assert ran.code == 0 and f"openai:{server.model}" in ran.out and "64" in ran.out
    assert len(server.asked) == 1
    server.faults.append(Fault(change=lambda rows: [{**row, "embedding": [0.5] * 9} for row in rows]))
    ran = lived_in("index", "encoder")
    assert "9 维" in ran.out and "encoder_dimension" in ran.refused
    server.faults.append(Fault(401))
    assert "encoder_refused" in lived_in("index", "encoder").refused


def test_a_rebuild_changes_the_encoder_and_says_so(server: FakeEndpoint, lived_in: CommandLine) -> None:
    assert lived_in("index").code == 0
    assert "without-meaning-1" in lived_in("index", "status").out and not server.asked
    ran = lived_in("index", "rebuild")
    assert ran.code == 0 and "patents: 3" in ran.out, ran.err
    status = {each["name"]: each for each in lived_in("index", "status", "--json").json["collections"]}
    assert status["patents"]["encoder"].startswith("openai:") and status["patents"]["vectors_pending"] == 0


def test_a_rebuild_whose_encoder_is_down_ends_in_a_line_and_leaves_the_index(
    server: FakeEndpoint, lived_in: CommandLine
) -> None:
    assert lived_in("index").code == 0
    server.always = Fault(500)
    assert "encoder_unreachable" in lived_in("index", "rebuild").refused
    assert "without-meaning-1" in lived_in("index", "status").out
    found = lived_in("match", "--text", "锂电池隔膜", "--json")
    assert found.code == 0 and found.json["matches"]


def test_indexing_ends_while_the_encoder_is_down(server: FakeEndpoint, lived_in: CommandLine, tmp_path: Path) -> None:
    assert lived_in("index", "rebuild").code == 0
    server.always = Fault(500)
    later = [row(9, 专利名称="耐腐蚀的阀门", 法律状态="授权")]
    assert lived_in("import", "patents", write_list(tmp_path / "later.csv", later)).code == 0
    ran = lived_in("index")
    assert ran.code == 0 and "encoder_unreachable" in ran.err
    status = {each["name"]: each for each in lived_in("index", "status", "--json").json["collections"]}
    assert (status["patents"]["vectors_pending"], status["patents"]["records_pending"]) == (1, 0)
    found = lived_in("match", "--text", "耐腐蚀的阀门", "--json")
    assert found.json["matches"][0]["title"] == "耐腐蚀的阀门" and "encoder_unreachable" in found.err
