"""The description of the interface and the interface agree, whoever asks: schemathesis with all its checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok

from tests.api.conftest import ROOT, Program, Programs, known_ids
from zhiqiao.api import rates
from zhiqiao.api.description import description
from zhiqiao.kit.catalogue import registers

pytestmark = pytest.mark.django_db
ROLES = (
    "public", "bureau", "auditor", "unit", "branch", "holder", "staff", "soe", "firm", "bank", "agency", "centre",
    "admin",
)  # fmt: skip
# What the description cannot say, the rules may still refuse: 422; an ETag that was made up never fits: 412.
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "406", "409", "412", "422"]
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": ACCEPTED},
    "negative_data_rejection": {"expected-statuses": ["4xx"]},
    "missing_required_header": {"expected-statuses": ["401", "403", "404", "415", "422", "428"]},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
TURNS = 3  # each role tries a third of the operations in the suite, all of them in the soak


@pytest.fixture(autouse=True)
def connection_stays_open() -> Iterator[None]:
    """As Django's own test client does: the end of a request would close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def operations() -> tuple[Any, ...]:
    config = SchemathesisConfig.from_dict({"checks": CHECKS})
    loaded = schemathesis.openapi.from_dict(description(), config=config)
    loaded.app = get_wsgi_application()
    return tuple(each.ok() for each in loaded.get_all_operations() if isinstance(each, Ok))


def quick(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate], derandomize=examples < 10,
    )  # fmt: skip


def fixed(operation: Any, known: dict[str, str]) -> dict[str, Any]:
    """Real ids, so that not all answers are 404; and for every second one an If-Match that always fits."""
    given_headers = (
        {"If-Match": "*"} if "{public_id}" in operation.path and operation.method in ("post", "patch") else {}
    )
    return {"path_parameters": known or None, "headers": given_headers or None}


def probe(
    operation: Any, program: Program, examples: int, known: dict[str, str], modes: Sequence[GenerationMode] = MODES
) -> Iterator[str]:
    for mode in modes:

        @quick(examples)
        @given(case=operation.as_strategy(generation_mode=mode, **fixed(operation, known)))
        def attempt(case: Any) -> None:
            rates.forget()
            with transaction.atomic():
                case.call_and_validate(headers=program.headers)
                transaction.set_rollback(True)

        try:
            attempt()
        except Unsatisfiable:
            if mode is GenerationMode.POSITIVE:
                yield f"{operation.label}: nothing can be sent"
        except (Failure, FailureGroup) as failure:
            yield f"{operation.label}: {failure}"


def ids_for(programs: Programs, operation: Any) -> list[dict[str, str]]:
    """Ids of one's own and of a foreign record of the register that the operation speaks of."""
    if "{public_id}" not in operation.path:
        return [{}]
    register = next(each for each in registers() if operation.path.startswith(f"{ROOT}{each.path}/{{"))
    return [{"public_id": each} for each in known_ids(programs.city, register)] or [{}]


@pytest.mark.parametrize("who", ROLES)
def test_interface_keeps_to_its_description(programs: Programs, who: str) -> None:
    program, turn = programs.of(who), ROLES.index(who)
    faults: list[str] = []
    for number, operation in enumerate(operations()):
        if (number + turn) % TURNS == 0:
            ids = ids_for(programs, operation)
            step = (number + turn) // TURNS + turn
            faults += probe(operation, program, 1, ids[step // 2 % len(ids)], [MODES[step % 2]])
    assert not faults, "\n\n".join(faults)


@pytest.mark.soak
@pytest.mark.parametrize("who", ROLES)
def test_interface_keeps_to_its_description_for_long(programs: Programs, who: str) -> None:
    program = programs.of(who)
    faults: list[str] = []
    for operation in operations():
        for known in [*ids_for(programs, operation), {}]:
            faults += probe(operation, program, 15, known)
    assert not faults, "\n\n".join(faults)


def test_methods_that_the_description_does_not_name_are_refused(programs: Programs) -> None:
    named: dict[str, set[str]] = {}
    for operation in operations():
        named.setdefault(operation.path, set()).add(operation.method.upper())
    program = programs.of("bureau")
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
