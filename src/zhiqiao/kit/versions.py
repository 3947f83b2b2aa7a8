"""Which state of a record somebody has seen, as a short text to hand back with a change."""

from __future__ import annotations

from django.db.models import Model
from django.utils.crypto import salted_hmac


def version_of(record: Model) -> str:
    """The same text for the same stored values; 32 hexadecimal digits. Keyed: nobody finds out by trying what stands in
    the parts that they may not read."""
    stored = [f"{field.attname}={getattr(record, field.attname)!r}" for field in record._meta.concrete_fields]
    return salted_hmac("zhiqiao.kit.versions", "\x1f".join(stored), algorithm="sha256").hexdigest()[:32]
