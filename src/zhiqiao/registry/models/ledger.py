from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.models import ImportRun
from zhiqiao.registry.models.patents import Patent


class Encumbrance(models.Model):
    """What binds a patent: a pledge, licence, open licence, preservation or dispute, written here by whoever
    learns of it, so that every later deal asks one ledger.

    ``ends_on`` null: until released. ``certain`` False: the source's words name both its beginning and its end.
    ``run``: the import that told it, null where a deal did.
    """

    class Kind(models.TextChoices):
        PLEDGE = "pledge"
        LICENCE_EXCLUSIVE = "licence_exclusive"
        LICENCE_SOLE = "licence_sole"
        LICENCE_ORDINARY = "licence_ordinary"
        OPEN_LICENCE = "open_licence"
        PRESERVATION = "preservation"
        DISPUTE = "dispute"

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="encumbrances")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    in_favour_of = models.CharField(max_length=255, blank=True)
    registration_number = models.CharField(max_length=64, blank=True)
    territory = models.CharField(max_length=100, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    released_on = models.DateField(null=True)
    source = models.CharField(max_length=255)
    certain = models.BooleanField(default=True)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["patent", "kind"], name="encumbrance_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.registration_number}"


class ExploitationEvidence(models.Model):
    """That a patent is worked (Patent Law art. 11): A product or sale, B recorded licence or assignment,
    C the holder's own word (domain §8)."""

    class Grade(models.TextChoices):
        A = "a"
        B = "b"
        C = "c"

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="exploitation")
    grade = models.CharField(max_length=1, choices=Grade.choices)
    manner = models.CharField(max_length=40)
    happened_on = models.DateField(null=True)
    words = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=255)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.grade} {self.manner}"
