from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from zhiqiao.kernel.ids import new_id


def new_public_id() -> uuid.UUID:
    return new_id()


class Record(models.Model):
    """A row that people can address: a private running key for joins, an opaque public id for everything else."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
