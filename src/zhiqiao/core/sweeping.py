"""What nobody needs any more, taken away in small steps beside the work. The audit trail is never swept."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils import timezone

from zhiqiao.core.models import OutboxEvent

AT_ONCE: Final = 1_000  # rows a round; rounds follow one another within seconds


def sweep_events() -> int:
    """Events that their consumer worked off, ``ZHIQIAO_KEEP_EVENTS`` ago or earlier; what waits stays, however old. Run
    by the worker; returns how many."""
    before = timezone.now() - settings.ZHIQIAO_KEEP_EVENTS
    done = OutboxEvent.objects.filter(done_at__lte=before)
    keys = list(done.order_by("done_at").values_list("pk", flat=True)[:AT_ONCE])
    return done.filter(pk__in=keys).delete()[0] if keys else 0
