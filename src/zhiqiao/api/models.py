"""What the interface itself has to remember: answers that may be asked for twice."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.encryption import EncryptedTextField


class IdempotentAnswer(models.Model):
    """The answer to a write that carried an ``Idempotency-Key``, written in the transaction of the write itself.

    ``digest`` is of method, path and body. ``body`` is what was answered; it tells what the caller may see, so it is
    kept encrypted, for a day.
    """

    actor_id = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="idempotent_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"
