from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.encryption import EncryptedTextField
from zhiqiao.core.models import Record
from zhiqiao.parties.models import Organisation


class NeedState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Need(Record):
    """A technology need: the layer that may be shown to those who could answer it.

    ``external_id`` is the sender's own number, unique per sender. ``organisation`` null: the file named none.
    ``published`` True: anyone may read it; False: its organisation and the city alone. ``deadline`` null: none given.
    """

    external_id = models.CharField(max_length=64, blank=True)
    sender = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    content = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="needs")
    organisation_name = models.CharField(max_length=255, blank=True)
    industries = models.JSONField(default=list)
    town_code = models.CharField(max_length=12, blank=True)
    deadline = models.DateField(null=True)
    state = models.CharField(max_length=16, choices=NeedState.choices, default=NeedState.OPEN)
    published = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "external_id"],
                name="need_external_once",
                condition=~models.Q(external_id=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="need_state"),
            models.Index(fields=["deadline", "id"], name="need_deadline"),
            models.Index(fields=["-id"], name="need_unpublished", condition=models.Q(published=False)),
        ]

    def __str__(self) -> str:
        return self.title


class NeedPrivate(models.Model):
    """The private layer of a need: seen by its own organisation alone, encrypted, never indexed."""

    need = models.OneToOneField(Need, on_delete=models.PROTECT, related_name="private")
    details = EncryptedTextField(blank=True)
    budget = EncryptedTextField(blank=True)
    contact = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"private layer of need {self.need_id}"
