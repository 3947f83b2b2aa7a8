"""What is left when the writer dies, and what readers in other processes see."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.fakes import LetterPairs, patent
from zhiqiao.engine.documents import SEES_ALL, Document
from zhiqiao.engine.generations import CURRENT
from zhiqiao.engine.match import Scope, match
from zhiqiao.engine.store import SearchWriter, open_reader, open_writer
from zhiqiao.engine.vectors import MANIFEST
from zhiqiao.kernel.errors import Unavailable

ROOT = Path(__file__).resolve().parents[2]
# Writes batches of 20 and says each watermark once it is committed, until it is killed.
ENDLESS = """
    import itertools, sys
    from pathlib import Path
    from tests.engine.fakes import LetterPairs, patent
    from zhiqiao.engine.store import open_writer
    writer = open_writer(Path(sys.argv[1]), LetterPairs())
    start = int(writer.watermark or 0)
    for batch in itertools.count(start + 1):
        fresh = [patent(batch * 20 + at, f"第{batch}批电池{at}") for at in range(20)]
        writer.apply(fresh, [batch * 20 - 1], str(batch))
        writer.commit()
        print(batch, flush=True)
        writer.encode_pending(0.01)
        if batch % 7 == 0:
            last = batch * 20 + 19
            kept = [key for key in range(20, last + 1) if key % 20 != 19 or key == last]
            writer.rebuild(map(patent, kept), str(batch))
"""


def program(source: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(source), str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed_after(folder: Path, commits: int) -> int:
    """The last watermark a writer told of before it was killed in the middle of its work."""
    process = program(ENDLESS, folder)
    assert process.stdout is not None
    for _ in range(commits):
        told = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    return int(rest[-1] if rest else told)


def test_a_killed_writer_leaves_its_last_commit(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    for commits in (1, 3, 8, 2):
        told = killed_after(folder, commits)
        reader = open_reader(folder, LetterPairs())
        # The kill may fall between the commit and the telling of it.
        assert int(reader.watermark) in (told, told + 1)
        assert reader.size == int(reader.watermark) * 19 + 1
        assert len(match(reader, LetterPairs(), "电池隔膜", Scope(frozenset({"public"})))) == 10
    with open_writer(folder, LetterPairs()) as writer:
        while writer.pending_vectors:
            writer.encode_pending(1)
        writer.apply([], [], "end")
        writer.commit()
    reader.refresh()
    assert len(reader.vectors) == reader.size
    assert reader.vector_watermark == "end"


def test_what_was_applied_but_not_committed_is_gone_after_a_restart(tmp_path: Path, writer: SearchWriter) -> None:
    writer.apply([patent(1)], [], "1")
    writer.commit()
    writer.apply([patent(2)], [1], "2")
    writer.close()
    with open_writer(tmp_path / "index", LetterPairs()) as again:
        assert again.watermark == "1"
        assert set(open_reader(tmp_path / "index", LetterPairs()).documents([1, 2], SEES_ALL)) == {1}


def test_another_process_sees_each_commit_after_refreshing(tmp_path: Path, writer: SearchWriter) -> None:
    writer.apply([patent(1)], [], "1")
    writer.commit()
    source = """
        import sys
        from pathlib import Path
        from tests.engine.fakes import LetterPairs
        from zhiqiao.engine.documents import SEES_ALL
        from zhiqiao.engine.store import open_reader
        reader = open_reader(Path(sys.argv[1]), LetterPairs())
        for _ in sys.stdin:
            print(reader.refresh(), reader.watermark, reader.size, len(reader.vectors), flush=True)
    """
    command = [sys.executable, "-c", textwrap.dedent(source), str(tmp_path / "index")]
    other = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdin is not None
    assert other.stdout is not None

    def asks() -> str:
        assert other.stdin is not None
        assert other.stdout is not None
        print("now", file=other.stdin, flush=True)
        return other.stdout.readline().strip()

    assert asks() == "False 1 1 0"
    writer.apply([patent(2)], [], "2")
    writer.commit()
    assert asks() == "True 2 2 0"
    writer.encode_pending(10)
    assert asks() == "True 2 2 2"
    writer.rebuild([patent(1)], "3")
    assert asks() == "True 3 1 1"
    writer.apply([patent(4)], [], "4")
    writer.commit()
    assert asks() == "True 4 2 1"
    other.stdin.close()
    other.wait()


def test_a_rebuild_encodes_no_text_twice(tmp_path: Path, writer: SearchWriter, encoder: LetterPairs) -> None:
    documents = [patent(key) for key in range(12)]
    writer.apply(documents, [], "1")
    writer.commit()
    writer.encode_pending(10)
    assert len(encoder.encoded) == 12
    writer.rebuild([*documents, patent(99, "全新的标题")], "2")
    assert len(encoder.encoded) == 12
    assert writer.pending_vectors == 1
    reader = open_reader(tmp_path / "index", encoder)
    assert (reader.size, len(reader.vectors), reader.vector_watermark) == (13, 12, "")
    writer.encode_pending(10)
    reader.refresh()
    assert (len(reader.vectors), reader.vector_watermark) == (13, "2")


def test_a_change_of_who_may_see_reaches_the_vectors_without_encoding(
    tmp_path: Path, writer: SearchWriter, encoder: LetterPairs
) -> None:
    writer.apply([patent(1)], [], "1")
    writer.commit()
    writer.encode_pending(10)
    writer.apply([patent(1, visibility=("org:5",))], [], "2")
    writer.commit()
    writer.encode_pending(10)
    reader = open_reader(tmp_path / "index", encoder)
    query = encoder.encode_queries([patent(1).title])[0]
    assert reader.vectors.search(query, 5, frozenset({"public"})) == []
    assert [key for key, _ in reader.vectors.search(query, 5, frozenset({"org:5"}))] == [1]
    assert len(encoder.encoded) == 1


def test_a_torn_cache_record_is_cut_off(tmp_path: Path, writer: SearchWriter) -> None:
    writer.apply([patent(key) for key in range(5)], [], "1")
    writer.commit()
    writer.encode_pending(10)
    writer.close()
    (cache,) = (tmp_path / "index").glob("encoded-*.bin")
    whole = cache.stat().st_size
    with cache.open("ab") as handle:
        handle.write(b"torn")
    again = LetterPairs()
    with open_writer(tmp_path / "index", again) as reopened:
        assert cache.stat().st_size == whole
        reopened.rebuild([patent(key) for key in range(5)], "2")
    assert again.encoded == []


def test_damaged_vectors_are_told_and_not_searched(tmp_path: Path, writer: SearchWriter) -> None:
    writer.apply([patent(key) for key in range(5)], [], "1")
    writer.commit()
    writer.encode_pending(10)
    folder = tmp_path / "index" / (tmp_path / "index" / CURRENT).read_text()
    (rows,) = (folder / "vectors").glob("*.vec")
    rows.write_bytes(rows.read_bytes()[:-3])
    assert (folder / "vectors" / MANIFEST).exists()
    with pytest.raises(Unavailable, match="vectors_damaged"):
        open_reader(tmp_path / "index", LetterPairs())


def test_a_rebuild_that_fails_leaves_the_old_index_in_use(tmp_path: Path, writer: SearchWriter) -> None:
    writer.apply([patent(1)], [], "1")
    writer.commit()

    def broken() -> Iterator[Document]:
        yield patent(2)
        raise OSError("the source went away")

    with pytest.raises(OSError, match="went away"):
        writer.rebuild(broken(), "2")
    writer.apply([patent(3)], [], "3")
    writer.commit()
    reader = open_reader(tmp_path / "index", LetterPairs())
    assert set(reader.documents([1, 2, 3], SEES_ALL)) == {1, 3}
    assert reader.watermark == "3"
