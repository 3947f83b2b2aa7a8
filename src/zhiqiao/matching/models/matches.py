from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import Record
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent


class Relevance(models.TextChoices):
    STRONG = "strong", _("Strong")
    FAIR = "fair", _("Fair")
    WEAK = "weak", _("Weak")
    NONE = "none", _("None")


class Match(Record):
    """A patent that the machine found for a need, with its evidence and the version that found it.

    ``elements``: which parts of the need it answers, by their places in it; the need's own words are not kept twice.
    ``superseded_at`` null: of the newest matching of this need.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="matches")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="matches")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    relevance = models.CharField(max_length=8, choices=Relevance.choices)
    reasons = models.JSONField(default=list)
    passage = models.JSONField(null=True)
    elements = models.JSONField(default=list)
    version = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need", "patent"], condition=models.Q(superseded_at__isnull=True), name="match_once"
            ),
        ]
        indexes = [models.Index(fields=["need", "superseded_at", "rank"], name="match_of_need")]

    def __str__(self) -> str:
        return f"{self.rank} {self.relevance}"


class PushSuggestion(Record):
    """An organisation that would care about a patent, and why. A suggestion only: a person decides to push."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="push_suggestions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="push_suggestions")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    version = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patent", "organisation"], condition=models.Q(superseded_at__isnull=True), name="push_once"
            ),
        ]
        indexes = [models.Index(fields=["patent", "superseded_at", "rank"], name="push_of_patent")]

    def __str__(self) -> str:
        return f"{self.rank} {self.organisation_id}"
