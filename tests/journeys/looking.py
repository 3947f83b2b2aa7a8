"""What is asked of every page that somebody can come to, whoever they are and however they look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.chromium import at_rest, too_wide
from tests.journeys.private_words import private_to
from tests.journeys.walking import PHONE, Walk

LEVELS: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # what passes is not told, which takes most of the time
}
FEW_ROWS: Final = {"exclude": [["tbody tr:nth-child(n+6)"]]}  # one row is built as the next
ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STOPS: Final = 15
ENGLISH: Final = re.compile(r"[A-Za-z][A-Za-z'’]+(?:[ ,;:.–-]+[A-Za-z][A-Za-z'’]+){2,}")
CODE: Final = re.compile(r"\b[a-z]{2,}(_[a-z]{2,})+\b")
"""A code that nobody has put into words, in either language."""
ALLOWED: Final = (
    re.compile(r"zhiqiao( [a-z-]+)+"),  # commands are typed as they are
    re.compile(r"Authorization: Bearer zq"),  # so are headers
    re.compile(r" · [a-z]+\.[a-z_]+$"),  # events stand beside their words, as programs read them
)
TEXTS: Final = """() => {
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    const code = element.closest('script, style, template, code, kbd, pre, [lang=en], [translate=no]');
    if (text && !code && element.checkVisibility()) out.push(text);
  }
  for (const name of ['placeholder', 'aria-label', 'title', 'alt'])
    document.querySelectorAll(`[${name}]`).forEach((each) => out.push(each.getAttribute(name)));
  return out;
}"""
LINKS: Final = """() => Array.from(document.querySelectorAll('a[href]'))
  .filter((link) => !link.hasAttribute('download')).map((link) => link.href)"""
FOCUS: Final = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  return { what: at.outerHTML.slice(0, 120), ring, seen, skip: at.classList.contains('skip') };
}"""


def shape(address: str) -> str:
    """The kind of page: one record stands for all of its register."""
    return ID.sub("*", urlsplit(address).path)


def ways_on(page: Page, home: str) -> Iterator[str]:
    """Where the page's links lead within the site, downloads and the interface for programs left out."""
    for link in page.evaluate(LINKS):
        parts = urlsplit(link)
        if link.startswith(home) and not parts.path.startswith(("/api/", "/static/")):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def faults_of(walk: Walk, answer: Response | None) -> Iterator[str]:
    page = walk.page
    if answer is None or answer.status != 200:
        yield f"answered {answer.status if answer else 'nothing'}"
        return
    at_rest(page)
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} first headings"
    if not page.title().rpartition(" · ")[0].strip():
        yield "no title"
    html = page.content()
    yield from (f"shows others' {word}" for word in private_to(walk.who) if word in html)
    chinese = page.locator("html").get_attribute("lang") == "zh-hans"
    yield from (f"not in words: {text}" for text in unworded(page, chinese=chinese))
    yield from walk.noise
    walk.noise.clear()


def unworded(page: Page, *, chinese: bool) -> Iterator[str]:
    for text in page.evaluate(TEXTS):
        for known in ALLOWED:
            text = known.sub("", text)
        if CODE.search(text) or (chinese and ENGLISH.search(text)):
            yield text[:100]


def barriers_of(page: Page) -> Iterator[str]:
    at_rest(page)
    for fault in Axe().run(page, context=FEW_ROWS, options=LEVELS).response["violations"]:
        yield f"{fault['id']}: {[node['html'][:120] for node in fault['nodes']][:2]}"


def overflowing(page: Page) -> Iterator[str]:
    """At the width of a phone too, whatever the screen."""
    size: Any = page.viewport_size
    if too_wide(page):
        yield f"wider than {size['width']}"
    if size != PHONE:
        page.set_viewport_size({"width": PHONE["width"], "height": size["height"]})
        if too_wide(page):
            yield f"wider than {PHONE['width']}"
        page.set_viewport_size(size)


def lost_by_keyboard(page: Page) -> Iterator[str]:
    """The first stops of the tabulator show where they are; the first of them leads past the navigation."""
    for stop in range(STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None:
            break
        if stop == 0 and not at["skip"]:
            yield f"the first stop is {at['what']}"
        if not (at["ring"] and at["seen"]):
            yield f"focus not seen on {at['what']}"
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#main"), "the skip link leads nowhere").to_be_focused()
