"""A push: made by a person, seen, answered in one tap, answered again, taken back; and who learns of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.lists import OFFICER, row, stored, take, write_list
from tests.inventory.factories import actor
from zhiqiao.core.indexing import index_everything
from zhiqiao.core.models import AuditEntry, OutboxEvent
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.actions import suggest_push
from zhiqiao.matching.models import Push, PushState
from zhiqiao.matching.pushing import answer_push, correct_lesson, push_patent, see_push, withdraw_push
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.matching.selectors import pushes_visible_to, waiting_for_reply, with_reasons_for
from zhiqiao.needs.models import Need
from zhiqiao.parties.actions import NewPerson, create_user, grant_role, merge_organisations, refuse_personalised_pushes
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db
TITLE = "一种耐高温锂电池隔膜"
BATTERY, FILM, COLLEGE = "示例电池有限公司", "示例隔膜有限公司", "示例大学"


@pytest.fixture(autouse=True)
def city(tmp_path: Path) -> None:
    """示例大学's patent, a near one of a firm, another firm's need for it that nobody else may read."""
    firms = [
        {"单位名称": COLLEGE, "单位类型": "高等院校"},
        {"单位名称": FILM, "单位类型": "企业"},
        {"单位名称": BATTERY, "单位类型": "企业"},
    ]
    take(write_list(tmp_path / "o.csv", firms), kind="organisations")
    patents = [
        row(1, 专利名称=TITLE, 法律状态="授权"),
        row(2, 专利名称="耐高温锂电池隔膜涂布机", 申请人=FILM, 法律状态="授权"),
        row(3, 专利名称="木工铣床", 法律状态="授权"),
        row(4, 专利名称="一种刨床", 法律状态="未缴年费终止失效"),
    ]
    needs = [{"需求编号": "1", "需求名称": "求耐高温锂电池隔膜", "需求内容": "锂电池隔膜", "企业名称": BATTERY}]
    take(write_list(tmp_path / "p.csv", patents))
    take(write_list(tmp_path / "n.csv", needs), kind="needs")
    index_everything()
    suggest_push(actor=OFFICER, patent=stored(1))


def called(name: str) -> Organisation:
    return Organisation.objects.get(name=name)


def holder() -> Actor:
    return actor(Role.HOLDER_MANAGER, called(COLLEGE))


def firm(name: str = BATTERY) -> Actor:
    return actor(Role.ENTERPRISE_MEMBER, called(name))


def pushed(by: Actor = OFFICER, to: str = BATTERY, number: int = 1) -> Push:
    return push_patent(actor=by, patent=stored(number), organisation=called(to))


def trail(push: Push) -> list[str]:
    entries = AuditEntry.objects.filter(subject_id=str(push.public_id)).order_by("id")
    return [entry.action for entry in entries]


def test_a_push_keeps_why_the_ranking_named_the_firm() -> None:
    push = pushed()
    assert push.personalised and push.score and push.version
    assert push.reasons[0]["code"] == "own_need" and push.need == Need.objects.get()
    assert (push.state, push.reply, trail(push)) == ("pushed", "", ["matching.push"])
    by_hand = pushed(number=3)
    assert (by_hand.personalised, by_hand.reasons, by_hand.score, by_hand.need) == (False, [], None, None)


def test_a_reply_is_changed_by_replying_again_and_its_words_stay_out_of_the_trail() -> None:
    push = see_push(actor=firm(), push=pushed())
    assert push.state == PushState.SEEN and push.seen_at is not None
    push = answer_push(actor=firm(), push=push, reply="price", words=" 请王工联系 ")
    assert (push.state, push.reply, push.words) == ("answered", "price", "请王工联系")
    push = answer_push(actor=firm(), push=push, reply="interested")
    assert (push.state, push.reply, push.words) == ("answered", "interested", "")
    assert trail(push) == ["matching.push", "matching.see", "matching.answer", "matching.answer"]
    assert not AuditEntry.objects.filter(content__contains="王工").exists()
    heard = OutboxEvent.objects.filter(queue="webhooks").values_list("payload__action", flat=True)
    assert {"matching.push", "matching.see", "matching.answer"} <= set(heard)


def test_what_was_answered_or_taken_back_stays_so() -> None:
    push = withdraw_push(actor=OFFICER, push=pushed())
    with pytest.raises(Conflict):
        answer_push(actor=firm(), push=push, reply="interested")
    with pytest.raises(Conflict):
        see_push(actor=firm(), push=push)
    with pytest.raises(Conflict):
        withdraw_push(actor=OFFICER, push=push)
    again = answer_push(actor=firm(), push=pushed(), reply="not_now")
    with pytest.raises(Conflict):
        withdraw_push(actor=OFFICER, push=again)
    with pytest.raises(Invalid, match="reply_unknown"):
        answer_push(actor=firm(), push=again, reply="perhaps")
    stale = Push.objects.get(pk=again.pk)
    Push.objects.filter(pk=again.pk).update(state=PushState.SEEN)
    with pytest.raises(Conflict):
        answer_push(actor=firm(), push=stale, reply="price")


def test_each_sees_their_own_side_alone() -> None:
    push = pushed()
    sees = {
        "bureau": OFFICER, "holder": holder(), "addressee": firm(), "another firm": firm(FILM), "public": PUBLIC,
        "bank": actor(Role.BANK_MEMBER, called(FILM)),
    }  # fmt: skip
    told = {name: pushes_visible_to(who).filter(pk=push.pk).exists() for name, who in sees.items()}
    assert told == {
        "bureau": True, "holder": True, "addressee": True, "another firm": False, "public": False, "bank": False,
    }  # fmt: skip
    with pytest.raises(NotFound):
        answer_push(actor=firm(FILM), push=push, reply="interested")
    with pytest.raises(Forbidden):
        answer_push(actor=holder(), push=push, reply="interested")
    with pytest.raises(Forbidden):
        withdraw_push(actor=firm(), push=push)
    assert list(waiting_for_reply(firm())) == [push] and not waiting_for_reply(holder()).exists()


def test_a_holder_reads_no_reason_that_rests_on_a_hidden_need() -> None:
    push = pushed()
    seen = {}
    for name, who in {"holder": holder(), "firm": firm(), "bureau": OFFICER}.items():
        (read,) = pushes_visible_to(who).filter(pk=push.pk)
        with_reasons_for(who, [read])
        seen[name] = "求耐高温锂电池隔膜" in str(read.reasons)
    assert seen == {"holder": False, "firm": True, "bureau": True}


def test_a_holder_who_names_a_firm_himself_learns_nothing_of_what_the_ranking_knows() -> None:
    push = pushed(by=holder())
    assert (push.personalised, push.reasons, push.need) == (False, [], None)


def test_what_cannot_be_pushed() -> None:
    with pytest.raises(NotFound):
        pushed(by=firm(FILM))
    with pytest.raises(Invalid, match="push_to_holder"):
        pushed(to=COLLEGE)
    with pytest.raises(Invalid, match="push_ended"):
        pushed(number=4)
    Patent.objects.filter(pk=stored(3).pk).update(public=False)
    with pytest.raises(Invalid, match="push_not_published"):
        pushed(number=3)
    pushed()
    with pytest.raises(Conflict, match="pushed_already"):
        pushed()
    assert Push.objects.count() == 1


def test_what_is_taken_back_can_be_pushed_again() -> None:
    withdraw_push(actor=holder(), push=pushed())
    assert pushed().state == PushState.PUSHED


def test_a_person_corrects_what_a_reply_teaches() -> None:
    push = pushed()
    with pytest.raises(Conflict, match="push_not_answered"):
        correct_lesson(actor=OFFICER, push=push, level=4)
    push = answer_push(actor=firm(), push=push, reply="not_now")
    assert correct_lesson(actor=firm(), push=push, level=4).level == 4
    assert correct_lesson(actor=OFFICER, push=push, level=None).level is None
    with pytest.raises(Forbidden):
        correct_lesson(actor=holder(), push=push, level=1)


def test_a_person_who_refuses_personalised_pushes_is_shown_none() -> None:
    push, by_hand = pushed(), pushed(number=3)
    users = [
        create_user(actor=OFFICER, person=NewPerson(name, "示例老板", password="a-quiet-bridge-2026"))
        for name in ("owner", "colleague")
    ]
    for user in users:
        grant_role(actor=OFFICER, user=user, organisation=called(BATTERY), role=Role.ENTERPRISE_MEMBER)
    owner, colleague = map(actor_for, users)
    refuse_personalised_pushes(actor=owner, user=users[0])
    assert set(waiting_for_reply(owner)) == {by_hand}
    assert set(waiting_for_reply(colleague)) == {push, by_hand}


def test_pushes_follow_a_merger_and_the_answered_one_stays() -> None:
    answered = answer_push(actor=firm(), push=pushed(), reply="interested")
    waiting, other = pushed(to=FILM), pushed(to=BATTERY, number=3)
    merge_organisations(actor=OFFICER, absorbed=called(BATTERY), survivor=called(FILM), reason="同一家")
    assert relink_merged() == 1
    states = {push.pk: (push.state, push.organisation.name) for push in Push.objects.all()}
    assert states == {
        answered.pk: ("answered", FILM), waiting.pk: ("withdrawn", FILM), other.pk: ("pushed", FILM),
    }  # fmt: skip
