"""What is published and in force, for everybody: the hall for those who have not logged in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.rates import address_in, spend
from zhiqiao.kit.actors import PUBLIC
from zhiqiao.kit.downloads import download
from zhiqiao.kit.lists import reading
from zhiqiao.kit.registers import Register
from zhiqiao.matching.registers import PATENTS
from zhiqiao.registry.models.patents import StatusGroup
from zhiqiao.registry.registers import PublicPatentFilter
from zhiqiao.registry.selectors import patents_visible_to
from zhiqiao.web.registers.lists import RegisterList

PUBLIC_SIZE: Final = 25  # rows; it is read on phones
HALL: Register[Any] = replace(
    PATENTS,
    title=_("Patents on offer"),
    lead="",
    help="",
    views=(),
    moves=(),
    create=None,
    filters=PublicPatentFilter,
    size=PUBLIC_SIZE,
    records=lambda actor: patents_visible_to(PUBLIC).filter(status_group=StatusGroup.ALIVE),
)


class Hall(RegisterList):
    """The kit's list, open to everybody, with nothing to keep or to choose."""

    register = HALL
    open_page = True

    def get(self, request: HttpRequest) -> HttpResponse:
        read = reading(HALL, self.actor, request.GET)
        return self.show("registers/hall.html", {**self.context(read), "plain": True})

    def address(self, name: str, *args: Any) -> str:
        return reverse({"list": "public_search", "export": "public_export"}.get(name, f"patent_{name}"), args=args)


class HallExport(Hall):
    def get(self, request: HttpRequest, kind: str = "csv") -> HttpResponseBase:  # type: ignore[override]  # a file
        """As often as a program may take a sheet, counted together with what it takes. Raises ``RateSpent``."""
        known = self.actor.signed_in
        name = f"person:{self.actor.actor_id}" if known else f"address:{address_in(request.META)}"
        spend(name, "export", known=known)
        return download(reading(HALL, self.actor, request.GET).sheet(), kind)
