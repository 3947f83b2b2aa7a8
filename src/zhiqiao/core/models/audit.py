from __future__ import annotations

from django.db import models
from django.utils import timezone

from zhiqiao.core.encryption import EncryptedTextField
from zhiqiao.core.models.base import new_public_id


class AuditBlock(models.Model):
    """A sealed run of entries: the Merkle root over them, linked to the head of the block before."""

    number = models.PositiveBigIntegerField(unique=True)
    algorithm = models.CharField(max_length=16)
    entry_count = models.PositiveIntegerField()
    merkle_root = models.CharField(max_length=64)
    previous_head = models.CharField(max_length=64)
    head = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"block {self.number} {self.head[:12]}"


class AuditEntry(models.Model):
    """One write: who, when, what before and after, as canonical text.

    ``ordinal`` of ``size`` numbers the entries of one transaction, so that one missing before its seal
    shows. ``block`` is null until sealed. Every other column repeats ``content`` and is checked against it; the name
    of who acted is none of them, since it must be erasable: it is looked up by ``actor_id``.
    """

    transaction = models.UUIDField()
    ordinal = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    content = models.TextField()
    block = models.ForeignKey(AuditBlock, null=True, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transaction", "ordinal"], name="audit_entry_once"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["-at", "-id"], name="audit_in_time"),
            models.Index(fields=["action"], name="audit_action"),
            models.Index(fields=["actor_id"], name="audit_actor"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(block__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"


class PersonalValue(models.Model):
    """A personal value that entries name only by its salted commitment, so that it can be erased by law
    (PIPL art. 47) without breaking the chain: erasing empties ``salt`` and ``value``."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    commitment = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=64, blank=True)
    value = EncryptedTextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.commitment[:12]
