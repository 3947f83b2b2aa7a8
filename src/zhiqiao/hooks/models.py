"""Who listens, what is told, and how each telling went."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.encryption import EncryptedTextField
from zhiqiao.core.models import Record
from zhiqiao.parties.models import Organisation, User


class EndpointState(models.TextChoices):
    ON = "on", _("Switched on")
    FAILING = "failing", _("Failing")
    OFF = "off", _("Switched off")


class WhyOff(models.TextChoices):
    """Why an endpoint is switched off."""

    OWNER = "owner", _("Switched off by its owner")
    ADMINISTRATOR = "administrator", _("Switched off by the administrator")
    GONE = "gone", _("The receiver wants no more messages (410)")
    FAILED = "failed", _("Nothing arrived for five days")


class Trouble(models.TextChoices):
    """Why an attempt was none, or nothing was tried any more."""

    STATUS_REFUSED = "status_refused", _("The receiver answered, but not with 2xx")
    CONNECTION_FAILED = "connection_failed", _("No connection")
    TIMED_OUT = "timed_out", _("No answer in time")
    TLS_FAILED = "tls_failed", _("The receiver's certificate is not valid")
    NAME_UNKNOWN = "name_unknown", _("The name in the address is not known")
    ADDRESS_REFUSED = "address_refused", _("The address leads into a private network")
    ANSWER_BROKEN = "answer_broken", _("The answer could not be read")
    HOOK_OFF = "hook_off", _("The webhook was switched off")
    OWNER_GONE = "owner_gone", _("Its owner may not listen any more")
    RECORD_HIDDEN = "record_hidden", _("Its owner may not see the record any more")


class Endpoint(Record):
    """An address that a person wants to be called when something happens to records that they may see.

    ``organisation`` set: they listen in their roles there alone. ``kinds`` are kinds of event, empty means all.
    ``previous_secret`` signs beside the newer one until ``previous_until``. ``failures`` and ``failing_since`` count
    attempts since the last one that was taken.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="hook_endpoints")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="hook_endpoints")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=16, choices=WhyOff.choices, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_taken_at = models.DateTimeField(null=True)

    secret_once = ""
    """The secret in clear, on the record that made or replaced it returns and nowhere else."""

    class Meta:
        indexes = [models.Index(fields=["active"], name="hook_endpoint_active", condition=models.Q(active=True))]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> EndpointState:
        if not self.active:
            return EndpointState.OFF
        return EndpointState.FAILING if self.failures else EndpointState.ON

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Message(Record):
    """One thing that happened, as it is sent: ``body`` is the very text that is signed. ``register`` by its name."""

    kind = models.CharField(max_length=64)
    register = models.CharField(max_length=32)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="hook_message_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"

    @property
    def message_id(self) -> str:
        """What receivers know it by, the same in every attempt."""
        return f"msg_{self.public_id.hex}"


class Delivery(Record):
    """One message on its way to one endpoint.

    ``attempts`` only ever grows: it tells an attempt from a later one of another worker. ``earlier_attempts`` are those
    before the schedule was begun anew. An attempt holds the delivery until ``held_until``. ``history`` has one entry an
    attempt: at, status, error, ms. ``answer`` is the beginning of the last answer.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    earlier_attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=32, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    history = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "message"], name="hook_delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], name="hook_delivery_due", condition=models.Q(state="waiting")),
            models.Index(fields=["ended_at"], name="hook_delivery_ended", condition=models.Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.message_id} {self.state}"
