"""Fields that the database never sees in clear: AES-256-GCM under a named key, and a blind index to find equals.

Stored form: ``<key id>:<base64 of nonce and ciphertext>``. The key ring lies in the installation's home,
readable by its owner alone; the newest key encrypts, every key in the ring decrypts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from zhiqiao.kernel.errors import ZhiqiaoError

NONCE = 12  # bytes
KEY = 32  # bytes

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:  # Django's fields take type arguments in their stubs alone
    TextField = models.TextField


class CannotDecrypt(ZhiqiaoError):
    """The key is not in the ring, or the stored text was changed."""

    code = "cannot_decrypt"
    kind = "unavailable"


class KeyRing:
    """Named 256-bit keys. ``current`` encrypts; blind indexes have a key of their own that is never rotated."""

    def __init__(self, keys: Mapping[str, bytes], current: str, index_key: bytes) -> None:
        self.keys, self.current, self.index_key = keys, current, index_key

    def encrypt(self, text: str) -> str:
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), self.current.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str) -> str:
        name, _, body = stored.partition(":")
        if name not in self.keys:
            raise CannotDecrypt(key=name)
        try:
            raw = base64.b64decode(body, validate=True)
            return AESGCM(self.keys[name]).decrypt(raw[:NONCE], raw[NONCE:], name.encode()).decode()
        except (InvalidTag, ValueError):  # changed text, or text that never was base64
            raise CannotDecrypt(key=name) from None

    def blind_index(self, purpose: str, value: str) -> str:
        return hmac.new(self.index_key, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def load_ring(path: Path) -> KeyRing:
    """Read the ring; make it on first use."""
    if not path.exists():
        fresh = {"current": "k1", "keys": {"k1": secrets.token_hex(KEY)}, "index": secrets.token_hex(KEY)}
        beside = _written_beside(path, fresh)
        # A link fails where another process made the ring first; then that one counts.
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    kept = json.loads(path.read_text(encoding="ascii"))
    keys = {name: bytes.fromhex(key) for name, key in kept["keys"].items()}
    return KeyRing(keys, kept["current"], bytes.fromhex(kept["index"]))


def rotate_ring(path: Path) -> str:
    """Add a key that encrypts from now on and return its name; the older ones go on decrypting.

    Running processes take the new ring up at their next use of it.
    """
    load_ring(path)
    kept = json.loads(path.read_text(encoding="ascii"))
    name = f"k{len(kept['keys']) + 1}"
    kept["keys"][name] = secrets.token_hex(KEY)
    _written_beside(path, {**kept, "current": name}).replace(path)
    return name


def _written_beside(path: Path, kept: Mapping[str, Any]) -> Path:
    # mkstemp makes a file that its owner alone can read.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="ascii") as out:
        json.dump(kept, out)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)


def ring_path() -> Path:
    return Path(settings.ZHIQIAO_HOME) / "keys.json"


def ring() -> KeyRing:
    """The installation's ring as it lies on disk now: a rotation reaches every process without a restart."""
    path = ring_path()
    if not path.exists():
        load_ring(path)
    stat = path.stat()
    return _ring_at(path, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=4)
def _ring_at(path: Path, mtime_ns: int, inode: int) -> KeyRing:
    return load_ring(path)


def blind_index(purpose: str, value: str) -> str:
    """Equal values of one purpose give equal indexes; nothing else can be read from them. Empty stays empty."""
    return ring().blind_index(purpose, value) if value else ""


class EncryptedTextField(TextField):
    """Text that is stored encrypted. Cannot be searched; keep a blind index beside it where equality matters.

    Filtering by it raises ``FieldError``: the same text is never stored twice alike, so it would find nothing.
    """

    def get_prep_value(self, value: Any) -> Any:
        return ring().encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return ring().decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> type[models.Lookup[Any]] | None:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
