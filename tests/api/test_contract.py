"""The description of the interface and the interface agree, whoever asks: schemathesis with all its checks."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth

from tests.api.conftest import ROOT, Program, Programs
from tests.web.conftest import world as world
from tests.web.world import EVERYBODY, Known, World
from zhiqiao.api.description import description
from zhiqiao.core import rates
from zhiqiao.inventory.states import ENTRY_STATES
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register

pytestmark = pytest.mark.django_db
ROLES = tuple(person.key for person in EVERYBODY)
HOUSES = {person.key: person.house for person in EVERYBODY}
# What the description cannot say, the rules may still refuse: 422; an ETag that was made up never fits: 412.
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "406", "409", "412", "422"]
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": ACCEPTED},
    "negative_data_rejection": {"expected-statuses": ["4xx"]},
    "missing_required_header": {"expected-statuses": ["401", "403", "404", "415", "422", "428"]},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
SHARES = 12  # so that several processes can take part
TURNS = 3  # in the suite a third of the roles tries each operation, all of them in the soak
LONG = int(os.environ.get("ZHIQIAO_SOAK_EXAMPLES", "15"))


@pytest.fixture(autouse=True)
def connection_stays_open() -> Iterator[None]:
    """As Django's own test client does: the end of a request would close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def refusals_are_no_news() -> Iterator[None]:
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.ERROR)
    yield
    log.setLevel(before)


@cache
def operations() -> tuple[Any, ...]:
    config = SchemathesisConfig.from_dict({"checks": CHECKS})
    loaded = schemathesis.openapi.from_dict(description(), config=config)
    loaded.app = WSGIHandler()
    return tuple(each.ok() for each in loaded.get_all_operations() if isinstance(each, Ok))


def quick(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate], derandomize=examples == 1,
    )  # fmt: skip


@dataclass
class Asker:
    """One person, by a key and by the log-in of the pages in turn: some things are never a program's to do."""

    key: Program
    pages: Program

    def doors(self, turn: int) -> dict[str, Any]:
        if turn % 2 == 0 or self.key.key is None:
            return {"headers": self.key.headers}
        token = "t" * 32
        cookies = {"sessionid": self.pages.client.session.session_key, "csrftoken": token}
        # No key, whatever was made up. That nothing is told without the right credentials is seen with the keys: the
        # check takes any cookie that is sent for one that it made up itself.
        headers = {"Authorization": "", "X-CSRFToken": token}
        return {"headers": headers, "cookies": cookies, "excluded_checks": [ignored_auth]}


@dataclass
class Trial:
    """One operation, asked for by several people: what is made up once is sent by each of them. ``asked``: how many
    requests were made up. ``tallies``: for each person, how often each status was answered."""

    operation: Any
    world: World
    askers: Mapping[str, Asker]
    asked: int = 0
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    tallies: dict[str, defaultdict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    @property
    def ways(self) -> tuple[str, ...]:
        """``fitting``: with the id of a record and an If-Match that fits; ``known``: only with such an id; ``free``:
        everything is made up."""
        if not self.records("public"):
            return ("free",)
        one = "{public_id}" in self.operation.path and self.operation.method in ("post", "patch")
        return ("fitting", "known", "free") if one else ("known", "free")

    def plainly(self, roles: Iterable[str]) -> None:
        """Just the address, with nothing that could be refused; once for each record that is known."""
        for turn in range(max(len(self.records("public")), 2)):
            for who in roles:
                case = self.operation.Case(path_parameters=self._place(who, turn))
                self._ask(who, case, "plain", turn)

    def made_up(self, roles: Iterable[str], mode: GenerationMode, way: str, examples: int) -> None:
        fixed: dict[str, Any] = {} if way == "free" else {"path_parameters": self._place("public", 0) or None}
        if way == "fitting":
            fixed["headers"] = {"If-Match": "*"}

        @quick(examples)
        @given(case=self.operation.as_strategy(generation_mode=mode, **fixed))
        def attempt(case: Any) -> None:
            self.asked += 1
            for who in roles:
                if way != "free":
                    self._aim(case, who, mode)
                self._ask(who, case, f"{way} {mode.name}", self.asked)

        try:
            attempt()
        except Unsatisfiable:
            if mode is POSITIVE:
                self.faults["everybody", f"{way} {mode.name}"] = "nothing can be sent"

    def _aim(self, case: Any, who: str, mode: GenerationMode) -> None:
        """At other records for each example and person, one's own first, so that not all answers are 404."""
        case.path_parameters |= self._place(who, self.asked // 2)
        if "/bulk/" in self.operation.path and mode is POSITIVE:
            case.body["ids"] = [str(each.record.public_id) for each in self.records(who)[: 1 + self.asked % 4]]

    def _ask(self, who: str, case: Any, way: str, turn: int) -> None:
        rates.forget()
        try:
            with transaction.atomic():
                if way.startswith("fitting"):
                    self._make_ready(case.path_parameters["public_id"])
                answer = case.call_and_validate(**self.askers[who].doors(turn))
                transaction.set_rollback(True)
        except (Failure, FailureGroup) as failure:
            self.faults.setdefault((who, way), str(failure))
        else:
            self.tallies[who][answer.status_code] += 1

    def _make_ready(self, public_id: str) -> None:
        """Puts the record into a state in which the move is offered, where there is one."""
        register = self.register
        move = next((each for each in register.moves if self.operation.path.endswith(f"}}/{each.name}/")), None)
        state = next((each for each in register.model._meta.fields if each.name == "state"), None)
        if move is None or state is None:
            return
        record = register.model.objects.get(public_id=public_id)
        for name in [code for code, _ in state.choices or ()] or ENTRY_STATES.states:
            if move.offered(record):
                break
            record.state = name
        register.model.objects.filter(public_id=public_id).update(state=record.state)

    @property
    def register(self) -> Register[Any]:
        return next(each for each in registers() if self.operation.path.startswith(f"{ROOT}{each.path}/"))

    def records(self, who: str) -> list[Known]:
        """Those of the register that the operation speaks of, one's own first."""
        if not ("{public_id}" in self.operation.path or "/bulk/" in self.operation.path):
            return []
        own = (who, HOUSES[who])
        return sorted(
            self.world.known.get(self.register.name, []), key=lambda each: each.label.split(",")[0] not in own
        )

    def _place(self, who: str, number: int) -> dict[str, str]:
        records = self.records(who)
        if not records or "{public_id}" not in self.operation.path:
            return {}
        known = records[number % len(records)]
        place = {"public_id": str(known.record.public_id)}
        if "{file_id}" in self.operation.path:
            place["file_id"] = str(known.file.public_id)
        return place


def trials(world: World, share: int) -> Iterator[Trial]:
    doors = Programs(world.city)
    askers = {who: Asker(doors.of(who), doors.logged_in(who)) for who in ROLES}
    for number, operation in enumerate(operations()):
        if number % SHARES == share:
            yield Trial(operation, world, askers, number // SHARES)


def told(done: Iterable[Trial]) -> str:
    return "\n\n".join(
        f"{each.operation.label}, {who}, {way}: {fault}" for each in done for (who, way), fault in each.faults.items()
    )


@pytest.mark.parametrize("share", range(SHARES))
def test_interface_keeps_to_its_description(world: World, share: int) -> None:
    done = []
    for turn, trial in enumerate(trials(world, share), share):
        trial.made_up(ROLES[turn % TURNS :: TURNS], (POSITIVE, NEGATIVE)[turn % 2], trial.ways[0], 1)
        done.append(trial)
    assert not told(done), told(done)


@pytest.mark.soak
@pytest.mark.parametrize("share", range(SHARES))
def test_interface_keeps_to_its_description_for_long(world: World, share: int) -> None:
    """Prints for each operation and role how often each status was answered; ``-rP`` shows it."""
    done = []
    for trial in trials(world, share):
        if trial.operation.method == "get":
            trial.plainly(ROLES)
        for mode in (POSITIVE, NEGATIVE):
            for way in trial.ways:
                trial.made_up(ROLES, mode, way, LONG)
        for who in ROLES:
            print(trial.operation.label, who, dict(trial.tallies[who]), sep="\t", flush=True)
        for (who, way), fault in trial.faults.items():
            print(trial.operation.label, who, f"{way}: {fault}", sep="\t", flush=True)
        done.append(trial)
    assert not told(done), told(done)


def test_methods_that_the_description_does_not_name_are_refused(world: World) -> None:
    named: dict[str, set[str]] = {}
    for operation in operations():
        named.setdefault(operation.path, set()).add(operation.method.upper())
    program = Programs(world.city).of("bureau")
    for path, methods in named.items():
        where = path.replace("{public_id}", str(UUID(int=0))).replace("{file_id}", str(UUID(int=0)))
        for method in set(METHODS) - methods:
            rates.forget()
            answer = program.ask(method, where, {} if method not in ("GET", "TRACE") else None)
            allowed = {each.strip() for each in answer.headers["Allow"].split(",")}
            assert (answer.status_code, allowed - {"HEAD", "OPTIONS"}) == (405, methods), f"{method} {path}"


def test_every_operation_is_named_once_and_described() -> None:
    made = description()
    ids = [each["operationId"] for place in made["paths"].values() for each in place.values()]
    assert len(ids) == len(set(ids)) > 50
    assert made["openapi"].startswith("3.1") and set(made["components"]["securitySchemes"]) == {"key", "session"}
    for place in made["paths"].values():
        for operation in place.values():
            assert operation["summary"] and operation["tags"]
