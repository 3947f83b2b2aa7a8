"""What single registers' pages have beyond the kit's: templates for a part, and what these need.

A register without a face here looks as the kit draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhiqiao.kit.actors import Actor


@dataclass(frozen=True)
class Face:
    """Names of templates; empty: the kit's own. ``actions`` stand beside the list's title, ``above`` over its search,
    ``empty`` where nothing is in it yet; ``buttons`` beside a record's title, ``head`` under it, ``body`` in place of
    its field list, ``aside`` at its right; ``template`` draws the whole of it. ``after`` names the page where a move
    leads, if not back to the record. ``page`` and ``list`` give the templates what they show."""

    actions: str = ""
    above: str = ""
    empty: str = ""
    buttons: str = ""
    head: str = ""
    body: str = ""
    aside: str = ""
    template: str = "registers/page.html"
    after: Mapping[str, str] = field(default_factory=dict)
    page: Callable[[Actor, Any], dict[str, Any]] | None = None
    list: Callable[[Actor], dict[str, Any]] | None = None

    def of_page(self, actor: Actor, record: Any) -> dict[str, Any]:
        return self.page(actor, record) if self.page else {}

    def of_list(self, actor: Actor) -> dict[str, Any]:
        return self.list(actor) if self.list else {}
