"""One world for the permission matrix: a log-in for each role, and records of every register, each with what is true
of it. The truth is stated here by hand and never asked of the product: the matrix holds the product against it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from tests.web.conftest import (
    City,
    build_city,
    make_entry,
    make_house,
    make_need,
    make_patent,
    make_person,
    make_push,
    make_run,
)
from zhiqiao.core.blobs import store_stream
from zhiqiao.core.models import Attachment, AuditEntry, Comment, Job, NoteReader, Schedule
from zhiqiao.hooks.models import Delivery, Endpoint, Message
from zhiqiao.kit.actors import PUBLIC as NOBODY_SIGNED_IN
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.permissions import HISTORY
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import ApiKey

MORE_HOUSES: Final = {
    "office": ("示例市科学技术局", "authority"),
    "town": ("示例镇人民政府", "authority"),
    "works": ("示例城投公司", "state_owned"),
    "lender": ("示例银行", "bank"),
    "agents": ("示例代理所", "agency"),
    "hub": ("示例运营中心", "centre"),
}
MORE_PEOPLE: Final = {
    "staff": ("college", Role.HOLDER_STAFF),
    "unit": ("office", Role.UNIT_OFFICER),
    "branch": ("town", Role.BRANCH_OFFICER),
    "soe": ("works", Role.SOE_MANAGER),
    "bank": ("lender", Role.BANK_MEMBER),
    "agency": ("agents", Role.AGENCY_MEMBER),
    "centre": ("hub", Role.CENTRE_OPERATOR),
}
NOBODY: Final = "nobody"  # a house or a person that none of the people below has to do with


@dataclass(frozen=True)
class Person:
    """One of those who ask; ``role`` and ``house`` are empty for the public."""

    key: str
    role: str = ""
    house: str = ""

    @property
    def signed_in(self) -> bool:
        return bool(self.role)


PUBLIC: Final = Person("public")
PEOPLE: Final = (
    Person("bureau", Role.BUREAU_OFFICER, "bureau"),
    Person("auditor", Role.BUREAU_AUDITOR, "bureau"),
    Person("unit", Role.UNIT_OFFICER, "office"),
    Person("branch", Role.BRANCH_OFFICER, "town"),
    Person("holder", Role.HOLDER_MANAGER, "college"),
    Person("staff", Role.HOLDER_STAFF, "college"),
    Person("soe", Role.SOE_MANAGER, "works"),
    Person("firm", Role.ENTERPRISE_MEMBER, "firm"),
    Person("bank", Role.BANK_MEMBER, "lender"),
    Person("agency", Role.AGENCY_MEMBER, "agents"),
    Person("centre", Role.CENTRE_OPERATOR, "hub"),
    Person("admin", Role.SYSTEM_ADMIN, "bureau"),
)
EVERYBODY: Final = (PUBLIC, *PEOPLE)


@dataclass(frozen=True)
class Known:
    """A record and what is true of it: for each path that a rule of its register names, the values at its end.
    Houses and people stand by their short names. ``gone``: it is nobody's to see, whatever the policy says."""

    label: str
    record: Any
    facts: dict[str, frozenset[Any]]
    file: Any = None
    gone: bool = False


@dataclass
class World:
    """``known`` by the register's name; ``clients`` by the person's key."""

    city: City
    known: dict[str, list[Known]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Whatever is written inside is taken back afterwards."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def actor(self, person: Person) -> Actor:
        return actor_for(self.city.people[person.key]) if person.signed_in else NOBODY_SIGNED_IN

    def record(self, register: str, label: str) -> Any:
        return next(each.record for each in self.known[register] if each.label == label)


def facts(**values: Any) -> dict[str, frozenset[Any]]:
    return {name: value if isinstance(value, frozenset) else frozenset({value}) for name, value in values.items()}


def build_world(city: City | None = None) -> World:
    city = city or build_city()
    city.houses |= {key: make_house(key, *named) for key, named in MORE_HOUSES.items()}
    city.houses[NOBODY] = make_house(NOBODY, "示例路人公司", "enterprise")
    for key, (house, role) in MORE_PEOPLE.items():
        city.people[key] = make_person(key, city.houses[house], role)
    city.people[NOBODY] = make_person(NOBODY, city.houses[NOBODY], Role.ENTERPRISE_MEMBER)
    world = World(city)
    for name, laid in LAID.items():
        world.known[name] = [beside(name, each) for each in laid(city)]
    world.clients = {person.key: city.client(person.key) for person in EVERYBODY}
    return world


def beside(name: str, known: Known) -> Known:
    """The same with a file and a note beside the record, put there by nobody who asks, for the houses that it is of."""
    register = next((each for each in registers() if each.name == name), None)
    if register is None or not register.pages:
        return known
    at = {"subject_type": register.subject, "subject_id": str(known.record.public_id), "actor_id": "x"}
    note = Comment.objects.create(text="示例备注", **at)
    file = Attachment.objects.create(name="示例.txt", blob=store_stream(io.BytesIO(b"x")), **at)
    for house in register.policy.houses_of(HISTORY, known.record):
        NoteReader.objects.create(comment=note, house=house)
        NoteReader.objects.create(attachment=file, house=house)
    return Known(known.label, known.record, known.facts, file, known.gone)


HOLDING: Final = ("college", "works", "firm", "lender", "agents")  # houses whose people hold patents and have needs


def patents(city: City) -> Iterator[Known]:
    def known(label: str, record: Model, house: str, public: bool, withdrawn: Any = None) -> Known:
        return Known(label, record, facts(public=public, withdrawn_at=withdrawn, holdings__standing_id=house))

    yield known("published", city.records["open_patent"], "college", True)
    yield known("foreign", city.records["foreign_patent"], "rival", False)
    yield known("foreign, published", make_patent(30, city.houses["rival"]), "rival", True)
    now = timezone.now()
    undone = make_patent(31, city.houses["college"], withdrawn_at=now)
    yield known("undone", undone, "college", True, now)
    for number, house in enumerate(HOLDING):
        own = make_patent(40 + number, city.houses[house], public=False, title=f"未公布的发明{number}")
        yield known(house, own, house, False)


def needs(city: City) -> Iterator[Known]:
    def known(label: str, house: str, published: bool = False, withdrawn: Any = None) -> Known:
        need = make_need(f"需求 {label}", city.houses[house], published=published, withdrawn_at=withdrawn)
        return Known(label, need, facts(published=published, withdrawn_at=withdrawn, organisation_id=house))

    yield known("foreign", "other")
    yield known("foreign, published", "other", published=True)
    yield known("undone", "firm", published=True, withdrawn=timezone.now())
    for house in HOLDING:
        yield known(house, house)


def pushes(city: City) -> Iterator[Known]:
    """Labelled by the house that a push is to; ``of`` one by the house that holds the patent."""

    def known(label: str, holder: str, to: str, public: bool = True, withdrawn: Any = None) -> Known:
        patent = make_patent(next(numbers), city.houses[holder], public=public, withdrawn_at=withdrawn)
        push = make_push(patent, city.houses[to])
        true = facts(
            organisation_id=to, patent__holdings__standing_id=holder, patent__public=public,
            patent__withdrawn_at=withdrawn,
        )  # fmt: skip
        return Known(label, push, true)

    numbers = iter(range(80, 100))
    yield known("foreign", "rival", "other")
    for house in ("college", "works", "firm"):
        yield known(house, "rival", house)
        yield known(f"of {house}", house, "other")
    yield known("not published", "college", "firm", public=False)
    yield known("undone", "college", "firm", withdrawn=timezone.now())


def organisations(city: City) -> Iterator[Known]:
    for house in ("other", *HOLDING):
        yield Known(house, city.houses[house], facts(pk=house))
    merged = make_house("merged", "示例旧厂", "enterprise")
    merged.withdrawn_at = timezone.now()
    merged.save()
    yield Known("undone", merged, facts(pk=NOBODY), gone=True)


def imports(city: City) -> Iterator[Known]:
    yield Known("the city's", make_run("IMP-W-0", None), facts(organisation_id=None))
    for number, house in enumerate(("rival", "college", "works", "hub"), 1):
        run = make_run(f"IMP-W-{number}", city.houses[house])
        yield Known("foreign" if house == "rival" else house, run, facts(organisation_id=house))


def entries(city: City) -> Iterator[Known]:
    def known(label: str, house: str, public: bool, scope: str = "in_stock", withdrawn: Any = None) -> Known:
        held = make_patent(next(numbers), city.houses[house], public=public, withdrawn_at=withdrawn)
        entry = make_entry(inventory, held, city.houses[house])
        entry.scope_code = scope
        entry.save()
        true = facts(organisation_id=house, patent__public=public, scope_code=scope, patent__withdrawn_at=withdrawn)
        return Known(label, entry, true)

    numbers, inventory = iter(range(60, 80)), city.records["own_entry"].inventory
    yield known("foreign", "rival", True)
    yield known("college, published", "college", True)
    yield known("college", "college", False, "not_granted")
    yield known("works, published", "works", True)
    yield known("works", "works", False, "not_granted")
    yield known("held once, never published", "college", False, "no_longer_held")
    yield known("held once, published", "college", True, "no_longer_held")
    yield known("undone", "college", True, withdrawn=timezone.now())


def people(city: City) -> Iterator[Known]:
    houses = {person.key: person.house for person in PEOPLE} | {NOBODY: NOBODY}
    roles = {person.key: person.role for person in PEOPLE} | {NOBODY: Role.ENTERPRISE_MEMBER}
    for key, house in houses.items():
        true = facts(
            pk=key, memberships__organisation_id=house, memberships__role=roles[key], memberships__ended_on=None
        )
        yield Known("foreign" if key == NOBODY else key, city.people[key], true)


def askers(city: City) -> Iterator[tuple[str, str, str]]:
    """Label, short name and public id of everybody who has asked for something."""
    for key in (NOBODY, *(person.key for person in PEOPLE)):
        yield "foreign" if key == NOBODY else key, key, str(city.people[key].public_id)


def jobs(city: City) -> Iterator[Known]:
    for label, key, public_id in askers(city):
        job = Job.objects.create(
            kind="appraise", idempotency_key=f"world:{key}", actor_id=public_id, actor_name=label,
            state=Job.State.FAILED, failure={"code": "gave_up", "facts": {}}, finished_at=timezone.now(),
        )  # fmt: skip
        yield Known(label, job, facts(actor_id=key))


def schedules(city: City) -> Iterator[Known]:
    schedule = Schedule.objects.create(name="nightly", kind="appraise", cron="30 2 * * *")
    yield Known("nightly", schedule, {})


def trail(city: City) -> Iterator[Known]:
    entry = AuditEntry.objects.create(
        transaction=uuid4(), ordinal=0, size=1, at=timezone.now(), actor_id="x", action="core.attach",
        subject_type="x", subject_id="x",
        content='{"before":null,"after":null}',
    )  # fmt: skip
    yield Known("entry", entry, {})


def keys(city: City) -> Iterator[Known]:
    for label, key, _ in askers(city):
        made = ApiKey.objects.create(
            owner=city.people[key], name=label, prefix=f"p{key}"[:16], secret_hash="0" * 64, scopes=["read"],
            expires_at=timezone.now() + timedelta(days=300),
        )  # fmt: skip
        yield Known(label, made, facts(owner_id=key))


def make_endpoint(city: City, key: str, **more: Any) -> Endpoint:
    where = f"https://{key}.example/"
    return Endpoint.objects.create(owner=city.people[key], name=key, url=where, secret="whsec_eA==", **more)


def hooks(city: City) -> Iterator[Known]:
    for label, key, _ in askers(city):
        yield Known(label, make_endpoint(city, key), facts(owner_id=key))


def deliveries(city: City) -> Iterator[Known]:
    for label, key, _ in askers(city):
        message = Message.objects.create(
            kind="patent.published", register="patent", subject_type="registry.patent", at=timezone.now(), body="{}",
            subject_id=str(city.records["open_patent"].public_id),
        )  # fmt: skip
        delivery = Delivery.objects.create(
            endpoint=make_endpoint(city, key), message=message, state=Delivery.State.FAILED, ended_at=timezone.now()
        )
        yield Known(label, delivery, facts(endpoint__owner_id=key))


LAID: Final[dict[str, Callable[[City], Iterator[Known]]]] = {
    "patent": patents, "need": needs, "push": pushes, "organisation": organisations, "import": imports,
    "entry": entries, "person": people, "job": jobs, "schedule": schedules, "audit": trail, "key": keys, "hook": hooks,
    "delivery": deliveries,
}  # fmt: skip
