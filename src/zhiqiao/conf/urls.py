"""Every address of the installation."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("zhiqiao.api.urls")),
    path("", include("zhiqiao.web.urls")),
]
