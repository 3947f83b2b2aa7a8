"""What each address of a register should answer, from the declaration, the rules and what is true of a record."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from tests.web.rights import LOGIN, is_open, may, may_make, sees
from tests.web.world import Known, Person, World
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY
from zhiqiao.kit.registers import Move, Register

Answer = int | str
ABSENT: Final = UUID("00000000-0000-4000-8000-000000000000")
DONE: Final = frozenset[Answer]({302, 409, 422})  # moved, not in this state, something must be said
SHOWN_ONCE: Final = {("person", "password")}  # moves that answer with what is shown once
ASKED_BACK: Final = frozenset[Answer]({409, 422})  # an empty form, or one that nobody has seen the record with
ALWAYS: Final = ("list", "export", "views", "help")
OF_RECORDS: Final = ("page", "change", "move", "comments", "files", "file")
TAKEN: Final = {
    "list": {"GET", "HEAD"}, "export": {"GET", "HEAD"}, "views": {"POST"}, "help": {"GET", "HEAD"},
    "new": {"GET", "HEAD", "POST"}, "bulk": {"POST"}, "page": {"GET", "HEAD"}, "change": {"GET", "HEAD", "POST"},
    "move": {"GET", "HEAD", "POST"}, "comments": {"POST"}, "files": {"POST"}, "file": {"GET", "HEAD"},
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An address of a register: which of its pages, and for moves which move. ``sent`` is the body of a POST."""

    register: Register[Any]
    page: str
    move: Move[Any] | None = None
    sent: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def name(self) -> str:
        return f"{self.register.name}_{self.page}"

    @property
    def id(self) -> str:
        return f"{self.name}-{self.move.name}" if self.move else self.name

    def address(self, known: Known | None = None) -> str:
        """``known`` None: a record that there is not."""
        key = known.record.public_id if known else ABSENT
        moved = [self.move.name] if self.move else []
        rest: dict[str, list[Any]] = {
            "export": ["csv"], "bulk": moved, "page": [key], "change": [key], "move": [key, *moved], "comments": [key],
            "files": [key], "file": [key, known.file.public_id if known else ABSENT],
        }  # fmt: skip
        return reverse(self.name, args=rest.get(self.page, []))

    def body(self, verb: str) -> dict[str, Any]:
        if verb == "POST" and self.page == "files":
            return {"file": io.BytesIO(b"x")}
        return self.sent if verb == "POST" else {}


def places(register: Register[Any]) -> Iterator[Place]:
    """Every address that the declaration gives the register."""
    for page in ALWAYS:
        yield Place(register, page, sent={"name": "示例", "query": "q=x"} if page == "views" else {})
    if register.create is not None:
        yield Place(register, "new")
    for move in (each for each in register.moves if each.bulk):
        yield Place(register, "bulk", move)
    if not register.pages:
        return
    yield Place(register, "page")
    if register.change is not None:
        yield Place(register, "change")
    for move in register.moves:
        yield Place(register, "move", move)
    yield Place(register, "comments", sent={"text": "示例"})
    yield Place(register, "files")
    yield Place(register, "file")


def every_place() -> list[Place]:
    return [place for register in registers() for place in places(register)]


def is_of_record(place: Place) -> bool:
    return place.page in OF_RECORDS


def expected(place: Place, verb: str, person: Person, known: Known | None = None) -> frozenset[Answer]:
    """Which statuses are right. ``known`` None: there is no such record, or the address is of no record."""
    if not (place.page == "page" and place.register.public):
        if not person.signed_in:
            return only(LOGIN)
        if not is_open(place.register, person):
            return only(404)
    if verb == "OPTIONS":
        return only(200)
    if verb not in TAKEN[place.page]:
        return only(405)
    if is_of_record(place):
        return of_record(place, verb, person, known)
    if place.page == "new":
        assert place.register.create is not None
        if not may_make(place.register, place.register.create, person):
            return only(403)
        return only(422 if verb == "POST" else 200)
    return only(302 if place.page == "views" else 200)


def of_record(place: Place, verb: str, person: Person, known: Known | None) -> frozenset[Answer]:
    register = place.register
    if known is None or not sees(register, person, known):
        return only(404)
    if place.page == "page":
        return only(200)
    if place.page in {"comments", "files", "file"}:
        return beside(place, person, known)
    wanted = place.move.verb if place.move else register.change.verb if register.change else ""
    if not may(register, wanted, person, known):
        return only(403)
    if verb != "POST":
        return only(200)
    if place.move and (register.name, place.move.name) in SHOWN_ONCE:
        # One's own password is changed on the page of the account, which asks for the present one.
        return only(302 if known.label == person.key else 200)
    return DONE if place.move else ASKED_BACK


def beside(place: Place, person: Person, known: Known) -> frozenset[Answer]:
    """What people say and keep beside a record is for those who may see its history."""
    register = place.register
    if not may(register, HISTORY, person, known):
        return only(404)
    if place.page == "file":
        return only(200)
    return only(302 if may(register, COMMENT if place.page == "comments" else ATTACH, person, known) else 403)


def only(answer: Answer) -> frozenset[Answer]:
    return frozenset({answer})


def answer_of(world: World, person: Person, verb: str, where: str, sent: dict[str, Any]) -> tuple[Answer, Any]:
    """Asked with the cookies of the log-in alone; what the answer sets is forgotten."""
    client = world.clients[person.key]
    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    response = client.post(where, sent) if verb == "POST" else client.generic(verb, where)
    client.cookies = SimpleCookie(kept)
    to_login = response.status_code == 302 and response.headers["Location"].startswith(reverse("account_login"))
    return (LOGIN if to_login else response.status_code), response
