"""One real Chromium for all tests of a worker: a second driver in the same thread would not start. And how a test waits
for its pages: however slow the machine, it never reads a page that it has already left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

# Playwright runs an event loop in this thread; Django would take the tests for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PATIENCE: Final = 300_000
"""Milliseconds before a test gives up. Only what is broken takes so long, so a busy machine costs no test."""
expect.set_options(timeout=PATIENCE)

AT_REST: Final = """() => document.readyState === 'complete' && document.fonts.status === 'loaded'
  && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, #results[aria-busy=true]')
  && ![...document.querySelectorAll('figure[data-chart]')].some((each) => !each.classList.contains('drawn'))
  && !document.getAnimations().some((each) => each.playState === 'running'
    && each.effect.getComputedTiming().endTime !== Infinity)"""

FITS: Final = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
TO_FIT: Final = 60_000
"""Milliseconds in which a page that was turned or narrowed has to fit its screen again."""

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install the package chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=sandbox, timeout=PATIENCE)
        yield browser
        browser.close()


def follow(way: Locator) -> None:
    """Click what opens a page, and go on when that page has loaded. A click alone comes back as soon as the browser has
    heard of it: what is read then can still be of the page before, or of half the next one."""
    with way.page.expect_navigation():
        way.click()


def at_rest(page: Page) -> None:
    """Wait until the page has all that it asks for by itself, and nothing on it is still fading or being drawn. What
    is measured before is of a state that nobody sees for longer than a blink."""
    page.wait_for_load_state()
    page.wait_for_function(AT_REST)


def too_wide(page: Page) -> bool:
    """Whether the page stays wider than its screen; for a moment after it was narrowed it may be."""
    try:
        page.wait_for_function(FITS, timeout=TO_FIT)
    except TimeoutError:
        return True
    return False
