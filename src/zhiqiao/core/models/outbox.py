from __future__ import annotations

from django.db import models
from django.utils import timezone


class OutboxEvent(models.Model):
    """Something that happened and that one consumer still has to hear of, written with the change itself.

    A consumer takes events whose ``done_at`` is null, never an id range: a transaction that commits late
    keeps a low id.
    """

    queue = models.CharField(max_length=32)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["queue", "id"], name="outbox_waiting", condition=models.Q(done_at__isnull=True)),
            models.Index(fields=["done_at"], name="outbox_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.pk}"


class Lease(models.Model):
    """The right of one process to do one thing until it expires. ``fence`` grows with each change of holder."""

    name = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=64)
    fence = models.PositiveBigIntegerField(default=1)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class Allowance(models.Model):
    """How much of a rate all processes together have handed out to one caller in one window of time.

    ``caller`` is a hash of who it is and what is counted; ``window`` numbers the window since 1970.
    """

    caller = models.CharField(max_length=64, unique=True)
    window = models.BigIntegerField(db_index=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "api_allowance"  # made by the interface for programs, which was the first to count

    def __str__(self) -> str:
        return f"{self.caller[:8]} {self.window}: {self.taken}"
