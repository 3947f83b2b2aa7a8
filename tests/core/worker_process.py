"""A worker of its own, for the test that kills it: ``python -m tests.core.worker_process CHANGED_SETTINGS_AS_JSON``."""

from __future__ import annotations

import json
import sys
import threading

import django
from django.conf import settings

for name, value in json.loads(sys.argv[1]).items():
    setattr(settings, name, value)
django.setup()

from zhiqiao.core.jobs import run_worker  # noqa: E402 -- Django must be set up before its models are read

run_worker(threading.Event(), pause=0.05)
