"""One piece of long work, in a process of the cluster. Loads no model before Django is ready."""

from __future__ import annotations

import os
from typing import Any

import django
from django.db import close_old_connections
from django.utils.module_loading import import_string


def do_afar(function: str, piece: tuple[Any, ...]) -> Any:
    """The machine's nodes were started with the installation's environment, which this process has too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.conf.settings")
    django.setup()
    close_old_connections()
    return import_string(function.replace(":", "."))(*piece)
