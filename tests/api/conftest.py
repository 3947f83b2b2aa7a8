"""The small city of the pages' tests, with a log-in for each role, and clients that show a key or a log-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.web.conftest import City, make_house, make_person
from tests.web.conftest import city as city
from zhiqiao.core import rates
from zhiqiao.core.models import Job, Schedule
from zhiqiao.hooks.models import Delivery, Endpoint, Message
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions.keys import NewKey, make_key
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import ApiKey, Organisation

ROOT = "/api/v1/"
MORE_PEOPLE = {
    "unit": ("示例市科学技术局", "authority", Role.UNIT_OFFICER),
    "branch": ("示例镇分局", "authority", Role.BRANCH_OFFICER),
    "staff": ("college", "", Role.HOLDER_STAFF),
    "soe": ("示例国有公司", "state_owned", Role.SOE_MANAGER),
    "bank": ("示例银行", "bank", Role.BANK_MEMBER),
    "agency": ("示例代理所", "agency", Role.AGENCY_MEMBER),
    "centre": ("示例运营中心", "centre", Role.CENTRE_OPERATOR),
}


@dataclass
class Program:
    """A program of one person: JSON in, JSON out. ``key`` None: the log-in of the pages, or nobody's."""

    client: Client
    key: ApiKey | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        sent: dict[str, Any] = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        where = path if path.startswith("/") else ROOT + path
        answer: HttpResponse = self.client.generic(method, where, headers=given, **sent)  # type: ignore[assignment]
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("PATCH", path, body, **headers)


@dataclass
class Programs:
    city: City

    def of(self, who: str, *scopes: str) -> Program:
        """With a key of that person; ``public``: without one."""
        if who == "public":
            return Program(Client())
        owner = self.city.people[who]
        asked = NewKey(f"{who}'s program", scopes or ("read", "write"), timezone.localdate() + timedelta(days=30))
        key = make_key(actor=actor_for(owner), owner=owner, key=asked)
        return Program(Client(), key, {"Authorization": f"Bearer {key.secret_once}"})

    def logged_in(self, who: str, *, careful: bool = False) -> Program:
        client = Client(enforce_csrf_checks=careful)
        if who != "public":
            client.force_login(self.city.people[who])
        return Program(client)


@pytest.fixture(autouse=True)
def fresh_rates() -> Iterator[None]:
    rates.forget()
    yield
    rates.forget()


@pytest.fixture
def programs(city: City) -> Programs:
    for who, (house, kind, role) in MORE_PEOPLE.items():
        home = city.houses.get(house) or make_house(who, house, kind)
        city.people[who] = make_person(who, home, role)
    add_records_of_programs(city)
    return Programs(city)


def add_records_of_programs(city: City) -> None:
    """Keys, webhooks, deliveries and jobs of the firm and of the college, and a schedule of nobody's."""
    for whose, who in (("own", "firm"), ("foreign", "holder")):
        owner, kept = city.people[who], city.records
        kept[f"{whose}_person"] = owner
        asked = NewKey(f"{who}'s report", ("read",), timezone.localdate() + timedelta(days=30))
        kept[f"{whose}_key"] = make_key(actor=actor_for(owner), owner=owner, key=asked)
        hook = Endpoint.objects.create(
            owner=owner, name="示例平台", url="https://hooks.example.org/", secret="whsec_eA=="
        )
        message = Message.objects.create(
            kind="need.stated", register="need", subject_type="needs.need", at=timezone.now(), body="{}",
            subject_id=str(kept[f"{whose}_need"].public_id),
        )  # fmt: skip
        kept[f"{whose}_hook"] = hook
        kept[f"{whose}_delivery"] = Delivery.objects.create(endpoint=hook, message=message)
        kept[f"{whose}_job"] = Job.objects.create(
            kind="stock", idempotency_key=whose, actor_id=str(owner.public_id), actor_name=owner.display_name
        )
    city.records["own_schedule"] = Schedule.objects.create(name="example", kind="stock", cron="0 3 * * *")


def told(answer: Any) -> Any:
    return json.loads(answer.content)


def known_ids(city: City, register: Register[Any]) -> list[str]:
    """Public ids of records of the register, own ones of the college or the firm first, then foreign ones."""
    model = register.model
    kept = [each for name, each in sorted(city.records.items(), reverse=True) if isinstance(each, model)]
    if model is Organisation:
        kept = [city.houses["firm"], city.houses["other"]]
    return [str(vars(each)["public_id"]) for each in kept]
