"""What the search boxes of runs and of the trail mean. Each narrows records that are visible already."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from zhiqiao.core.models import AuditEntry, ImportRun
from zhiqiao.web.acting import actors_named


def runs_like(runs: QuerySet[ImportRun], asked: str) -> QuerySet[ImportRun]:
    words = asked.strip()
    return runs.filter(Q(number__icontains=words) | Q(sender__icontains=words) | Q(actor_name__icontains=words))


def entries_like(entries: QuerySet[AuditEntry], asked: str) -> QuerySet[AuditEntry]:
    words = asked.strip()
    return entries.filter(
        Q(action__icontains=words) | Q(actor_id__in=[words, *actors_named(words)]) | Q(subject_id=words)
    )
