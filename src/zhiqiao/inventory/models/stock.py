from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import Record
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent


class Tier(models.TextChoices):
    """Domain §1.5. ``watch`` 层X and ``abandon`` 层Z are negative and need a person's word."""

    BASE = "base", _("Tier 0 · base")
    CONVERTIBLE = "convertible", _("Tier 1 · convertible")
    PROMOTED = "promoted", _("Tier 2 · promoted")
    FAST = "fast", _("Tier 3 · high value")
    WATCH = "watch", _("Tier X · unclear")
    ABANDON = "abandon", _("Tier Z · suggested to drop")


class Inventory(Record):
    """A stocktaking of what was granted by ``cutoff_on``.

    ``frozen_at`` set: which patents count changes no more, so that coverage keeps one denominator (domain §1.5).
    """

    name = models.CharField(max_length=200, unique=True)
    cutoff_on = models.DateField()
    taken_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.name


_ASKED = ("in_stock", "scope_code", "state", "tier", "suggested_tier", "exploitation", "willing", "patent")


class InventoryEntry(Record):
    """One patent of one institution in a stocktaking: in or out, and why (``scope_code``).

    ``self_grade``, ``willing``, ``maturity`` (TRL 1 to 9) are the institution's own words; empty or null: not said.
    ``reply_*``, ``intents`` and ``buyers`` are what enterprises answered to pushes, counted in by matching.
    ``tier`` is the tier in effect, which repeats the newest ``TierDecision``: a negative suggestion has no effect
    before a person confirms it. ``score`` is the total that the suggestion rested on.
    """

    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="entries")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="inventory_entries")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="inventory_entries")
    in_stock = models.BooleanField()
    scope_code = models.CharField(max_length=40)
    state = models.CharField(max_length=24, default="to_file")
    self_grade = models.CharField(max_length=16, blank=True)
    willing = models.CharField(max_length=8, blank=True)
    accepted_ways = models.JSONField(default=list)
    maturity = models.PositiveSmallIntegerField(null=True)
    exploitation = models.CharField(max_length=24, blank=True)
    note = models.TextField(blank=True)
    reply_count = models.PositiveIntegerField(default=0)
    reply_mean = models.FloatField(null=True)
    intents = models.PositiveIntegerField(default=0)
    buyers = models.PositiveIntegerField(default=0)
    tier = models.CharField(max_length=16, choices=Tier.choices, blank=True)
    suggested_tier = models.CharField(max_length=16, choices=Tier.choices, blank=True)
    score = models.FloatField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inventory", "patent", "organisation"], name="inventory_entry_once"),
        ]
        indexes = [
            # An institution's own list, with all that its filters ask: an entry that falls out is never opened.
            models.Index(fields=["organisation", "inventory", "-id", *_ASKED], name="inventory_own"),
            models.Index(fields=["organisation", "inventory", "-score", "-id"], name="inventory_own_score"),
            models.Index(fields=["inventory", "tier", "-id"], name="inventory_tier"),
            models.Index(fields=["inventory", "suggested_tier", "-id"], name="inventory_suggested"),
            models.Index(fields=["inventory", "-score", "-id"], name="inventory_score"),
            models.Index(fields=["inventory", "state", "-id", "patent"], name="inventory_state"),
            models.Index(fields=["inventory", "scope_code", "-id", "patent"], name="inventory_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.inventory_id} {self.patent_id}"


class TierDecision(Record):
    """A tier as the rules suggest it and, where a person decided, as confirmed. Never changed, only superseded.

    A new suggestion carries a person's decision on: only a person takes it back.
    """

    entry = models.ForeignKey(InventoryEntry, on_delete=models.PROTECT, related_name="tiers")
    suggested = models.CharField(max_length=16, choices=Tier.choices)
    reasons = models.JSONField(default=list)
    rules_version = models.CharField(max_length=32)
    suggested_at = models.DateTimeField(default=timezone.now)
    confirmed = models.CharField(max_length=16, choices=Tier.choices, blank=True)
    confirmed_by = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(superseded_at__isnull=True), name="tier_one_current"
            ),
        ]
        indexes = [models.Index(fields=["entry", "superseded_at", "confirmed"], name="tier_standing")]

    def __str__(self) -> str:
        return self.confirmed or self.suggested
