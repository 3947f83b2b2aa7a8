from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.models.base import Record
from zhiqiao.core.models.blobs import Blob


class HeadingMapping(models.Model):
    """How one sender's headings are read: ``mapping`` is heading → field, null where it is left out on purpose;
    ``units`` is heading → 元, 万元 or 亿元, as a person confirmed it. ``organisation_id`` 0: the city's."""

    kind = models.CharField(max_length=32)
    organisation_id = models.BigIntegerField(default=0)
    sender = models.CharField(max_length=200)
    mapping = models.JSONField(default=dict)
    units = models.JSONField(default=dict)
    confirmed_by = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "organisation_id", "sender"], name="heading_mapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sender}"


class ImportRun(Record):
    """One import of one or several files. Counters and checkpoint move in the transaction that stores the rows,
    so a kill at any moment loses nothing that was counted.

    ``fingerprint`` is the SHA-256 over the files' hashes, kind and options: the same files again resume an
    unfinished run. rows = created + updated + unchanged + rejected.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"
        UNDONE = "undone"

    kind = models.CharField(max_length=32)
    number = models.CharField(max_length=32, unique=True)
    sender = models.CharField(max_length=200)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    organisation_id = models.BigIntegerField(null=True)
    options = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State.choices, default=State.RUNNING)
    headings = models.JSONField(default=list)
    unmapped = models.JSONField(default=list)
    checkpoint = models.JSONField(default=dict)
    rows = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    report = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    report_name = models.CharField(max_length=255, blank=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "fingerprint"], name="import_run_again"),
            models.Index(fields=["kind", "-id"], name="import_run_kind"),
            models.Index(fields=["state", "-id"], name="import_run_state"),
            models.Index(fields=["organisation_id", "-id"], name="import_run_house"),
            models.Index(fields=["organisation_id", "kind", "-id"], name="import_run_house_kind"),
            models.Index(fields=["organisation_id", "state", "-id"], name="import_run_house_state"),
        ]

    def __str__(self) -> str:
        return self.number


class ImportFile(models.Model):
    """A source file of a run, in the order given; the bytes are kept."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="files")
    ordinal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["run", "ordinal"], name="import_file_once")]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """A source row as it came, and what became of it. ``table_number`` points into the run's ``headings``;
    ``cells`` are the row's cells as text, in the order of the sheet; ``column`` and ``facts`` tell of a rejection."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="source_rows")
    table_number = models.PositiveSmallIntegerField()
    row_number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16)
    codes = models.JSONField(default=list)
    column = models.CharField(max_length=255, blank=True)
    facts = models.JSONField(default=dict)
    subject_id = models.BigIntegerField(null=True)
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["run"], name="import_row_rejected", condition=models.Q(outcome="rejected")),
            models.Index(fields=["subject_id", "run"], name="import_row_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.row_number} {self.outcome}"


class Revision(models.Model):
    """What one write changed on a record: field → [before, after]. With the run that caused it, so that a whole
    import can be undone and any earlier state be told."""

    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="revisions")
    actor_id = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(default=timezone.now)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="revision_subject")]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"
