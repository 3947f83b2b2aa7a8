from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "zhiqiao.api"
    label = "api"
    verbose_name = "Interface for programs"
