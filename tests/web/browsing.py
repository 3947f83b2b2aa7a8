"""A real Chromium for tests of the pages: opened as somebody, its errors counted, its pages looked at by axe-core."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from tests.chromium import PATIENCE, at_rest
from tests.web.conftest import City

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LEVELS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # what passes is not told, which takes most of the time
}


Visit = Callable[..., Page]


def troubling(message: ConsoleMessage) -> bool:
    """A form that comes back with 422 is an answer, not a fault."""
    return message.type == "error" and "422" not in message.text


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, city: City) -> Iterator[Visit]:
    """Open an address as somebody; every error that the browser logs fails the test."""
    before = set(threading.enumerate())
    contexts: list[BrowserContext] = []
    noise: list[str] = []

    def opened(who: str, where: str, size: dict[str, int] = DESK, theme: str = "light") -> Page:
        context = chromium.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]  # a size
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
        if who != "public":
            session = city.client(who).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text) if troubling(message) else None)
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto(live_server.url + where)
        return page

    yield opened
    for context in contexts:
        context.close()
    let_finish(set(threading.enumerate()) - before)
    assert not noise


def let_finish(threads: Iterable[threading.Thread]) -> None:
    """The server may still be at what a page asked for before it was closed: the tables are emptied only after that."""
    for each in threads:
        if each.name.endswith("(process_request_thread)"):
            each.join(PATIENCE / 1000)


def faults(page: Page) -> list[Any]:
    at_rest(page)
    found = Axe().run(page, options=LEVELS).response["violations"]
    return [(fault["id"], [node["html"][:160] for node in fault["nodes"]][:3]) for fault in found]
