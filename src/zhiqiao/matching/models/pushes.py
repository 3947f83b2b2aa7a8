from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import Record
from zhiqiao.kernel.transitions import Transition, TransitionTable
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent


class PushState(models.TextChoices):
    PUSHED = "pushed", _("Pushed")
    SEEN = "seen", _("Seen")
    ANSWERED = "answered", _("Replied")
    WITHDRAWN = "withdrawn", _("Taken back")


class Reply(models.TextChoices):
    """What an organisation says to a patent that was pushed to it."""

    INTERESTED = "interested", _("Interested")
    NEED_MEETING = "need_meeting", _("Need a meeting")
    PRICE = "price", _("Depends on the price")
    ALREADY_HAVE = "already_have", _("Already have it")
    NOT_OUR_FIELD = "not_our_field", _("Not our field")
    NOT_MATURE = "not_mature", _("Not mature enough")
    NOT_NOW = "not_now", _("Not now")
    WRONG_CONTACT = "wrong_contact", _("Wrong contact")
    OTHER = "other", _("Something else")


WAITING = (PushState.PUSHED, PushState.SEEN)
PUSH_STATES = TransitionTable(
    states=tuple(PushState.values),
    initial=PushState.PUSHED,
    transitions=(
        Transition("see", frozenset({PushState.PUSHED}), PushState.SEEN),
        # An answer is changed by answering again.
        Transition("answer", frozenset({*WAITING, PushState.ANSWERED}), PushState.ANSWERED),
        Transition("withdraw", frozenset(WAITING), PushState.WITHDRAWN),
    ),
)
TEACHES_NOTHING = 0


class Push(Record):
    """A patent that a person had brought before an organisation, and what the organisation replied.

    ``personalised``: the ranking named the organisation, for these ``reasons``; False: a person did. ``need``: the need
    that the push rests on most, if on any. ``words`` go with the reply. ``level`` null: what the push teaches the
    ranking follows from the reply; 1 to 4, or 0 for nothing: a person said so instead.
    """

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="pushes")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pushes")
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="pushes")
    state = models.CharField(max_length=16, choices=PushState.choices, default=PushState.PUSHED)
    personalised = models.BooleanField()
    score = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    version = models.CharField(max_length=64, blank=True)
    actor_id = models.CharField(max_length=64)
    pushed_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=16, choices=Reply.choices, blank=True)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    level = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(4)])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patent", "organisation"],
                condition=~models.Q(state=PushState.WITHDRAWN),
                name="pushed_once",
            ),
        ]
        indexes = [
            # A filter in the list's own order.
            models.Index(fields=["organisation", "-id", "state"], name="push_of_organisation"),
            models.Index(fields=["state", "-id"], name="push_state"),
            models.Index(fields=["reply", "-id"], name="push_reply"),
            # For those pushed since a day, which are then put in order.
            models.Index(fields=["pushed_at"], name="push_day"),
        ]

    def __str__(self) -> str:
        return f"{self.patent_id} → {self.organisation_id}"
