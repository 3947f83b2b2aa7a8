"""A running site on the sample city and a real Chromium, for each worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.site import Site, copied, prepared, served
from tests.journeys.walking import Manner, Walk

Walker = Callable[..., Walk]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with served(copied(prepared(), name)) as running:
        yield running


@pytest.fixture
def walker(chromium: Browser, site: Site) -> Iterator[Walker]:
    """Somebody signed in, in front of a screen of their own; the errors that their browsers log fail the test."""
    walks: list[Walk] = []

    def begin(who: str, *, folder: str = "", manner: Manner | None = None, password: str = "") -> Walk:
        context = (manner or Manner()).context(chromium, site.url)
        walk = Walk(site, context.new_page(), who, folder or who)
        walks.append(walk)
        if who != "public":
            walk.sign_in(password)
        return walk

    yield begin
    for walk in walks:
        walk.page.context.close()
    assert not [noise for walk in walks for noise in walk.noise]
