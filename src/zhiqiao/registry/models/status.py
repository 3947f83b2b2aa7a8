from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.models import ImportRun
from zhiqiao.registry.models.patents import Patent, StatusGroup


class StatusRecord(models.Model):
    """A legal status as a source told it: its own words, the day it speaks for, and when we learnt it.

    "As of any day" is the newest record with ``as_of`` on or before that day among those recorded by then.
    ``withdrawn_at`` set: the import that brought it was undone.
    """

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="statuses")
    group = models.CharField(max_length=16, choices=StatusGroup.choices)
    phase = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=255)
    as_of = models.DateField(null=True)
    through = models.DateField(null=True)
    source = models.CharField(max_length=255)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["patent", "-as_of"], name="status_as_of")]

    def __str__(self) -> str:
        return self.words


class LegalEvent(models.Model):
    """A legal event as the gazette or a vendor gives it. ``happened_on`` is valid time, ``recorded_at`` ours."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=16)
    words = models.CharField(max_length=255)
    happened_on = models.DateField(null=True)
    details = models.JSONField(default=dict)
    source = models.CharField(max_length=255)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["patent", "happened_on"], name="event_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.happened_on}"
