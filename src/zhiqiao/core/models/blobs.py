from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.models.base import Record


class Blob(models.Model):
    """A file kept under the SHA-256 of its content; the bytes lie in the installation's ``blobs`` folder."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]


class Attachment(Record):
    """A named file beside a record, named by the record's kind and public id. Withdrawn, never deleted.

    ``house``: key of the organisation in which its sender acted; null for an office that acts over all of them.
    """

    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="attachments")
    actor_id = models.CharField(max_length=64)
    house = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="attachment_subject")]

    def __str__(self) -> str:
        return self.name
