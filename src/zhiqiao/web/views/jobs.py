"""Long work: how far it is, what came of it, what failed and why."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhiqiao.core.blobs import open_blob
from zhiqiao.core.models import Job
from zhiqiao.core.schedules import UNFINISHED
from zhiqiao.parties.jobselectors import job_by_public_id, job_report_for
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.registers.pages import LivePage


class JobPage(LivePage):
    part = "jobs/state.html"

    def goes_on(self, record: Job) -> bool:
        return record.state in UNFINISHED


@require_safe
@for_page("job_list")
def job_report(request: SignedInRequest, public_id: UUID) -> FileResponse:
    """All that failed, as a sheet, for those who may read what the work was about."""
    report = job_report_for(request.actor, job_by_public_id(request.actor, public_id))
    return FileResponse(open_blob(report), as_attachment=True, filename=f"{_('What failed')}.xlsx")
