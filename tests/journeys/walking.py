"""Somebody in front of the site: what they see is looked at and kept as a picture at every step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from tests.chromium import PATIENCE, at_rest, follow, too_wide
from tests.journeys.private_words import private_to
from tests.journeys.site import ROOT, Site

SCREENS: Final = ROOT / "build" / "screens"
DESK: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Manner:
    """How somebody looks at the site."""

    language: str = "zh-hans"
    theme: str = "light"
    phone: bool = False

    def context(self, browser: Browser, url: str) -> BrowserContext:
        context = browser.new_context(
            viewport=cast("Any", PHONE if self.phone else DESK),
            locale="zh-CN" if self.language == "zh-hans" else "en-GB", reduced_motion="reduce", has_touch=self.phone,
            accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        for name, value in (("theme", self.theme), ("django_language", self.language)):
            context.add_cookies([{"name": name, "value": value, "url": url}])
        return context


@dataclass
class Walk:
    """One person's way through the site. ``who`` is their log-in, "public" without one; ``folder`` names the
    pictures' folder."""

    site: Site
    page: Page
    who: str
    folder: str
    noise: list[str] = field(default_factory=list)
    steps: int = 0

    def __post_init__(self) -> None:
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.noise.append(f"{self.page.url}: {error}"))
        self.page.on("response", self.note)

    def hear(self, message: ConsoleMessage) -> None:
        """A form that comes back with 422 is an answer, not a fault; so is "not there" where somebody asks for it."""
        if message.type == "error" and not re.search(r"status of (422|404)", message.text):
            self.noise.append(f"{self.page.url}: {message.text}")

    def note(self, response: Response) -> None:
        if response.status >= 500:
            self.noise.append(f"{response.url}: {response.status}")

    def open(self, address: str) -> None:
        self.page.goto(self.site.url + address)

    def sign_in(self, password: str = "") -> None:
        self.open("/account/login/")
        page = self.page
        page.locator("input[name=login]").fill(self.who)
        page.locator("input[name=password]").fill(password or self.site.password)
        follow(page.locator("main form button[type=submit]").first)
        page.wait_for_url(lambda url: "/account/login/" not in url)

    def step(self, name: str, *, picture: bool = True) -> None:
        """What stands on the screen now is looked over, and kept."""
        self.steps += 1
        self.look_over()
        if picture:
            folder = SCREENS / self.folder
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{self.steps:02d}-{name}.png", full_page=True)

    def look_over(self) -> None:
        page = self.page
        at_rest(page)
        assert page.locator("h1").count() == 1, f"{page.url}: not one h1"
        assert page.title().strip(" ·"), f"{page.url}: no title"
        assert not too_wide(page), f"{page.url}: wider than the screen"
        assert page.locator("main").count() == 1, f"{page.url}: not one main"
        shown = page.content()
        assert not [word for word in private_to(self.who) if word in shown], f"{page.url}: words of others"
        assert not self.noise, self.noise

    def go(self, label: str) -> None:
        """By the navigation: at the side on a desk, the dock or its further entries on a phone."""
        side = self.page.locator("nav.side")
        if side.is_visible():
            follow(side.get_by_role("link", name=label, exact=True))
            return
        dock = self.page.locator("nav.dock")
        near = dock.locator(f":scope > a:has-text('{label}')")
        if not near.count():
            dock.locator("summary").click()
        follow(dock.get_by_role("link", name=label, exact=True).first)

    @property
    def rows(self) -> Locator:
        return self.page.locator("main .ledger tbody tr")

    @property
    def counted(self) -> int:
        """How many records the list says that there are."""
        return int(self.page.locator(".listbar p strong").inner_text().replace(",", ""))

    def search(self, words: str) -> None:
        """In the list that is open."""
        self.page.locator("form.finder input[name=q]").fill(words)
        self.find()
        self.page.wait_for_url("**q=*")

    def find(self) -> None:
        """Have the list that is open answer what its filters now ask, and wait for the answer."""
        finder = self.page.locator("form.finder")
        finder.get_by_role("button", name=re.compile("^(检索|Search)$")).click()
        expect(self.page.locator("#results")).not_to_have_attribute("aria-busy", "true")

    def open_first(self) -> None:
        follow(self.rows.locator("a.main-link").first)
        self.page.locator("nav.crumbs").wait_for()

    def told(self) -> str:
        """The message that the last step left."""
        message = self.page.locator(".notes .note").first
        message.wait_for()
        return message.inner_text()

    def download(self, label: str, folder: Path) -> Path:
        with self.page.expect_download() as waited:
            self.page.get_by_role("link", name=label).first.click()
        path = folder / waited.value.suggested_filename
        waited.value.save_as(path)
        return path


def texts(walk: Walk, css: str) -> Sequence[str]:
    return [text.strip() for text in walk.page.locator(css).all_inner_texts()]
