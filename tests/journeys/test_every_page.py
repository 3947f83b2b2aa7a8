"""Every page that a role can come to by its links: it opens, in words, without barriers, and fits the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest

from tests.journeys.conftest import Walker
from tests.journeys.looking import barriers_of, faults_of, lost_by_keyboard, overflowing, shape, ways_on
from tests.journeys.site import server_address
from tests.journeys.walking import Manner, Walk

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Tour:
    """One role's way over all its pages. ``closely``: each page is given to axe; ``keys``: and tabbed through."""

    who: str
    manner: Manner
    closely: bool = False
    keys: bool = False

    def __str__(self) -> str:
        screen = "phone" if self.manner.phone else "desk"
        return f"{self.who}-{self.manner.language[:2]}-{self.manner.theme}-{screen}"


# Every page in two manners that differ in everything, and each role once: as many pairs as the time allows.
TOURS: Final = (
    Tour("bureau", Manner(), closely=True, keys=True),
    Tour("bureau", Manner("en", "dark", phone=True), closely=True),
    Tour("auditor", Manner("en")),
    Tour("unit", Manner(phone=True)),
    Tour("branch", Manner("zh-hans", "dark")),
    Tour("university", Manner("zh-hans", "dark", phone=True), closely=True),
    Tour("staff", Manner("en", phone=True)),
    Tour("soe", Manner()),
    Tour("enterprise", Manner("en"), closely=True),
    Tour("bank", Manner(phone=True)),
    Tour("agency", Manner("en", "dark")),
    Tour("centre", Manner(phone=True)),
    Tour("admin", Manner("zh-hans", "dark"), closely=True, keys=True),
    Tour("public", Manner("en", phone=True), closely=True),
    Tour("public", Manner("zh-hans", "dark"), closely=True, keys=True),
)
FEWEST: Final = {"public": 3}
"""Pages that there must be at least, so that a crawl that finds nothing fails."""


@pytest.mark.parametrize("tour", TOURS, ids=str)
def test_every_page_of_a_role(walker: Walker, tour: Tour) -> None:
    walk = walker(tour.who, manner=tour.manner)
    found = wandered(walk, tour, "/search/" if tour.who == "public" else "/")
    faults = {place: told for place, told in found.items() if told}
    assert not faults, "\n".join(f"{place}: {each}" for place, told in faults.items() for each in told)
    assert len(found) >= FEWEST.get(tour.who, 15), list(found)


def wandered(walk: Walk, tour: Tour, start: str) -> dict[str, list[str]]:
    """The faults of each kind of page, once for each, with the page that leads there."""
    found: dict[str, list[str]] = {}
    known, waiting = {shape(start)}, [(start, "")]
    while waiting:
        place, before = waiting.pop(0)
        found[f"{before} → {place}"] = looked_at(walk, tour, place)
        for onward in ways_on(walk.page, walk.site.url):
            if shape(onward) not in known:
                known.add(shape(onward))
                waiting.append((onward, place))
    return found


def looked_at(walk: Walk, tour: Tour, place: str) -> list[str]:
    answer = walk.page.goto(walk.site.url + place)
    told = list(faults_of(walk, answer))
    if answer is None or answer.status != 200:
        return told
    if server_address():  # how a page looks does not hang on the database
        return told
    told += overflowing(walk.page)
    told += barriers_of(walk.page) if tour.closely else ()
    told += lost_by_keyboard(walk.page) if tour.keys else ()
    return told
