from __future__ import annotations

from django.db import models

from zhiqiao.core.models.base import Record


class Comment(Record):
    """What somebody wrote beside a record, named by the record's kind and public id. Withdrawn, never deleted."""

    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    text = models.TextField()
    actor_id = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="comment_subject")]

    def __str__(self) -> str:
        return self.text[:40]


class SavedView(Record):
    """A list as one person wants to find it again: ``query`` is the address's query with filters, sort and columns.
    ``first`` True: shown when the list is opened without a query."""

    actor_id = models.CharField(max_length=64)
    register = models.CharField(max_length=32)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2_000, blank=True)
    first = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "register", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return f"{self.register} {self.name}"
