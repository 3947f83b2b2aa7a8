"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.web.pages import BY_NAME, dock_for, navigation_for, own_affairs

THEMES = frozenset({"light", "dark"})


def navigation(request: HttpRequest) -> dict[str, Any]:
    actor: Actor = getattr(request, "actor", PUBLIC)
    match = request.resolver_match
    place = match.url_name if match and match.url_name else ""
    chosen = request.COOKIES.get("theme", "")
    frame: dict[str, Any] = {"actor": actor, "theme": chosen if chosen in THEMES else ""}
    if actor.signed_in:
        frame["may_search"] = BY_NAME["patent_list"].open_to(actor)
        frame["navigation"] = navigation_for(actor, place)
        frame["own_affairs"] = own_affairs(actor, place)
        frame["dock"] = dock_for(actor, place)
        frame["role_names"] = [Role(role).label for role in sorted(actor.every_role) if role in Role.values]
    return frame
