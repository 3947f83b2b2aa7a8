from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "zhiqiao.web"
    label = "web"

    def ready(self) -> None:
        # By name: what it needs can be loaded only once every app's models are.
        import_module("zhiqiao.web.logins").connect()
