from __future__ import annotations

from django.db import models


class ReferenceEntry(models.Model):
    """An entry of a published scheme (IPC, GB/T 4754, towns …), valid between two days.

    ``effective_to`` is the last day in force, null while it still is; ``effective_from`` 1900-01-01 stands for
    longer than the source says; ``name_en`` is empty where the standard gives no English.
    """

    scheme = models.CharField(max_length=32)
    code = models.CharField(max_length=32)
    level = models.CharField(max_length=16)
    name_zh = models.TextField()
    name_en = models.TextField(blank=True)
    parent_code = models.CharField(max_length=32, blank=True)
    edition = models.CharField(max_length=32)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code", "effective_from"], name="reference_entry_once"),
        ]
        indexes = [models.Index(fields=["scheme", "parent_code"], name="reference_parent")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class ReferenceMove(models.Model):
    """Where what stood under a code went, as H01L went to H10 in the IPC. ``wholly`` False: a part of it."""

    scheme = models.CharField(max_length=32)
    old_code = models.CharField(max_length=32)
    new_code = models.CharField(max_length=32)
    effective_from = models.DateField()
    wholly = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "old_code", "new_code"], name="reference_move_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.old_code} → {self.new_code}"
