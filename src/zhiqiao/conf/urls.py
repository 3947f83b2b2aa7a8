"""Every address of the installation."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("zhiqiao.web.urls"))]
