from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.encryption import EncryptedTextField
from zhiqiao.core.models import ImportRun, Record
from zhiqiao.parties.roles import OrganisationKind

LIVING = models.Q(merged_into=None, withdrawn_at=None)
"""Organisations that are themselves there: no signposts, nothing taken back."""


class Organisation(Record):
    """A university, institute, firm, bank, agency or authority, under its present name.

    ``name_key`` is the name folded for matching, ``pinyin`` the key that lists sort by, ``initials`` the first letters
    of its syllables, for search. ``kind_suggested`` True: the kind was read off the name and nobody stated it.
    ``town_code`` is where it is registered; a park is a second place beside the town (domain §12.3), never added up
    with it. ``industries`` are GB/T 4754 codes, or the sender's words where those name no entry of it.
    ``merged_into`` set: this record is a signpost to the one that lives on. ``named_only`` True: known only as a
    name in a patent file so far. ``withdrawn_at`` set: the import that brought it was undone and nothing else knows it.
    """

    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=255)
    pinyin = models.CharField(max_length=255)
    initials = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=OrganisationKind.choices, default=OrganisationKind.OTHER)
    kind_suggested = models.BooleanField(default=False)
    credit_code = models.CharField(max_length=18, null=True, unique=True)
    town_code = models.CharField(max_length=12, blank=True)
    park_code = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=500, blank=True)
    industries = models.JSONField(default=list)
    honours = models.JSONField(default=list)
    description = models.TextField(blank=True)
    products = models.TextField(blank=True)
    named_only = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    updated_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name_key"], name="organisation_name_key"),
            models.Index(fields=["pinyin", "id"], name="organisation_pinyin"),
            models.Index(fields=["initials"], name="organisation_initials"),
            models.Index(fields=["kind", "pinyin", "id"], name="organisation_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationName(models.Model):
    """Another name of an organisation: a former one (with the days it was in force, where known), a short one,
    a translation. ``source`` says who told."""

    class Kind(models.TextChoices):
        FORMER = "former"
        ALIAS = "alias"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=255)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name_key", "kind"], name="organisation_name_once"),
        ]
        indexes = [models.Index(fields=["name_key"], name="organisation_other_name")]

    def __str__(self) -> str:
        return self.name


class Contact(Record):
    """Whom to reach in an organisation. Personal, so the database holds it encrypted and only the organisation and the
    bureau may see it; ``fingerprint`` is the blind index over all three, to know the same contact again.

    ``run``: the import that brought it, null where a person typed it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    name = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    email = EncryptedTextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "fingerprint"], name="contact_once"),
        ]

    def __str__(self) -> str:
        return f"contact of {self.organisation_id}"
