"""Every page that somebody can look at, with an address and a person who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from tests.web.answers import Place, every_place, expected, is_of_record
from tests.web.rows import ROWS, Row
from tests.web.world import EVERYBODY, PUBLIC, Known, Person, World

FIRST_ASKED = ("holder", "bureau", "admin")
LOOKERS = sorted(EVERYBODY, key=lambda person: FIRST_ASKED.index(person.key) if person.key in FIRST_ASKED else 9)
NO_PAGES = ("_export", "_report", "_notes", "_file", "_template", "find")


@dataclass(frozen=True)
class Sight:
    """``name`` of the address, where it is and who looks at it."""

    name: str
    where: str
    person: Person


def sight_names() -> list[str]:
    """Known before there is a world; names of moves follow a slash."""
    return [name_of(place) for place in places()] + [name for name, _ in rows()]


def sights(world: World, *, every_move: bool = True) -> Iterator[Sight]:
    """``every_move`` False: one question of each register, since all are asked on the same page."""
    for place in places():
        if place.move and not every_move and place.move != place.register.moves[0]:
            continue
        person, known = looker(world, place)
        yield Sight(name_of(place), place.address(known), person)
    for name, row in rows():
        label = next(iter(row.of), "")
        person = next(each for each in LOOKERS if row.answers("GET", label)[each.key] == 200)
        key = [world.record(row.register, label).public_id] if label else []
        yield Sight(name, reverse(name, args=[*key, *row.args]), person)


def sight(world: World, name: str) -> Sight:
    return next(each for each in sights(world) if each.name == name)


def places() -> list[Place]:
    return [each for each in every_place() if each.page in {"list", "help", "new", "page", "change", "move"}]


def name_of(place: Place) -> str:
    return f"{place.name}/{place.move.name}" if place.move else place.name


def rows() -> list[tuple[str, Row]]:
    return [(name, row) for name, row in ROWS.items() if not name.endswith(NO_PAGES) and shown(row)]


def shown(row: Row) -> bool:
    return 200 in row.answers("GET", next(iter(row.of), "")).values()


def looker(world: World, place: Place) -> tuple[Person, Known | None]:
    """The first one who is let in, and to which record."""
    known: list[Known | None] = list(world.known[place.register.name]) if is_of_record(place) else [None]
    let_in = ((person, each) for person in LOOKERS for each in known if 200 in expected(place, "GET", person, each))
    return next(let_in, (PUBLIC, known[0]))
