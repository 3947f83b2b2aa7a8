from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.models.base import Record


class Job(Record):
    """A long piece of work: asked for once (``idempotency_key``), held under a lease with a heartbeat,
    resumed from its checkpoint by whoever takes it after a crash.

    ``started_at`` is when the present attempt began. ``measured_at`` and ``measured_from`` are where the count of
    ``progress_done`` began that is going on now: a later stage counts something else, and a later attempt goes on
    from a checkpoint, so the pace is measured from there. ``result`` is as ``core.jobresults`` describes it.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=128, unique=True)
    arguments = models.JSONField(default=dict)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    cancel_requested = models.BooleanField(default=False)
    checkpoint = models.JSONField(default=dict)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True)
    stage = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)
    measured_at = models.DateTimeField(null=True)
    measured_from = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(null=True)
    failure = models.JSONField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "not_before"], name="job_waiting"),
            models.Index(fields=["actor_id", "id"], name="job_of_person"),
            models.Index(fields=["kind", "id"], name="job_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
