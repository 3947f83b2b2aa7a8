"""One organisation: the address of a merged one leads to the one that lives on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhiqiao.parties.selectors import organisation_by_public_id
from zhiqiao.web.registers.pages import RegisterPage


class OrganisationPage(RegisterPage):
    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        organisation = organisation_by_public_id(self.actor, public_id)
        if organisation.public_id != public_id:
            return redirect("organisation_page", organisation.public_id)
        return super().get(request, public_id)
