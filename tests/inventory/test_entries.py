"""An entry's words and its way through review: every state and verb, every role."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.inventory.factories import TODAY, actor, entry, hold, organisation, patent
from zhiqiao.core.models import AuditEntry
from zhiqiao.inventory.actions import EntryCorrection, confirm_tier, correct_entry, move_entry, record_replies
from zhiqiao.inventory.models import Appraisal, InventoryEntry, TierDecision
from zhiqiao.inventory.policies import ENTRIES, move_verb
from zhiqiao.inventory.rules.facts import Replies
from zhiqiao.inventory.selectors import current_appraisal, entry_for, entry_to
from zhiqiao.inventory.states import ENTRY_STATES, FILERS, ON_REGISTER, SCREENED
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kernel.transitions import Transition, TransitionTable
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Organisation

pytestmark = pytest.mark.django_db
MOVES = {move.name: move for move in ENTRY_STATES.transitions}


@pytest.fixture
def school() -> Organisation:
    return organisation()


def person_for(name: str, school: Organisation) -> Actor:
    role = min(MOVES[name].who)
    return actor(role, None if role == Role.BUREAU_OFFICER else school)


@pytest.mark.parametrize("state", ENTRY_STATES.states)
def test_every_verb_in_every_state(state: str, school: Organisation) -> None:
    for name, move in MOVES.items():
        record = entry(school, state=state, willing="yes")
        person = person_for(name, school)
        if ENTRY_STATES.allowed(state, name):
            assert move_entry(actor=person, entry=record, move=name).state == move.target
            assert AuditEntry.objects.filter(action=f"inventory.{name}", subject_id=str(record.public_id)).count() == 1
            continue
        with pytest.raises(Conflict, match="transition_not_allowed"):
            move_entry(actor=person, entry=record, move=name)
        assert InventoryEntry.objects.get(pk=record.pk).state == state


def test_the_way_of_the_domain_document(school: Organisation) -> None:
    record, manager = entry(school, willing="yes"), actor(Role.HOLDER_MANAGER, school)
    way = "start_filing submit return_to_filer submit approve_college register start_evaluation place_in_tier promote"
    for move in f"{way} start_conversion complete_conversion".split():
        record = move_entry(actor=manager, entry=record, move=move)
    assert record.state == "converted"
    assert ENTRY_STATES.final_states() == ("converted", "withdrawn")
    assert ON_REGISTER < SCREENED < set(ENTRY_STATES.states)


@pytest.mark.parametrize(
    ("values", "code"),
    [({}, "willing_not_said"), ({"willing": "no"}, "refusal_needs_reason"), ({"willing": "no", "note": "自用"}, None)],
)
def test_a_file_goes_to_review_complete(values: dict[str, Any], code: str | None, school: Organisation) -> None:
    record = entry(school, state="filing", **values)
    if code is None:
        assert move_entry(actor=actor(Role.HOLDER_STAFF, school), entry=record, move="submit").state == "college_review"
        return
    with pytest.raises(Invalid, match=code):
        move_entry(actor=actor(Role.HOLDER_STAFF, school), entry=record, move="submit")


def test_what_is_out_of_stock_moves_nowhere(school: Organisation) -> None:
    record = entry(school, in_stock=False, scope_code="ended")
    with pytest.raises(Invalid, match="entry_out_of_stock"):
        move_entry(actor=actor(Role.HOLDER_STAFF, school), entry=record, move="start_filing")


def test_two_moves_at_once(school: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one moves between our reading and our writing."""
    record, manager = entry(school), actor(Role.HOLDER_MANAGER, school)
    require = TransitionTable.require

    def interrupted(table: TransitionTable, state: str, name: str) -> Transition:
        InventoryEntry.objects.filter(pk=record.pk).update(state="filing")
        return require(table, state, name)

    monkeypatch.setattr(TransitionTable, "require", interrupted)
    with pytest.raises(Conflict, match="entry_changed_meanwhile"):
        move_entry(actor=manager, entry=record, move="start_filing")
    assert not AuditEntry.objects.filter(action="inventory.start_filing").exists()


# Who may what

CITY = {Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR}
BESIDE = ["view_history", "comment", "attach"]
VERBS = ["view", "correct", "confirm_tier", *BESIDE, *map(move_verb, MOVES)]


def expected(role: Role, verb: str, place: str) -> type[Exception] | None:
    if place == "absent" or (role not in CITY and not (role in FILERS and place == "own")):
        return NotFound
    if verb in {"view", "view_history"}:
        return None
    officers = {move_verb(name) for name, move in MOVES.items() if Role.BUREAU_OFFICER in move.who}
    bureau = {"confirm_tier", "comment", "attach"} | officers
    holder = {"correct", "comment", "attach"} | {move_verb(name) for name, move in MOVES.items() if role in move.who}
    if role in {Role.HOLDER_MANAGER, Role.SOE_MANAGER}:
        holder |= {"confirm_tier"}
    allowed = bureau if role == Role.BUREAU_OFFICER else holder if role in FILERS else set()
    return None if verb in allowed else Forbidden


@pytest.mark.parametrize("role", list(Role))
def test_role_and_verb_and_place(role: Role, school: Organisation) -> None:
    assert set(VERBS) | {"take_stock", "suggest_tiers"} == set(ENTRIES.verbs)
    own, foreign = entry(school), entry(organisation("示例学院"))
    person = actor(role, school)
    places = {"own": own.public_id, "foreign": foreign.public_id, "absent": uuid4()}
    for verb in VERBS:
        for place, public_id in places.items():
            error = expected(role, verb, place)
            if error is None:
                assert entry_to(person, verb, public_id).public_id == public_id
            else:
                with pytest.raises(error):
                    entry_to(person, verb, public_id)
    seen = set(ENTRIES.visible(person, InventoryEntry.objects.all()))
    assert seen == {each for each, place in ((own, "own"), (foreign, "foreign")) if not expected(role, "view", place)}


@pytest.mark.parametrize(
    ("patent_values", "scope_code", "seen_by_school", "seen_by_bureau"),
    [
        ({"public": True}, "no_longer_held", True, True),
        ({"public": False}, "no_longer_held", False, True),
        ({"public": False}, "not_granted", True, True),
        ({"withdrawn_at": datetime(2026, 1, 1, tzinfo=UTC)}, "in_stock", False, False),
    ],
)
def test_what_was_never_published_or_was_undone(
    patent_values: dict[str, Any], scope_code: str, seen_by_school: bool, seen_by_bureau: bool, school: Organisation
) -> None:
    record = entry(school, patent(**patent_values), scope_code=scope_code)
    for person, seen in ((actor(Role.HOLDER_MANAGER, school), seen_by_school), (actor(), seen_by_bureau)):
        assert ENTRIES.visible(person, InventoryEntry.objects.all()).exists() is seen
        if not seen:
            with pytest.raises(NotFound):
                confirm_tier(actor=person, entry=record, tier="base", note="")


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_an_appraisal(role: Role, school: Organisation) -> None:
    held, foreign = patent(), patent()
    hold(held, school)
    hold(foreign, organisation("示例学院"))
    for each in (held, foreign):
        Appraisal.objects.create(patent=each, tree_version="t", scene="management", as_of=TODAY, coverage=1)
    person = actor(role, school)
    assert (current_appraisal(person, held.pk) is not None) == (role in CITY | FILERS)
    assert (current_appraisal(person, foreign.pk) is not None) == (role in CITY)


def test_the_public_sees_nothing(school: Organisation) -> None:
    with pytest.raises(NotFound):
        entry_for(PUBLIC, entry(school).public_id)
    assert not ENTRIES.visible(PUBLIC, InventoryEntry.objects.all()).exists()


# The institution's own words


def test_a_correction_is_kept_checked_and_audited(school: Organisation) -> None:
    record, staff = entry(school), actor(Role.HOLDER_STAFF, school)
    said = EntryCorrection("good", "yes", ("open_licence", "assignment"), 6, "not_exploited", " 已小试 ")
    record = correct_entry(actor=staff, entry=record, correction=said)
    assert record.accepted_ways == ["assignment", "open_licence"]
    assert (record.self_grade, record.maturity, record.note) == ("good", 6, "已小试")
    assert AuditEntry.objects.filter(action="inventory.correct_entry").count() == 1
    again = correct_entry(actor=staff, entry=record, correction=EntryCorrection.of(record))
    assert again.updated_at == record.updated_at
    assert AuditEntry.objects.filter(action="inventory.correct_entry").count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"self_grade": "excellent"}, "choice_unknown"),
        ({"willing": "maybe"}, "choice_unknown"),
        ({"accepted_ways": ("barter",)}, "choice_unknown"),
        ({"exploitation": "some"}, "choice_unknown"),
        ({"maturity": 0}, "maturity_range"),
        ({"maturity": 10}, "maturity_range"),
    ],
)
def test_a_wrong_word_is_refused(change: dict[str, Any], code: str, school: Organisation) -> None:
    with pytest.raises(Invalid, match=code):
        correct_entry(
            actor=actor(Role.HOLDER_STAFF, school),
            entry=entry(school),
            correction=replace(EntryCorrection(), **change),
        )


def test_two_corrections_at_once(school: Organisation) -> None:
    record, staff = entry(school), actor(Role.HOLDER_STAFF, school)
    correct_entry(actor=staff, entry=record, correction=EntryCorrection(willing="yes"))
    with pytest.raises(Conflict, match="entry_changed_meanwhile"):
        correct_entry(actor=staff, entry=record, correction=EntryCorrection(willing="no"))
    assert InventoryEntry.objects.get(pk=record.pk).willing == "yes"


def test_what_is_said_and_replied_moves_the_suggestion(school: Organisation) -> None:
    record, staff = entry(school), actor(Role.HOLDER_STAFF, school)
    record = correct_entry(actor=staff, entry=record, correction=EntryCorrection("good", "yes"))
    assert record.suggested_tier == "base"
    firm = actor(Role.ENTERPRISE_MEMBER, organisation("示例公司", "enterprise"))
    assert record_replies(actor=firm, patent_id=record.patent_id, replies=Replies(1, 5.0, intents=1)) == 1
    record.refresh_from_db()
    assert (record.tier, record.suggested_tier, record.intents) == ("promoted", "promoted", 1)
    assert record_replies(actor=firm, patent_id=record.patent_id, replies=Replies(1, 5.0, intents=1)) == 0
    current = TierDecision.objects.get(entry=record, superseded_at__isnull=True)
    assert [each["code"] for each in current.reasons] == ["enterprise_wants_to_talk"]
