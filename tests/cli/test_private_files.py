"""What an installation writes is readable by its own account alone."""

from __future__ import annotations

from pathlib import Path

from tests.importing.lists import row, write_list
from tests.importing.programs import Installation


def test_nothing_that_is_written_can_be_read_by_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    # As a folder that an administrator made beforehand: what is in it is private nevertheless.
    home.mkdir(mode=0o755)
    place = Installation(home)
    ran = place.run("import", "patents", write_list(tmp_path / "l.csv", [row(1), row(2, 申请号="x")]), "--json")
    assert (ran.code, place.run("index").code) == (0, 0), ran.err
    written = {path for path in home.rglob("*") if not path.is_symlink()}
    assert {"zhiqiao.sqlite3", "index", "static", "secret.key"} <= {path.name for path in written}
    assert ran.json["report"] in {str(path) for path in written}
    assert [str(path) for path in written if path.stat().st_mode & 0o077] == []
