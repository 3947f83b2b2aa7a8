"""When the stock was last taken: counted, appraised and tiered anew, as every import asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max

from zhiqiao.core.models import Job
from zhiqiao.inventory.models import Appraisal

JOB: Final = "stock"


@dataclass(frozen=True)
class Taking:
    """``at`` None: never; ``waiting``: asked for and not done yet."""

    at: datetime | None
    waiting: bool


def last_taken() -> Taking:
    jobs = Job.objects.filter(kind=JOB)
    done = jobs.filter(state=Job.State.DONE).aggregate(at=Max("finished_at"))["at"]
    # By hand, from the command line, no job is kept; then the newest appraisal tells.
    newest = Appraisal.objects.order_by("-id").values_list("created_at", flat=True).first()
    known = [moment for moment in (done, newest) if moment is not None]
    waiting = jobs.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()
    return Taking(max(known, default=None), waiting)
