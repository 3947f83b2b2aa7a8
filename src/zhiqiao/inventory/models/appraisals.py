from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.models import Record
from zhiqiao.registry.models import Patent


class Appraisal(Record):
    """A patent appraised by one version of the indicator tree, on what the files really contain.

    Scores run 0 to 100; null: not appraised, which is never zero. ``coverage`` is the share of the tree's weight
    that evidence reached. ``items`` is one row a leaf: code, score or null, evidence, why not. ``fingerprint`` is the
    SHA-256 of version, scene and items: the same again is not written again.
    """

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="appraisals")
    tree_version = models.CharField(max_length=32)
    scene = models.CharField(max_length=32)
    as_of = models.DateField()
    legal = models.FloatField(null=True)
    technical = models.FloatField(null=True)
    economic = models.FloatField(null=True)
    total = models.FloatField(null=True)
    coverage = models.FloatField()
    items = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patent", "scene"], condition=models.Q(superseded_at__isnull=True), name="appraisal_one_current"
            ),
        ]
        indexes = [models.Index(fields=["patent", "superseded_at"], name="appraisal_of_patent")]

    def __str__(self) -> str:
        return f"{self.tree_version} {self.total}"
