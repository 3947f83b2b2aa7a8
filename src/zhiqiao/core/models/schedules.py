from __future__ import annotations

from django.db import models

from zhiqiao.core.models.base import Record
from zhiqiao.core.models.jobs import Job


class Schedule(Record):
    """A kind of job that is asked for again and again. ``cron`` has five fields, read in Asia/Shanghai.

    ``name`` is a stable code. ``next_due`` is None while the schedule is off; ``last_due`` is the moment for which a
    job was last asked for, ``last_job`` that job, or the one somebody asked for by hand since.
    """

    name = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    cron = models.CharField(max_length=64)
    enabled = models.BooleanField(default=True)
    last_due = models.DateTimeField(null=True)
    next_due = models.DateTimeField(null=True)
    last_job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name
