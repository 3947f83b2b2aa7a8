"""Whatever one throws at it: one line on stderr, exit 1, never a trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.importing.lists import row, write_list
from tests.importing.programs import CommandLine, Installation, installation
from zhiqiao.core.models import ImportFile

LATE = "9" * 40
ARGUMENTS = [
    ("fly",),
    ("import", "dreams", "x"),
    ("import", "patents"),
    ("import", "patents", "没有.xlsx"),
    ("import", "patents", "/dev/null"),
    ("import", "patents", "没有.xlsx", "--as-of", "昨天"),
    ("import", "patents", "/etc", "--unit", "=万元"),
    ("undo",),
    ("undo", ""),
    ("undo", LATE),
    ("undo", "\udcff\udcfe"),
    ("runs", "--since", "2021"),
    ("match",),
    ("match", "--need", "1", "--text", "x"),
    ("match", "--need", LATE),
    ("match", "--need", "٣"),
    ("match", "--text", ""),
    ("match", "--text", "x", "-k", "0"),
    ("push", "--patent", ""),
    ("push", "--patent", "[/b]"),
    ("push", "--patent", "2020100999994"),
    ("push", "--patent", "202010000001.9"),
    ("audit", "prove", "没有"),
    ("audit", "check", "/etc/hostname"),
    ("audit", "check", "/dev/null"),
    ("audit", "verify", "--heads", "/没有"),
    ("user", "create", "x", "--name", "y", "--role", "king", "--organisation", "z", "--password", "p"),
    ("serve", "--port", "0"),
    ("serve", "--host", "没有的主机"),
]


@pytest.mark.parametrize("words", ARGUMENTS, ids=lambda words: " ".join(words).encode("ascii", "replace").decode())
def test_odd_arguments(words: tuple[str, ...], call: CommandLine) -> None:
    assert call(*words).refused.startswith("错误")


CONTENTS = {
    "empty.csv": b"",
    "zeros.xlsx": bytes(5000),
    "garbage.xlsx": bytes(range(256)) * 40,
    "broken.xlsx": b"PK\x03\x04" + bytes(range(256)) * 20,
    "ole.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
    "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 3,
    "page.xls": b"<html><body>please log in</body></html>",
    "bomb.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
    "words.csv": "只有,文字\n没有,表头\n".encode(),
    "[red]markup[#x].csv": b"[/b],[bold]\n1,2\n",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_files_without_a_list(name: str, call: CommandLine, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(CONTENTS[name])
    line = call("import", "patents", tmp_path / name).refused
    assert line.endswith("]")
    assert any("一" <= char <= "鿿" for char in line.partition(":")[2]), "in words, not by the code alone"


def test_markup_in_headings_and_names_is_text(call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "[x[#y].csv", [row(1, **{"[/b]怪": "1", "[bold]": "2"}), row(2, 申请号="[/i]")])
    for more in ((), ("--dry-run",)):
        ran = call("import", "patents", path, "--sender", "[/z]", *more)
        assert ran.code == 0, ran.err
        assert "[/b]怪" in ran.out
    changed = write_list(tmp_path / "b.csv", [row(1, 专利名称="[/red]名")])
    assert "[/red]名" in call("import", "patents", changed, "--dry-run").out
    assert "[/z]" in call("runs").out


def test_a_folder_with_nothing_in_it(call: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "[file_empty]" in call("import", "patents", tmp_path / "empty").refused


def test_a_name_in_an_old_encoding(call: CommandLine, tmp_path: Path) -> None:
    path = str(tmp_path / "清单".encode("gb18030").decode("utf-8", "surrogateescape")) + ".csv"
    shutil.copy(write_list(tmp_path / "a.csv", [row(1)]), path)
    ran = call("import", "patents", path, "--json")
    assert ran.code == 0, ran.err
    assert ImportFile.objects.get().name == "清单.csv"


@pytest.mark.parametrize(
    "url",
    ["mysql://x/y", "postgresql://127.0.0.1:1/none", "postgresql://h:port/x", "sqlite:////no/such/folder/x.db"],
)  # fmt: skip
def test_a_wrong_database_address(url: str, tmp_path: Path) -> None:
    line = Installation(tmp_path / "home").run("runs", ZHIQIAO_DATABASE_URL=url).refused
    assert "secret" not in line


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("x")
    assert str(taken) in Installation(taken / "home").run("runs").refused


def test_a_setting_that_cannot_be(tmp_path: Path) -> None:
    line = Installation(tmp_path).run("runs", ZHIQIAO_DEBUG="maybe").refused
    assert "ZHIQIAO_DEBUG" in line
    assert "maybe" in line


@pytest.mark.parametrize("words", [("match", "--text", "电池"), ("audit", "seal")])
def test_without_a_database_one_is_told_what_to_do(words: tuple[str, ...], tmp_path: Path) -> None:
    line = Installation(tmp_path / "fresh").run(*words).refused
    assert "zhiqiao setup" in line


def test_a_damaged_database(tmp_path: Path) -> None:
    place = installation(tmp_path)
    (place.home / "zhiqiao.sqlite3").write_bytes(b"not a database" * 1000)
    assert place.run("runs").refused
