from __future__ import annotations

from django.db import models

from zhiqiao.core.models.base import Record
from zhiqiao.core.models.blobs import Attachment


class Comment(Record):
    """What somebody wrote beside a record, named by the record's kind and public id. Withdrawn, never deleted.

    ``house``: key of the organisation in which they acted; null for an office that acts over all of them.
    """

    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    text = models.TextField()
    actor_id = models.CharField(max_length=64)
    house = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="comment_subject")]

    def __str__(self) -> str:
        return self.text[:40]


class NoteReader(models.Model):
    """An organisation whose people may read a comment or a file, as long as they may see the record's history at all.

    Written with it and for good: whoever takes the record over reads what is written to them, not what was said
    before. Offices that look over all organisations read everything and have no row.
    """

    comment = models.ForeignKey(Comment, null=True, on_delete=models.PROTECT, related_name="readers")
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="readers")
    house = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(comment=None, attachment__isnull=False)
                | models.Q(comment__isnull=False, attachment=None),
                name="note_reader_of_one_thing",
            ),
            models.UniqueConstraint(fields=["comment", "house"], name="comment_reader_once"),
            models.UniqueConstraint(fields=["attachment", "house"], name="attachment_reader_once"),
        ]

    def __str__(self) -> str:
        return f"{self.house} reads {self.comment_id or self.attachment_id}"


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
