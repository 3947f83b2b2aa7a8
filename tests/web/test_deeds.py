"""Whatever is written through a register's pages stands in the trail, by whom it was done; and every way to write that
a register declares is tried here, with something that succeeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.web.answers import answer_of
from tests.web.world import PEOPLE, World
from zhiqiao.core.models import AuditEntry, Job
from zhiqiao.inventory.states import ENTRY_STATES
from zhiqiao.kit.catalogue import register_named, registers
from zhiqiao.kit.versions import version_of
from zhiqiao.parties.models import Membership

pytestmark = pytest.mark.django_db
BY_KEY = {person.key: person for person in PEOPLE}


@dataclass(frozen=True)
class Deed:
    """Who does it, to which record (its label in the world), with what said, and how the record stands before. What
    is said may name records as ``{house:<key>}``, ``{membership:<key>}``, ``{patent:<label>}``."""

    person: str
    label: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    action: str = ""


TEXT: Final = "一种更耐磨的模具钢，寿命翻倍。"
LATER: Final = (timezone.now() + timedelta(days=30)).date().isoformat()
FIRM_ROLE: Final = {"role": "enterprise_member", "organisation": "示例模具厂"}
WAITING_JOB: Final = {"state": Job.State.QUEUED, "finished_at": None, "failure": None}
DEEDS: Final[dict[str, Deed]] = {
    "patent/push": Deed("holder", "college", action="matching.suggest_push"),
    "push/new": Deed(
        "bureau", said={"patent": "{patent:published}", "organisation": "{house:rival}"}, action="matching.push"
    ),
    "push/see": Deed("firm", "firm", action="matching.see"),
    "push/answer": Deed("firm", "firm", {"reply": "interested"}, action="matching.answer"),
    "push/correct": Deed(
        "bureau", "firm", {"level": "3"}, before={"state": "answered", "reply": "price", "answered_at": timezone.now()},
        action="matching.correct_lesson",
    ),
    "push/withdraw": Deed("bureau", "firm", action="matching.withdraw"),
    "need/new": Deed("firm", said={"text": TEXT, "organisation": "{house:firm}"}, action="needs.state_need"),
    "need/change": Deed("firm", "firm", {"title": "新题", "text": TEXT}, action="needs.change_need"),
    "need/match": Deed("firm", "firm", action="matching.match_need"),
    "need/publish": Deed("firm", "firm", action="needs.publish_need"),
    "need/hide": Deed("bureau", "foreign, published", action="needs.hide_need"),
    "need/close": Deed("firm", "firm", action="needs.close_need"),
    "organisation/new": Deed(
        "bureau", said={"name": "示例新设公司", "kind": "enterprise"}, action="parties.register_organisation"
    ),
    "organisation/change": Deed(
        "firm", "firm", {"kind": "enterprise", "address": "示例路1号"}, action="parties.describe_organisation"
    ),
    "import/undo": Deed("holder", "college", action="core.undo_import"),
    "entry/change": Deed("holder", "college", {"willing": "yes"}, action="inventory.correct_entry"),
    "entry/confirm": Deed("holder", "college", {"tier": "watch", "note": "示例"}, action="inventory.confirm_tier"),
    "entry/as_suggested": Deed("holder", "college", {"note": "示例"}, action="inventory.confirm_tier"),
    "person/new": Deed(
        "admin",
        said={"username": "new.person", "display_name": "示例", **FIRM_ROLE},
        action="parties.create_user",
    ),
    "person/grant": Deed(
        "admin", "foreign", FIRM_ROLE, action="parties.grant_role"
    ),
    "person/end_role": Deed("admin", "foreign", {"membership": "{membership:nobody}"}, action="parties.end_role"),
    "person/password": Deed("admin", "foreign", action="parties.set_password"),
    "person/close": Deed("admin", "foreign", action="parties.close_login"),
    "job/cancel": Deed("holder", "holder", before=WAITING_JOB, action="core.cancel_job"),
    "job/retry": Deed("holder", "holder", action="core.retry_job"),
    "schedule/change": Deed("admin", "nightly", {"cron": "0 3 * * *"}, action="core.change_schedule"),
    "schedule/run": Deed("admin", "nightly", action="core.run_schedule"),
    "schedule/on": Deed("admin", "nightly", before={"enabled": False}, action="core.switch_schedule"),
    "schedule/off": Deed("admin", "nightly", action="core.switch_schedule"),
    "key/new": Deed("holder", said={"name": "示例", "scopes": ["read"], "last_day": LATER}, action="parties.make_key"),
    "key/revoke": Deed("holder", "holder", action="parties.revoke_key"),
    "hook/new": Deed("holder", said={"name": "示例", "url": "https://example.org/x"}, action="hooks.add_endpoint"),
    "hook/change": Deed("holder", "holder", {"name": "新名", "url": "https://a.org/"}, action="hooks.change_endpoint"),
    "hook/test": Deed("holder", "holder", action="hooks.send_test"),
    "hook/rotate": Deed("holder", "holder", {"overlap": "1"}, action="hooks.rotate_secret"),
    "hook/off": Deed("holder", "holder", action="hooks.switch_off"),
    "hook/on": Deed(
        "holder", "holder", before={"active": False, "disabled_why": "owner"}, action="hooks.switch_on"
    ),
    "delivery/redeliver": Deed("holder", "holder", action="hooks.redeliver"),
}  # fmt: skip
ELSEWHERE: Final = {
    # a file goes with these: tests/web/test_imports.py, tests/importing/test_stopping.py
    "import/again", "import/stop",
    # every one in every state: tests/web/test_moves_walk.py
    *(f"entry/{move.name}" for move in ENTRY_STATES.transitions),
}  # fmt: skip


def test_every_way_to_write_is_tried() -> None:
    declared = set()
    for register in registers():
        declared |= {f"{register.name}/{move.name}" for move in register.moves}
        declared |= {f"{register.name}/new"} if register.create else set()
        declared |= {f"{register.name}/change"} if register.change else set()
    assert set(DEEDS) | ELSEWHERE == declared


def filled(world: World, said: dict[str, Any]) -> dict[str, Any]:
    membership = Membership.objects.get(user=world.city.people["nobody"])
    known = {"{membership:nobody}": str(membership.pk)}
    known |= {f"{{house:{key}}}": str(house.public_id) for key, house in world.city.houses.items()}
    if "{patent:published}" in said.values():
        known["{patent:published}"] = world.record("patent", "published").shown_number
    return {name: known.get(value, value) if isinstance(value, str) else value for name, value in said.items()}


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_done_stands_in_the_trail(world: World, name: str) -> None:
    register, deed = register_named(name.split("/")[0]), DEEDS[name]
    way, said = name.split("/")[1], filled(world, DEEDS[name].said)
    where = reverse(f"{register.name}_new") if way == "new" else ""
    if way != "new":
        stored = register.model._base_manager.filter(pk=world.record(register.name, deed.label).pk)
        if deed.before:
            stored.update(**deed.before)
        record = stored.get()
        if way == "change":
            where = reverse(f"{register.name}_change", args=[record.public_id])
            said["seen"] = version_of(record)
        else:
            where = reverse(f"{register.name}_move", args=[record.public_id, way])
    before = AuditEntry.objects.count()
    told, answer = answer_of(world, BY_KEY[deed.person], "POST", where, said)
    assert told in {302, 200}, getattr(answer.context.get("form"), "errors", told) if answer.context else told
    fresh = list(AuditEntry.objects.order_by("id")[before:])
    assert deed.action in {each.action for each in fresh}
    assert {each.actor_id for each in fresh} == {str(world.city.people[deed.person].public_id)}


@pytest.mark.parametrize(
    ("page", "sent", "action"),
    [("comments", {"text": "示例"}, "core.comment"), ("views", {"name": "示例", "query": "q=x"}, "core.save_view")],
)
def test_words_and_views_stand_in_the_trail_too(world: World, page: str, sent: dict[str, str], action: str) -> None:
    key = [] if page == "views" else [world.record("patent", "college").public_id]
    told, _ = answer_of(world, BY_KEY["holder"], "POST", reverse(f"patent_{page}", args=key), sent)
    assert told == 302 and AuditEntry.objects.filter(action=action).count() == 1
