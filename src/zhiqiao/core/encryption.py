"""Fields that the database never sees in clear: AES-256-GCM under a named key, and a blind index to find equals.

Stored form: ``<key name>:<base64 of nonce and ciphertext>``. The key ring lies in the installation's home,
readable by its owner alone; the newest key encrypts, every key in the ring decrypts. A key is named by its
fingerprint, so that keys of two rings are never taken for one another.
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
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Length

from zhiqiao.kernel.errors import Unavailable, ZhiqiaoError

NONCE = 12  # bytes
KEY = 32  # bytes
SEALED_IN_JSON = "\\u0002"  # how the mark of an encrypted cell of an import looks in a JSON column

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


def fingerprint(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def load_ring(path: Path) -> KeyRing:
    """Read the ring; make it on first use.

    Raises ``Unavailable`` ``keys_missing`` where the ring is gone but the database holds what it encrypted: a new one
    could not read that, and would write what the old one cannot read once it is back.
    """
    if not path.exists():
        if anything_encrypted():
            raise Unavailable("keys_missing", file=path.name)
        _make_ring(path)
    kept = json.loads(path.read_text(encoding="ascii"))
    keys = {name: bytes.fromhex(key) for name, key in kept["keys"].items()}
    return KeyRing(keys, kept["current"], bytes.fromhex(kept["index"]))


def _make_ring(path: Path) -> None:
    name, key = _new_key()
    beside = _written_beside(path, {"current": name, "keys": {name: key}, "index": secrets.token_hex(KEY)})
    # A link fails where another process made the ring first; then that one counts.
    with suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()


def _new_key() -> tuple[str, str]:
    key = secrets.token_bytes(KEY)
    return fingerprint(key), key.hex()


def anything_encrypted() -> bool:
    """Whether the database holds a value that some ring encrypted. Reads whole tables: ask where the ring is missing,
    nowhere else."""
    fields = (
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    )
    if any(_filled(model, name) for model, name in fields):
        return True
    rows = apps.get_model("core", "ImportRow")._default_manager.annotate(text=Cast("cells", models.TextField()))
    return rows.filter(text__contains=SEALED_IN_JSON).exists()


def _filled(model: type[models.Model], name: str) -> bool:
    return model._default_manager.annotate(length=Length(name)).filter(length__gt=0).exists()


def rotate_ring(path: Path) -> str:
    """Add a key that encrypts from now on and return its name; the older ones go on decrypting.

    Running processes take the new ring up at their next use of it.
    """
    load_ring(path)
    kept = json.loads(path.read_text(encoding="ascii"))
    name, key = _new_key()
    kept["keys"][name] = key
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
