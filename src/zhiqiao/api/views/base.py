"""What every address of the interface does before and after it answers."""

from __future__ import annotations

from typing import Any

from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from zhiqiao.api.callers import Caller, KeyAuthentication, PageSession, address_of, caller_of
from zhiqiao.api.openapi import OperationSchema
from zhiqiao.api.operations import Operation
from zhiqiao.api.problems import NotAuthenticated, ScopeMissing
from zhiqiao.api.rates import spend
from zhiqiao.core.rates import Standing
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.registers import Register

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Json(JSONRenderer):
    """The same bytes for the same record, whatever indentation is asked for: a strong ETag promises no less."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> None:
        return None


class JsonBody(JSONParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as deep:
            raise ParseError from deep


class MergePatchBody(JsonBody):
    media_type = "application/merge-patch+json"


class JsonAlone(DefaultContentNegotiation):
    """One form of answer; ``?format=`` is a filter's name like any other."""

    def filter_renderers(self, renderers: Any, format: Any) -> Any:
        return renderers


class Address(APIView):
    """``scope`` is the rate that requests count to; empty: "read" or "write", by the method."""

    authentication_classes = [KeyAuthentication, PageSession]
    renderer_classes = [Json]
    parser_classes = [JsonBody]
    content_negotiation_class = JsonAlone
    permission_classes = ()
    throttle_classes = ()
    schema = OperationSchema()
    scope: str = ""
    standing: Standing | None = None

    def described(self, method: str) -> Operation:
        """What the method does, for the description of the interface."""
        raise NotImplementedError

    @property
    def caller(self) -> Caller:
        return caller_of(self.request)

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        if not hasattr(self, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        self.authenticate()
        self.standing = spend(self.caller, self.scope or self.verb)
        self.admit()
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)

    def authenticate(self) -> None:
        try:
            self.perform_authentication(self.request)
        except AuthenticationFailed:
            spend(Caller(PUBLIC, f"address:{address_of(self.request)}"), "read")  # guessing keys counts, too
            raise

    @property
    def verb(self) -> str:
        return "read" if self.request.method in READING else "write"

    def admit(self) -> None:
        """Refuse who may not come in here at all."""
        if not self.caller.known:
            raise NotAuthenticated

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(answer, ["Accept-Language", "Authorization", "Cookie"])
        for name, value in (self.standing.headers() if self.standing else {}).items():
            answer.headers.setdefault(name, value)
        return answer


class RegisterAddress(Address):
    """An address of one register. What the register shows everybody, everybody reads; the rest is for those who may
    open it on the pages, within the scope of their key."""

    register: Register[Any] = None  # type: ignore[assignment]  # as_view gives it

    def admit(self) -> None:
        caller, register = self.caller, self.register
        if not caller.reaches(register.path, self.verb):
            raise ScopeMissing(scope=f"{register.path}:{self.verb}")
        if self.verb == "read" and register.public:
            return
        super().admit()
        if not register.open_to(caller.actor):
            raise NotFound
