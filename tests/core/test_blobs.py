from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import ACTOR
from zhiqiao.core import blobs
from zhiqiao.core.audit import Subject
from zhiqiao.core.blobs import (
    BlobDamaged,
    FileTooLarge,
    attach,
    attachments_of,
    blob_path,
    check_blob,
    open_blob,
    plain_name,
    store_path,
    store_stream,
    sweep_incoming,
    withdraw_attachment,
)
from zhiqiao.core.models import AuditEntry, Blob
from zhiqiao.kernel.errors import Conflict, Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
NEED = Subject("needs.need", "018f")


def store(content: bytes, **kept: Any) -> Blob:
    return store_stream(io.BytesIO(content), **kept)


def files_in(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_bytes_come_back_and_lie_under_their_hash(home: Path) -> None:
    content = b"%PDF" * (blobs.CHUNK // 2)
    blob = store(content, media_type="application/pdf")
    digest = hashlib.sha256(content).hexdigest()
    assert (blob.sha256, blob.size, blob.media_type) == (digest, len(content), "application/pdf")
    with open_blob(blob) as stream:
        assert stream.read() == content
    assert files_in(home) == [f"blobs/{digest[:2]}/{digest[2:]}"]
    check_blob(blob)


def test_the_same_bytes_are_kept_once(home: Path, tmp_path: Path) -> None:
    first = store(b"same")
    source = home / "source.txt"
    source.write_bytes(b"same")
    assert store_path(source) == first
    assert Blob.objects.count() == 1
    assert store(b"").size == 0


def test_too_many_bytes_are_refused_and_leave_nothing(home: Path) -> None:
    assert store(b"12345", limit=5).size == 5
    with pytest.raises(FileTooLarge) as refused:
        store(b"123456", limit=5)
    assert refused.value.facts == {"limit": 5}
    assert len(files_in(home)) == Blob.objects.count() == 1


def test_a_stream_that_breaks_leaves_nothing(home: Path) -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise OSError("cable")

    with pytest.raises(OSError, match="cable"):
        store_stream(Broken())
    assert files_in(home) == []


def test_damage_is_noticed_and_mended_by_storing_again() -> None:
    blob = store(b"contract")
    blob_path(blob).write_bytes(b"c0ntract")
    with pytest.raises(BlobDamaged):
        check_blob(blob)
    blob_path(blob).unlink()
    with pytest.raises(BlobDamaged) as missing:
        open_blob(blob)
    assert missing.value.reason == "blob_missing"
    assert store(b"contract") == blob
    check_blob(blob)


def test_half_written_files_are_swept_after_a_day(home: Path) -> None:
    store(b"kept")
    incoming = home / "blobs" / "incoming"
    for name, age in (("old", 2 * 86400), ("new", 60)):
        (incoming / name).touch()
        os.utime(incoming / name, (1_000_000 - age, 1_000_000 - age))
    assert sweep_incoming(now=1_000_000) == 1
    assert [path.name for path in incoming.iterdir()] == ["new"]


def test_attaching_and_withdrawing_leave_their_trail() -> None:
    attachment = attach(actor=ACTOR, subject=NEED, name="合同.pdf", blob=store(b"contract"))
    assert attachments_of(NEED) == [attachment]
    assert attachments_of(Subject("needs.need", "other")) == []
    withdrawn = withdraw_attachment(actor=ACTOR, attachment=attachment)
    assert withdrawn.withdrawn_at is not None
    assert attachments_of(NEED) == []
    with pytest.raises(Conflict):
        withdraw_attachment(actor=ACTOR, attachment=attachment)
    actions = AuditEntry.objects.order_by("id").values_list("action", "subject_id")
    key = str(attachment.public_id)
    assert list(actions) == [("core.attach", key), ("core.withdraw_attachment", key)]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\我的文档\\清单.xlsx", "清单.xlsx"),
        ("a\x00b\n.txt", "ab.txt"),
        ("长" * 300 + ".xlsx", "长" * 250 + ".xlsx"),
    ],
)
def test_a_name_is_a_name_and_no_path(given_name: str, kept: str) -> None:
    assert plain_name(given_name) == kept


@pytest.mark.parametrize("name", ["", "..", "/", "\x00", "  "])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        plain_name(name)


@given(st.text())
def test_any_name_is_safe_or_refused(name: str) -> None:
    try:
        kept = plain_name(name)
    except Invalid:
        return
    assert 0 < len(kept) <= 255
    assert not set(kept) & {"/", "\\", "\x00", "\n"}
    assert kept not in {".", ".."}


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_many_at_once_is_one_blob(at_once: Callable[..., list[Any]]) -> None:
    content = b"x" * 100_000
    assert len({blob.pk for blob in at_once(lambda _: store(content))}) == 1
