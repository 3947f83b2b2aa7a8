from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import Record
from zhiqiao.parties.models.people import User


class KeyState(models.TextChoices):
    LIVE = "live", _("In force")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class ApiKey(Record):
    """What a program of a person signs in with: ``zq_<prefix>_<secret>``. The secret is kept by its hash alone.

    ``scopes`` are ``read``, ``write``, or either for one register, as ``needs:write``; they only ever narrow what the
    owner may do. ``expires_at`` is the first moment at which the key is no good any more. ``last_used_at`` is written
    at most once a minute.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    secret_once = ""
    """The whole key in clear, on the record that ``make_key`` returns and nowhere else."""

    def __str__(self) -> str:
        return f"{self.name} zq_{self.prefix}"

    def state(self, now: datetime | None = None) -> KeyState:
        if self.revoked_at is not None:
            return KeyState.REVOKED
        return KeyState.EXPIRED if self.expires_at <= (now or timezone.now()) else KeyState.LIVE
