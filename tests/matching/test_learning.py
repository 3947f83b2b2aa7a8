"""Replies become judged pairs, a new ranking is learnt and held against frozen sets; a person can go back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.importing.lists import OFFICER
from tests.inventory.factories import actor
from tests.web.conftest import make_house, make_patent
from zhiqiao.core.actors import SystemActor
from zhiqiao.core.encoders import DEFAULT_ENCODER
from zhiqiao.core.indexing import index_pending
from zhiqiao.core.jobqueue import enqueue
from zhiqiao.core.jobs import run_job, take_job
from zhiqiao.core.models import AuditEntry, Job, Schedule
from zhiqiao.core.schedules import declare_schedules, enqueue_due
from zhiqiao.kernel.errors import Forbidden, Invalid
from zhiqiao.kit.roles import Role
from zhiqiao.matching import rankers
from zhiqiao.matching.judging import OfReply, judged_pairs, sample_pairs
from zhiqiao.matching.learning import back_to_former, learn, use_ranker
from zhiqiao.matching.models import Push
from zhiqiao.matching.searching import version
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Encumbrance, Patent
from zhiqiao.sample.city import sample_city

pytestmark = pytest.mark.django_db
ANSWERED_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
Answer = Callable[[bool], str]


@pytest.fixture(autouse=True)
def shipped_encoder(settings: Settings) -> None:
    settings.ZHIQIAO_ENCODER = DEFAULT_ENCODER


def laid_down(reply: Answer) -> list[Push]:
    """Firms with needs of the sample's, each pushed the patent that answers it and two that do not; ``reply`` says what
    a firm answers, whether it fits."""
    city, holder = sample_city(), make_house("h", "示例学院", "university")
    found = {each.application_number: each for each in city.patents}
    needs = [need for need in city.needs if need.expected][:14]
    patents = {
        need.number: make_patent(
            place, holder, title=found[need.expected[0]].title, abstract=found[need.expected[0]].abstract
        )
        for place, need in enumerate(needs)
    }
    while index_pending("patents", 30.0).vectors_pending:
        pass
    pushes = []
    for place, need in enumerate(needs):
        firm = make_house(f"f{place}", f"示例第{place}公司", "enterprise")
        # By its public id it is settled which need is kept back: the same ones each time.
        stated = Need.objects.create(
            public_id=UUID(int=place + 1),
            title=need.title,
            content=need.text,
            organisation=firm,
            organisation_name=firm.name,
        )
        pushed = [patents[each.number] for each in (need, needs[place - 1], needs[place - 2])]
        pushes += [answered(patent, firm, stated, reply(not number)) for number, patent in enumerate(pushed)]
    return pushes


def answered(patent: Patent, firm: Organisation, need: Need | None, reply: str) -> Push:
    return Push.objects.create(
        patent=patent, organisation=firm, need=need, state="answered", personalised=True, score=0.5, actor_id="x",
        reply=reply, answered_at=ANSWERED_AT, answered_by="x",
    )  # fmt: skip


def honest(fits: bool) -> str:
    return "interested" if fits else "not_our_field"


def perverse(fits: bool) -> str:
    return honest(not fits)


def test_a_version_is_learnt_serves_and_is_taken_back() -> None:
    delivered = version()
    laid_down(honest)
    made = learn(actor=OFFICER)
    assert made.served and made.replaces == rankers.PACKAGE and made.houses > 5
    assert made.pairs + made.kept_back == 42 and made.kept_back > 0
    assert rankers.serving().version == made.version and version() == f"relevance:{made.version}"
    assert [each.version for each in rankers.versions()] == [made.version]
    assert made.figures["sample"]["new"]["groups"] == 37
    second = learn(actor=OFFICER)
    assert second.version == made.version.replace("-1", "-2") and second.replaces == made.version
    assert back_to_former(actor=OFFICER) == made.version and rankers.serving().version == made.version
    assert back_to_former(actor=OFFICER) == rankers.PACKAGE and version() == delivered
    with pytest.raises(Invalid, match="no_ranker_before"):
        back_to_former(actor=OFFICER)
    use_ranker(actor=OFFICER, version=second.version)
    assert rankers.serving().version == second.version
    actions = AuditEntry.objects.filter(subject_type="matching.ranker").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["matching.learn"] * 2 + ["matching.use_ranker"] * 3


def at_the_first_of_the_month() -> Job:
    declare_schedules()
    Schedule.objects.filter(name="monthly_learning").update(next_due=datetime(2026, 11, 1, tzinfo=UTC))
    Schedule.objects.exclude(name="monthly_learning").update(enabled=False, next_due=None)
    assert enqueue_due() == 1
    job = take_job("learner")
    assert job is not None
    run_job(job, threading.Event())
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_the_clock_learns_in_its_own_name() -> None:
    laid_down(honest)
    job = at_the_first_of_the_month()
    (made,) = rankers.versions()
    assert job.state == Job.State.DONE and rankers.serving().version == made.version
    assert job.result is not None
    assert job.result["about"] == {"version": made.version, "serves": "yes"}
    assert job.result["counts"] == {"judged": made.pairs, "judged_by_deals": 0}
    assert AuditEntry.objects.get(action="matching.learn").actor_id == "system:schedules"


@pytest.mark.django_db(transaction=True)
def test_a_month_with_too_few_replies_is_no_failure() -> None:
    job = at_the_first_of_the_month()
    assert job.state == Job.State.DONE and job.result is not None
    assert job.result["about"] == {"serves": "no", "judged": 0, "least": 20}
    assert rankers.versions() == []


@pytest.mark.django_db(transaction=True)
def test_a_job_learns_with_the_rights_of_whoever_asked_for_it() -> None:
    enqueue(SystemActor("somebody"), "learn", {}, "learn:1")
    job = take_job("learner")
    assert job is not None
    run_job(job, threading.Event())
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job.failure is not None
    assert job.failure["code"] == "forbidden"


def test_each_pair_says_which_reply_it_comes_from() -> None:
    pushes = laid_down(honest)
    made = learn(actor=OFFICER)
    lines = (rankers.folder() / made.version / rankers.PAIRS).read_text(encoding="utf-8").splitlines()
    told = {each["push"]: each for each in map(json.loads, lines)}
    by_id = {str(push.public_id): push for push in pushes}
    assert len(told) == made.pairs and set(told) < set(by_id)
    for push_id, each in told.items():
        push = by_id[push_id]
        assert each["organisation"] == str(push.organisation.public_id) and each["patent"] == push.patent.number
        assert (each["reply"], each["level"]) == (push.reply, 4 if push.reply == "interested" else 1)
        assert each["answered_at"] == "2026-11-20T10:00:00+08:00" and not each["corrected"]


def test_a_version_counts_its_deals_and_says_where_each_stands() -> None:
    pushes = laid_down(honest)
    kept_back = {pair.source.push for pair in judged_pairs() if pair.source and pair.kept_back}
    refused = next(each for each in pushes if each.reply == "not_our_field" and str(each.public_id) not in kept_back)
    signed, on = timezone.localdate(), {"starts_on": timezone.localdate(), "source": "x"}
    licence = Encumbrance.objects.create(
        patent=refused.patent, kind="licence_sole", in_favour_of=refused.organisation.name, **on
    )
    stranger = make_house("z", "示例没有需求的公司", "enterprise")
    Encumbrance.objects.create(patent=refused.patent, kind="licence_sole", in_favour_of=stranger.name, **on)
    made = learn(actor=OFFICER)
    assert (made.deals, made.replies + made.kept_back, made.left_out, made.deals_left_out) == (1, 41, 1, 1)
    lines = (rankers.folder() / made.version / rankers.PAIRS).read_text(encoding="utf-8").splitlines()
    (told,) = [each for each in map(json.loads, lines) if each["by"] == "deal"]
    assert refused.need is not None and told == {
        "by": "deal", "deal": "licence_sole", "organisation": str(refused.organisation.public_id),
        "on": signed.isoformat(), "record": f"encumbrance:{licence.pk}", "told_by": "", "push": str(refused.public_id),
        "reply": "not_our_field", "patent": refused.patent.number, "group": f"need:{refused.need.public_id}",
        "level": 4, "weight": 1.0,
    }  # fmt: skip
    assert rankers.read(made.version) == made


def test_a_version_from_before_deals_can_still_be_read() -> None:
    laid_down(honest)
    made = learn(actor=OFFICER)
    place = rankers.folder() / made.version / rankers.MANIFEST
    told = json.loads(place.read_text(encoding="utf-8"))
    del told["deals"], told["deals_left_out"]
    place.write_text(json.dumps(told), encoding="utf-8")
    (old,) = rankers.versions()
    assert (old.deals, old.replies) == (0, made.pairs)


def test_what_is_worse_is_kept_but_does_not_serve() -> None:
    laid_down(perverse)
    made = learn(actor=OFFICER)
    before, new = (made.figures["sample"][which]["ndcg"] for which in ("before", "new"))
    assert new < before and not made.served
    assert rankers.serving().version != made.version
    assert [each.version for each in rankers.versions()] == [made.version]
    use_ranker(actor=OFFICER, version=made.version)
    assert rankers.serving().version == made.version


def test_corrections_win_and_what_teaches_nothing_is_left_out() -> None:
    pushes = laid_down(honest)
    Push.objects.filter(pk=pushes[0].pk).update(level=2)
    Push.objects.filter(pk=pushes[1].pk).update(level=0)
    Push.objects.filter(pk=pushes[2].pk).update(reply="wrong_contact")
    found = {pair.source.push: pair for pair in judged_pairs() if pair.source}
    assert len(found) == len(pushes) - 2
    first = found[str(pushes[0].public_id)]
    assert first.level == 2 and isinstance(first.source, OfReply) and first.source.corrected


def test_a_push_without_a_need_is_judged_by_the_patents_that_it_rests_on() -> None:
    (push, *_) = laid_down(honest)
    firm = Organisation.objects.get(name="示例第5公司")
    patent = make_patent(99, firm)
    reasons = [{"code": "own_patent", "facts": {"title": "一种模具"}}, {"code": "same_industry", "facts": {}}]
    silent = answered(patent, push.organisation, None, "price")
    Push.objects.filter(pk=silent.pk).update(reasons=reasons)
    (pair,) = [each for each in judged_pairs() if each.source and each.source.push == str(silent.public_id)]
    assert (pair.need, pair.level, pair.weight) == ("一种模具", 3, 0.5)
    assert pair.group == f"house:{push.organisation.public_id}"
    Push.objects.filter(pk=silent.pk).update(reasons=[])
    assert str(silent.public_id) not in {each.source.push for each in judged_pairs() if each.source}


def test_too_few_replies_teach_nothing_and_strangers_teach_nobody() -> None:
    with pytest.raises(Invalid, match="too_few_judgements"):
        learn(actor=OFFICER)
    assert rankers.versions() == []
    with pytest.raises(Forbidden):
        learn(actor=actor(Role.CENTRE_OPERATOR, make_house("c", "示例运营中心", "centre")))
    for name in ("../..", "20260101-1", "", "package/.."):
        with pytest.raises(Invalid, match="ranker_unknown"):
            use_ranker(actor=OFFICER, version=name)


def test_a_broken_version_does_not_stop_the_search() -> None:
    rankers.folder().mkdir()
    (rankers.folder() / rankers.CURRENT).write_text("20260101-1\npackage")
    assert rankers.serving().memory is None
    assert rankers.served_before() == ["20260101-1", rankers.PACKAGE]


def test_the_frozen_set_of_the_sample_does_not_change_by_itself() -> None:
    pairs = sample_pairs()
    assert len({pair.group for pair in pairs}) == 37
    assert {pair.level for pair in pairs} == {1, 4} and all(pair.source is None for pair in pairs)
    needs = {need.number: need.expected for need in sample_city().needs}
    assert all((pair.document.number in needs[pair.group]) is (pair.level == 4) for pair in pairs)
