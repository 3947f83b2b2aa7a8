from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import Record
from zhiqiao.parties.models import Organisation


class Profile(Record):
    """What an organisation chose about pushes; without one it takes them.

    ``personalised`` False: the ranking neither looks for it nor names it (PIPL art. 24).
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="push_profile")
    personalised = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"profile of {self.organisation_id}"


class Sort(models.TextChoices):
    FIELD = "field", _("Field")
    WORD = "word", _("Word")


class Statement(Record):
    """A field or word that an organisation itself wants to hear of, or does not.

    ``value``: a subclass of the IPC, as B29C, or a word in lower case. ``wanted`` False: patents in the field, or with
    the word in title or abstract, are not pushed to it. ``withdrawn_at`` set: it no longer says so.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="push_statements")
    sort = models.CharField(max_length=8, choices=Sort.choices)
    value = models.CharField(max_length=60)
    wanted = models.BooleanField()
    actor_id = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sort", "value"],
                condition=models.Q(withdrawn_at=None),
                name="push_statement_once",
            ),
        ]
        indexes = [models.Index(fields=["sort", "value"], name="push_statement_value")]

    def __str__(self) -> str:
        return f"{self.sort} {self.value}"
