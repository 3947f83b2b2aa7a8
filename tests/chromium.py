"""One real Chromium for all tests of a worker: a second driver in the same thread would not start. And how a test waits
for its pages: however slow the machine, it never reads a page that it has already left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright

# Playwright runs an event loop in this thread; Django would take the tests for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PATIENCE: Final = 120_000
"""Milliseconds before a test gives up. Only what is broken takes so long, so a busy machine costs no test."""
expect.set_options(timeout=PATIENCE)

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install the package chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()


def follow(way: Locator) -> None:
    """Click what opens a page, and go on when that page has loaded. A click alone comes back as soon as the browser has
    heard of it: what is read then can still be of the page before, or of half the next one."""
    with way.page.expect_navigation():
        way.click()
