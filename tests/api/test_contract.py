"""The description of the interface and the interface agree, whoever asks: schemathesis with all its checks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from tests.api.conftest import Program, Programs
from tests.web.conftest import City
from zhiqiao.api import rates
from zhiqiao.api.description import description

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


@pytest.fixture(autouse=True)
def connection_stays_open() -> Iterator[None]:
    """As Django's own test client does: the end of a request would close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def interface() -> Any:
    config = SchemathesisConfig.from_dict({"checks": CHECKS})
    loaded = schemathesis.openapi.from_dict(description(), config=config)
    loaded.app = get_wsgi_application()
    return loaded


def operations() -> Iterator[Any]:
    for each in interface().get_all_operations():
        yield each.ok()


def quick(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate], derandomize=True,
    )  # fmt: skip


def ids(city: City, operation: Any) -> Iterator[dict[str, str]]:
    """Ids of one's own and of somebody else's record; none where the address has none."""
    if "{public_id}" not in operation.path:
        yield {}
        return
    kind = {"needs": "need", "patents": "patent", "imports": "run", "inventory": "entry"}.get(operation.path.split("/")[3])
    for whose in ("own", "foreign"):
        record = city.records.get(f"{whose}_{kind}")
        if record is not None:
            yield {"public_id": str(record.public_id)}


def probe(operation: Any, program: Program, examples: int, **fixed: Any) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @quick(examples)
        @given(case=operation.as_strategy(generation_mode=mode, **fixed))
        def attempt(case: Any) -> None:
            rates.forget()
            with transaction.atomic():
                case.call_and_validate(headers=program.headers)
                transaction.set_rollback(True)

        try:
            attempt()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "nothing here can be wrong"


@pytest.mark.parametrize("who", os.environ.get("WHO", ",".join(ROLES)).split(","))
def test_interface_keeps_to_its_description(programs: Programs, city: City, who: str, subtests: Any) -> None:
    program = programs.of(who)
    for operation in operations():
        for known in ids(city, operation):
            with subtests.test(operation.label):
                probe(operation, program, int(os.environ.get("EX", "1")), path_parameters=known)
