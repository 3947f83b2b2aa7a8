"""One push: whoever of the organisation opens it has seen it."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from zhiqiao.kernel.errors import Conflict
from zhiqiao.matching.models import Push, PushState
from zhiqiao.matching.pushing import see_push
from zhiqiao.web.registers.pages import RegisterPage


class PushPage(RegisterPage):
    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        record: Push = self.record(public_id)
        fresh = record.state == PushState.PUSHED and request.method == "GET"
        if fresh and self.register.may(self.actor, "answer", record):
            with suppress(Conflict):  # a colleague was faster
                record = see_push(actor=self.actor, push=record)
        return self.show(self.face.template, self.context(record))
