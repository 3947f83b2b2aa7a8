"""Deliveries that came to an end long ago, with messages that go nowhere any more."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhiqiao.hooks.models import Delivery, Message

AT_ONCE: Final = 500  # rows a round; rounds follow one another within seconds


def sweep_deliveries() -> int:
    """Those that arrived or failed for good ``ZHIQIAO_KEEP_DELIVERIES`` ago or earlier; what waits for another attempt
    stays. Run by the worker; returns how many. What people did with them stands in the audit trail."""
    before = timezone.now() - settings.ZHIQIAO_KEEP_DELIVERIES
    ended = Delivery.objects.filter(ended_at__lte=before).exclude(state=Delivery.State.WAITING)
    found = list(ended.order_by("ended_at").values_list("pk", "message_id")[:AT_ONCE])
    if not found:
        return 0
    with transaction.atomic():
        # Asked again: one that is delivered once more meanwhile stays.
        swept = ended.filter(pk__in=[key for key, _message in found]).delete()[0]
        Message.objects.filter(pk__in={message for _key, message in found}, deliveries=None).delete()
    return swept
