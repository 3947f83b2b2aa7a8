from __future__ import annotations

from typing import Any, Final

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

PARALLEL_SETUP_COST: Final = 50_000  # PostgreSQL's own is 1 000


class CoreConfig(AppConfig):
    name = "zhiqiao.core"
    label = "core"

    def ready(self) -> None:
        connection_created.connect(keep_to_one_process, dispatch_uid="zhiqiao.core.keep_to_one_process")


def keep_to_one_process(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Questions of a page take PostgreSQL a few milliseconds; bringing helpers in for one took up to 170 more. What
    reads millions of rows still gets them. Said on the connection: a pooler between lets no start-up option through."""
    if connection.vendor == "postgresql":
        connection.connection.execute(f"SET parallel_setup_cost = {PARALLEL_SETUP_COST}")
