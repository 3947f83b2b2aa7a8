"""The first page of each role: what waits for a person, what changed, what to do next."""

from __future__ import annotations

from typing import Any

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.registry.sending import importable
from zhiqiao.web.homes.changes import changes_for
from zhiqiao.web.homes.charts import CHARTED
from zhiqiao.web.homes.figures import figures_for
from zhiqiao.web.homes.steps import steps_for
from zhiqiao.web.homes.waiting import waiting_for
from zhiqiao.web.pages import BY_NAME

ASKING = frozenset({Role.ENTERPRISE_MEMBER})
"""Who comes with a question rather than with records: the page begins by asking it."""


def home_of(actor: Actor) -> dict[str, Any]:
    works = BY_NAME["patent_list"].open_to(actor)
    changed = changes_for(actor)
    return {
        "works": works,
        "asks": works and bool(actor.every_role & ASKING),
        "figures": list(figures_for(actor)),
        "tasks": list(waiting_for(actor)),
        "changes": changed.lines,
        "last_visit": changed.last_visit,
        "steps": steps_for(actor),
        "may_import": works and bool(importable(actor)),
        "charted": bool(actor.every_role & CHARTED),
    }


__all__ = ["home_of"]
