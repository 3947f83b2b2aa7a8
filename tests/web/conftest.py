"""A small city for the pages: two institutions, two firms, one log-in a role, and records that each side owns."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from zhiqiao.core import rates
from zhiqiao.core.importing import RUNS
from zhiqiao.core.models import ImportRun, OutboxEvent
from zhiqiao.inventory.models import Inventory, InventoryEntry, TierDecision
from zhiqiao.kernel.application_numbers import check_digit
from zhiqiao.kit.roles import Role
from zhiqiao.matching.models import Match, Push, PushSuggestion
from zhiqiao.needs.models import Need, NeedPrivate
from zhiqiao.parties.actions.organisations import keep_names
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.registry.models import Patent, PatentHolder

if TYPE_CHECKING:
    from tests.web.world import World

PASSWORD = "a-quiet-bridge-2026"
HOUSES = {
    "bureau": ("示例市知识产权局", "authority"),
    "college": ("示例学院", "university"),
    "rival": ("示例大学", "university"),
    "firm": ("示例模具厂", "enterprise"),
    "other": ("示例玩具厂", "enterprise"),
}
PEOPLE = {
    "bureau": ("bureau", Role.BUREAU_OFFICER),
    "auditor": ("bureau", Role.BUREAU_AUDITOR),
    "holder": ("college", Role.HOLDER_MANAGER),
    "firm": ("firm", Role.ENTERPRISE_MEMBER),
    "admin": ("bureau", Role.SYSTEM_ADMIN),
}


@dataclass
class City:
    """Records by their short names; ``own`` ones belong to the college or the firm, ``foreign`` ones to the others."""

    houses: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        client = Client()
        if who != "public":
            client.force_login(self.people[who])
        return client


def make_patent(number: int, holder: Organisation, **more: Any) -> Patent:
    body = f"20181{number:07d}"
    given = {
        "kind": "invention", "title": f"一种第{number}号装置", "filed_on": date(2018, 1, 1) + timedelta(days=number),
        "granted_on": date(2020, 5, 1), "status_group": "alive", "status_words": "授权", "main_class": "B22D17/22",
        "status_as_of": date(2026, 1, 15), "holders": [holder.name], "applicants": [holder.name],
    }  # fmt: skip
    patent = Patent.objects.create(number=body + check_digit(body), **(given | more))
    PatentHolder.objects.create(
        patent=patent, role="holder", ordinal=0, name=holder.name, name_key=holder.name_key, organisation=holder,
        standing=holder,
    )  # fmt: skip
    # As every action does: what is not announced cannot be found by its words.
    OutboxEvent.objects.create(queue="index.patents", payload={"ids": [patent.pk]})
    return patent


def make_house(key: str, name: str, kind: str) -> Organisation:
    house = Organisation.objects.create(name=name, name_key=name, pinyin=key, kind=kind)
    keep_names([house])
    return house


def make_person(key: str, house: Organisation, role: str) -> User:
    user = User.objects.create(username=key, display_name=f"示例·{key}")
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(user=user, organisation=house, role=role, started_on=date(2024, 1, 1))
    return user


def make_run(number: str, house: Organisation | None) -> ImportRun:
    run = ImportRun.objects.create(
        kind="patents", number=number, sender="示例", actor_id="x", actor_name="示例",
        organisation_id=house.pk if house else None, fingerprint=number, state=ImportRun.State.DONE,
        finished_at=timezone.now(), rows=3, created=2, rejected=1, reasons={"number_missing": 1},
        unmapped=["神秘列"], options={"mapping": {}, "units": {}, "as_of": None},
    )  # fmt: skip
    RUNS.keep([(run.pk, f"{run.number} {run.sender} {run.actor_name}", "")])
    return run


def make_need(title: str, house: Organisation, **more: Any) -> Need:
    need = Need.objects.create(
        title=title, content=f"{title}。要求耐磨。", organisation=house, organisation_name=house.name, **more
    )
    NeedPrivate.objects.create(need=need, details=f"{title}的底价", contact="示例联系人", phone="13800000000")
    OutboxEvent.objects.create(queue="index.needs", payload={"ids": [need.pk]})
    return need


def make_entry(inventory: Inventory, patent: Patent, house: Organisation) -> InventoryEntry:
    entry = InventoryEntry.objects.create(
        inventory=inventory, patent=patent, organisation=house, in_stock=True, scope_code="in_stock", tier="base",
        suggested_tier="watch",
    )  # fmt: skip
    reasons = [{"code": "appraised_below", "facts": {"total": 31.5, "below": 40.0}}]
    TierDecision.objects.create(entry=entry, suggested="watch", reasons=reasons, rules_version="test")
    return entry


def make_match(need: Need, patent: Patent) -> Match:
    return Match.objects.create(
        need=need, patent=patent, rank=1, score=0.71, relevance="strong", version="test",
        reasons=[{"code": "same_class", "facts": {"classes": ["B22D"]}}],
        passage={"field": "abstract", "text": "模具更耐磨", "highlights": [[0, 2]], "need_highlights": [[0, 2]]},
    )  # fmt: skip


def make_push(patent: Patent, house: Organisation, **more: Any) -> Push:
    given = {"personalised": True, "score": 0.5, "version": "test", "actor_id": "x"}
    given["reasons"] = [{"code": "same_industry", "facts": {"industries": ["模具制造"]}}]
    return Push.objects.create(patent=patent, organisation=house, **(given | more))


@pytest.fixture(autouse=True)
def unspent_rates() -> None:
    """What one test took out of the hall is no affair of the next."""
    rates.forget()


@pytest.fixture
def city(db: None) -> City:
    return build_city()


def build_city() -> City:
    built = City()
    built.houses = {key: make_house(key, *named) for key, named in HOUSES.items()}
    built.people = {key: make_person(key, built.houses[house], role) for key, (house, role) in PEOPLE.items()}
    house, kept = built.houses, built.records
    kept["open_patent"] = make_patent(1, house["college"], abstract="一种更耐磨的模具。")
    kept["own_patent"] = make_patent(2, house["college"], public=False, title="未公布的本校发明")
    kept["foreign_patent"] = make_patent(3, house["rival"], public=False, title="未公布的他校发明")
    kept["own_need"] = make_need("模具开裂", house["firm"])
    kept["foreign_need"] = make_need("玩具掉色", house["other"])
    kept["own_run"] = make_run("IMP-T-1", house["college"])
    kept["foreign_run"] = make_run("IMP-T-2", house["rival"])
    inventory = Inventory.objects.create(name="示例盘点", cutoff_on=date(2025, 12, 31))
    kept["own_entry"] = make_entry(inventory, kept["open_patent"], house["college"])
    kept["foreign_entry"] = make_entry(inventory, kept["foreign_patent"], house["rival"])
    make_match(kept["own_need"], kept["open_patent"])
    kept["own_push"] = make_push(kept["open_patent"], house["firm"])
    kept["foreign_push"] = make_push(kept["open_patent"], house["other"])
    PushSuggestion.objects.create(
        patent=kept["open_patent"], organisation=house["firm"], rank=1, score=0.5, version="test",
        reasons=[{"code": "own_need", "facts": {"title": "模具开裂"}}],
    )  # fmt: skip
    return built


@pytest.fixture
def more_patents(city: City) -> Callable[[int], None]:
    def make(count: int) -> None:
        for number in range(100, 100 + count):
            make_patent(number, city.houses["college"])

    return make


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once for a module, and taken back whole."""
    from tests.web.world import build_world

    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def plain_refusals() -> Iterator[None]:
    """Pages that say no are blank, and nobody logs them: what they look like is not the matrix's to tell, and drawing
    ten thousand of them takes long."""
    engine: dict[str, Any] = settings.TEMPLATES[0]
    blank = {"404.html": "", "refused.html": "", "403.html": ""}
    loaders: list[Any] = [
        ("django.template.loaders.locmem.Loader", blank),
        (
            "django.template.loaders.cached.Loader",
            ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
        ),
    ]
    changed = {**engine, "APP_DIRS": False, "OPTIONS": {**engine["OPTIONS"], "loaders": loaders}}
    logging.disable(logging.CRITICAL)
    with override_settings(TEMPLATES=[changed]):
        yield
    logging.disable(logging.NOTSET)
