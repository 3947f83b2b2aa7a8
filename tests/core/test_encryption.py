from __future__ import annotations

import base64
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.core.encryption import (
    CannotDecrypt,
    KeyRing,
    blind_index,
    fingerprint,
    load_ring,
    ring,
    ring_path,
    rotate_ring,
)
from zhiqiao.core.models import ImportRow, ImportRun, PersonalValue
from zhiqiao.core.privatecells import sealed
from zhiqiao.kernel.errors import Unavailable

RING = KeyRing({"k1": b"1" * 32}, "k1", b"i" * 32)


@given(st.text())
def test_what_goes_in_comes_out_and_never_looks_the_same_twice(text: str) -> None:
    first, second = RING.encrypt(text), RING.encrypt(text)
    assert RING.decrypt(first) == RING.decrypt(second) == text
    assert first != second


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(place: int, change: int) -> None:
    name, _, body = RING.encrypt("联系人 13800000000").partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[place % len(raw)] ^= change
    with pytest.raises(CannotDecrypt):
        RING.decrypt(f"{name}:{base64.b64encode(raw).decode()}")


@pytest.mark.parametrize("stored", ["k2:AAAA", "k1:", "k1:AA", "k1:not base64!", "plain text", ""])
def test_text_that_is_no_ciphertext_is_refused(stored: str) -> None:
    with pytest.raises(CannotDecrypt):
        RING.decrypt(stored)


def test_a_key_that_was_renamed_does_not_decrypt() -> None:
    renamed = KeyRing({"k9": b"1" * 32}, "k9", b"i" * 32)
    with pytest.raises(CannotDecrypt):
        renamed.decrypt(RING.encrypt("秘密").replace("k1:", "k9:", 1))


@pytest.mark.django_db
def test_a_rotated_ring_reads_the_old_and_writes_with_the_new(home: Path) -> None:
    before = ring().encrypt("预算 30 万元")
    index = blind_index("phone", "13800000000")
    old = ring().current
    new = rotate_ring(ring_path())
    after = ring().encrypt("预算 30 万元")
    assert (before.split(":")[0], after.split(":")[0]) == (old, new)
    assert ring().decrypt(before) == ring().decrypt(after) == "预算 30 万元"
    assert blind_index("phone", "13800000000") == index


@pytest.mark.django_db
def test_the_ring_is_made_once_and_readable_by_its_owner_alone(home: Path) -> None:
    first, second = load_ring(ring_path()), load_ring(ring_path())
    assert first.keys == second.keys
    assert first.index_key not in first.keys.values()
    assert stat.S_IMODE(ring_path().stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["keys.json"]


@pytest.mark.django_db
def test_blind_indexes_are_equal_for_equal_values_of_one_purpose() -> None:
    assert blind_index("phone", "138") == blind_index("phone", "138")
    assert len({blind_index("phone", "138"), blind_index("name", "138"), blind_index("phone", "139")}) == 3
    assert blind_index("phone", "") == ""


@pytest.mark.django_db
def test_two_rings_never_share_the_name_of_a_key(home: Path) -> None:
    first = ring()
    ring_path().unlink()
    second = ring()
    assert not first.keys.keys() & second.keys.keys()
    assert all(fingerprint(key) == name for name, key in second.keys.items())


def a_private_field() -> None:
    PersonalValue.objects.create(commitment="c" * 64, value="张三")


def an_imported_cell() -> None:
    run = ImportRun.objects.create(kind="needs", number="1", sender="x", actor_id="x", actor_name="x", fingerprint="x")
    ImportRow.objects.create(run=run, table_number=0, row_number=1, outcome="created", cells=["题", sealed("138")])


@pytest.mark.django_db
@pytest.mark.parametrize("written", [a_private_field, an_imported_cell])
def test_a_lost_ring_is_asked_for_and_never_replaced(home: Path, written: Callable[[], None]) -> None:
    PersonalValue.objects.create(commitment="e" * 64)
    written()
    kept = ring_path().read_bytes()
    ring_path().unlink()
    for use in (ring, lambda: rotate_ring(ring_path()), lambda: blind_index("phone", "138")):
        with pytest.raises(Unavailable) as refused:
            use()
        assert refused.value.reason == "keys_missing"
    assert not ring_path().exists()
    ring_path().write_bytes(kept)
    assert ring().decrypt(ring().encrypt("秘密")) == "秘密"


@pytest.mark.django_db
def test_the_database_holds_ciphertext_only() -> None:
    kept = PersonalValue.objects.create(commitment="c" * 64, value="张三")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM core_personalvalue WHERE id = %s", [kept.pk])
        (stored,) = cursor.fetchone()
    assert "张三" not in stored
    assert stored.startswith(ring().current + ":")
    kept.refresh_from_db()
    assert kept.value == "张三"


@pytest.mark.django_db
def test_filtering_by_an_encrypted_field_is_refused_instead_of_finding_nothing() -> None:
    with pytest.raises(FieldError):
        PersonalValue.objects.filter(value="张三").exists()
    with pytest.raises(FieldError):
        PersonalValue.objects.filter(value__contains="张").exists()
