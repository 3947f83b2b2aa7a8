"""What all pages of registers share: who may open them, and how a record is fetched."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.forms import Worded
from zhiqiao.kit.lists import one_of
from zhiqiao.kit.registers import Register
from zhiqiao.web.face import Face
from zhiqiao.web.faces import face_of
from zhiqiao.web.pages import SignedInRequest


class RegisterView(View):
    """A view of one register. Those without a log-in are asked for it; for whom the register is not meant, it is not
    there. ``open_page``: reading a record of a public register needs no log-in."""

    register: Register[Any] = cast("Register[Any]", None)  # ``as_view`` gives it
    open_page: ClassVar[bool] = False
    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = self.actor
        if not (self.open_page and self.register.public):
            if not actor.signed_in:
                return redirect_to_login(request.get_full_path())
            if not self.register.open_to(actor):
                raise NotFound
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return self.request.actor

    @property
    def face(self) -> Face:
        return face_of(self.register)

    def record(self, public_id: UUID) -> Any:
        """Raises ``NotFound`` where absent or hidden."""
        found = one_of(self.register, self.actor, public_id)
        if found is None:
            raise NotFound
        return found

    def address(self, name: str, *args: Any) -> str:
        return reverse(f"{self.register.name}_{name}", args=args)

    def page_of(self, record: Any) -> str:
        return self.address("page", record.public_id)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        frame = {"register": self.register, "face": self.face, "list_address": self.address("list")}
        return render(self.request, template, frame | context, status=status)

    def once(self, record: Any) -> HttpResponse | None:
        """A page that shows what is shown once, where the record has such a thing just now."""
        secret = getattr(record, "secret_once", "")
        if not secret:
            return None
        return self.show("registers/secret.html", {"secret": secret, "record": record, "next": self.page_of(record)})

    def show_form(self, form: Worded, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A form; one that comes back says how much is wrong."""
        if form.is_bound and form.errors and status == 200:
            status = 422
        return self.show("registers/form.html", {"form": form, "cancel": self.address("list")} | context, status)


def as_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
