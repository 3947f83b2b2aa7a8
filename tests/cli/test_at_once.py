"""Two commands at once, and a full disk."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from tests.importing.lists import row, write_list
from tests.importing.programs import CommandLine, Installation
from zhiqiao.cli import service
from zhiqiao.cli.main import refused
from zhiqiao.core.leases import acquire, new_holder, release, release_of_the_dead


def test_set_up_twice_at_once(tmp_path: Path) -> None:
    place = Installation(tmp_path / "fresh")
    both = [place.start("setup") for _ in range(3)]
    told = [process.communicate(timeout=600)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0, 0], told
    assert all(line.startswith("就绪") for line in told)


def test_the_second_index_waits_for_the_first(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Somebody on another machine, who is done between the first look and the second.
    assert acquire("indexer:patents", "elsewhere:1:x", seconds=600)
    assert lived_in("import", "patents", write_list(tmp_path / "more.csv", [row(9)])).code == 0
    looks: list[str] = []

    def look(lease: str) -> None:
        looks.append(lease)
        if looks.count("indexer:patents") == 2:
            release("indexer:patents", "elsewhere:1:x")
        release_of_the_dead(lease)

    monkeypatch.setattr(service, "release_of_the_dead", look)
    ran = lived_in("index")
    assert ran.code == 0, ran.err
    assert ran.err.splitlines() == ["另一个进程正在索引，等它做完: patents"]
    told = lived_in("index", "status", "--json").json
    assert {each["name"]: each["records_pending"] for each in told["collections"]}["patents"] == 0


def test_a_killed_rebuild_keeps_nothing_from_being_found_by_meaning(lived_in: CommandLine, tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    host, _, chance = new_holder().rsplit(":", 2)
    assert acquire("rebuild:patents", f"{host}:{killed.pid}:{chance}", seconds=600)
    assert lived_in("import", "patents", write_list(tmp_path / "more.csv", [row(9)])).code == 0
    ran = lived_in("index")
    assert (ran.code, ran.err) == (0, "")
    told = lived_in("index", "status", "--json").json
    assert {each["name"]: each["vectors_pending"] for each in told["collections"]}["patents"] == 0


def test_a_full_disk_is_called_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIQIAO_LANGUAGE", "zh")
    database = sqlite3.connect(tmp_path / "small.sqlite3")
    database.executescript("create table t (x); pragma max_page_count = 2;")
    with pytest.raises(sqlite3.OperationalError) as full:
        database.execute("insert into t values (zeroblob(100000))")
    for error in (OperationalError(*full.value.args), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))):
        assert refused(error) == "磁盘已满，请腾出空间后再试"
    assert refused(OSError(errno.ENOSPC, "", "/a/b")).endswith(": /a/b")
    assert "setup" in refused(OperationalError("no such table: t"))


def test_what_is_imported_stays_and_is_found_though_its_index_cannot_be_written(
    lived_in: CommandLine, tmp_path: Path, settings: Any
) -> None:
    index = Path(settings.ZHIQIAO_HOME) / "index"
    index.rename(tmp_path / "aside")
    index.touch()  # in the way, as a disk that is full
    ran = lived_in("import", "patents", write_list(tmp_path / "more.csv", [row(9)]))
    assert (ran.code, "IMP-" in ran.out) == (0, True), ran.err
    assert "检索索引暂时写不了" in ran.err and str(index) in ran.err
    assert "[system]" in lived_in("index").refused
    index.unlink()
    (tmp_path / "aside").rename(index)
    assert lived_in("index").code == 0
    told = lived_in("index", "status", "--json").json
    assert {each["name"]: each["records_pending"] for each in told["collections"]}["patents"] == 0
