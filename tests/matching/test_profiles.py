"""What an organisation says of itself: the ranking goes by it, and whoever refuses is neither looked for nor named."""

from __future__ import annotations

import pytest

from tests.importing.lists import OFFICER, stored
from tests.inventory.factories import actor
from tests.matching.test_pushes import BATTERY, COLLEGE, FILM, called, city, firm, holder, pushed
from zhiqiao.core.models import AuditEntry
from zhiqiao.kernel.errors import Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.actions import suggest_push
from zhiqiao.matching.holding import held_about
from zhiqiao.matching.models import Statement
from zhiqiao.matching.profiling import choose_pushes, state_interest, withdraw_interest
from zhiqiao.matching.pushing import answer_push, correct_lesson
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.matching.rules import AGAINST, Trace, interest
from zhiqiao.matching.selectors import suggestions_for_organisation, suggestions_for_patent
from zhiqiao.parties.actions import merge_organisations
from zhiqiao.registry.models import Patent
from zhiqiao.wording.reasons import sentence

__all__ = ["city"]
pytestmark = pytest.mark.django_db


def suggested(number: int = 1, who: Actor = OFFICER, *, anew: bool = True) -> dict[str, set[str]]:
    """Names of those suggested, with the codes of the reasons."""
    if anew:
        suggest_push(actor=OFFICER, patent=stored(number))
    found = suggestions_for_patent(who, stored(number))
    return {each.organisation.name: {reason["code"] for reason in each.reasons} for each in found}


def say(said: str, *, sort: str = "word", wanted: bool = False, name: str = BATTERY) -> Statement:
    return state_interest(actor=firm(name), organisation=called(name), sort=sort, said=said, wanted=wanted)


def test_who_switches_off_is_neither_shown_nor_found_nor_named_in_a_push() -> None:
    assert BATTERY in suggested()
    choose_pushes(actor=firm(), organisation=called(BATTERY), personalised=False)
    assert BATTERY not in suggested(anew=False) and BATTERY not in suggested()
    assert suggestions_for_organisation(OFFICER, called(BATTERY)) == []
    by_hand = pushed()
    assert (by_hand.personalised, by_hand.reasons, by_hand.need) == (False, [], None)
    choose_pushes(actor=firm(), organisation=called(BATTERY), personalised=True)
    choose_pushes(actor=firm(), organisation=called(BATTERY), personalised=True)
    assert BATTERY in suggested()
    assert AuditEntry.objects.filter(action="matching.choose_pushes").count() == 2


def test_a_refused_word_or_field_keeps_its_patents_away_until_it_is_taken_away() -> None:
    word = say(" 锂电池 ")
    assert BATTERY not in suggested(anew=False) and BATTERY not in suggested()
    assert suggestions_for_organisation(OFFICER, called(BATTERY)) == []
    withdraw_interest(actor=firm(), organisation=called(BATTERY), public_id=word.public_id)
    assert BATTERY in suggested()
    Patent.objects.filter(pk=stored(1).pk).update(main_class="H01M50/403")
    assert say("h01m 10/05", sort="field").value == "H01M"
    assert BATTERY not in suggested()
    with pytest.raises(NotFound):
        withdraw_interest(actor=firm(), organisation=called(BATTERY), public_id=word.public_id)


def test_a_wanted_word_or_field_brings_patents_that_nothing_else_would() -> None:
    assert FILM not in suggested(3)
    say("铣床", wanted=True, name=FILM)
    assert suggested(3)[FILM] == {"own_word"}
    say("铣床", wanted=False, name=FILM)
    assert FILM not in suggested(3)
    Patent.objects.filter(pk=stored(3).pk).update(main_class="B27C5/02")
    say("B27C", sort="field", wanted=True)
    assert suggested(3)[BATTERY] == {"own_field"}


def test_replies_bring_near_patents_nearer_or_further_and_are_not_told_to_others() -> None:
    answer = answer_push(actor=firm(), push=pushed(number=2, to=BATTERY), reply="interested")
    assert "own_reply" in suggested()[BATTERY]
    before = next(
        each.score for each in suggestions_for_patent(OFFICER, stored(1)) if each.organisation.name == BATTERY
    )
    assert "own_reply" not in suggested(who=holder(), anew=False).get(BATTERY, set())
    answer_push(actor=firm(), push=answer, reply="not_our_field")
    assert AGAINST in suggested()[BATTERY]
    after = next(each.score for each in suggestions_for_patent(OFFICER, stored(1)) if each.organisation.name == BATTERY)
    assert after < before
    answer_push(actor=firm(), push=answer, reply="other")
    assert not {"own_reply", AGAINST} & suggested()[BATTERY]


def test_what_speaks_against_never_raises_the_interest() -> None:
    need = Trace("own_need", 0.8)
    assert 0 < interest([need, Trace(AGAINST, 1.0)]) < interest([need, Trace(AGAINST, 0.3)]) < interest([need])
    assert interest([Trace(AGAINST, 1.0)]) == 0


def test_of_its_patents_the_nearest_alone_counts_and_further_needs_count_less() -> None:
    near, further = Trace("own_patent", 0.8), Trace("own_patent", 0.7)
    assert interest([further, near, further, further]) == interest([near]) == pytest.approx(0.48)
    assert interest([near]) < interest([Trace("own_need", 0.8)]) < interest([Trace("own_need", 0.8)] * 2) < 1


def test_a_trace_tells_what_its_score_rests_on() -> None:
    suggest_push(actor=OFFICER, patent=stored(1))
    found = suggestions_for_patent(OFFICER, stored(1))
    told = [each for one in found for each in one.reasons if each["code"] in {"own_patent", "own_need"}]
    assert {each["code"] for each in told} == {"own_patent", "own_need"}
    for each in told:
        assert sum(part["value"] for part in each["facts"]["parts"]) == pytest.approx(each["facts"]["margin"])
        assert f"{each['facts']['margin']:+.2f}" in sentence(each)
    assert "·" not in sentence({"code": "own_patent", "facts": {"title": "kept before"}})


def test_the_page_tells_all_that_the_ranking_goes_by() -> None:
    answer = answer_push(actor=firm(), push=pushed(), reply="price")
    correct_lesson(actor=firm(), push=answer, level=2)
    say("隔膜", wanted=True)
    held = held_about(firm(), called(BATTERY))
    assert held.personalised and [need.title for need in held.needs] == ["求耐高温锂电池隔膜"]
    assert "锂电池" in {each.value for each in held.words}
    assert "隔膜" not in {each.value for each in held.words}, "said by the firm itself"
    assert [(each.statement.value, each.statement.wanted) for each in held.said] == [("隔膜", True)]
    assert [(each.push.pk, each.level) for each in held.replies] == [(answer.pk, 2)]
    Patent.objects.filter(pk=stored(2).pk).update(main_class="B05C5/02")
    assert [(each.value, each.count) for each in held_about(firm(FILM), called(FILM)).fields] == [("B05C", 1)]


def test_what_was_said_follows_a_merger() -> None:
    say("隔膜", wanted=True)
    say("电池")
    say("电池", wanted=True, name=FILM)
    choose_pushes(actor=firm(), organisation=called(BATTERY), personalised=False)
    merge_organisations(actor=OFFICER, absorbed=called(BATTERY), survivor=called(FILM), reason="同一家")
    assert relink_merged() == 1
    held = held_about(firm(FILM), called(FILM))
    assert {(each.statement.value, each.statement.wanted) for each in held.said} == {("隔膜", True), ("电池", True)}
    assert not held.personalised


def test_it_is_the_organisations_own_to_see_and_to_correct() -> None:
    for stranger in (firm(FILM), holder(), actor(Role.CENTRE_OPERATOR, called(COLLEGE))):
        with pytest.raises(NotFound):
            held_about(stranger, called(BATTERY))
        with pytest.raises(NotFound):
            choose_pushes(actor=stranger, organisation=called(BATTERY), personalised=False)
    assert held_about(OFFICER, called(BATTERY)).personalised
    with pytest.raises(Forbidden):
        state_interest(actor=OFFICER, organisation=called(BATTERY), sort="word", said="模具", wanted=False)


@pytest.mark.parametrize(("sort", "said"), [("word", "锂"), ("word", "长" * 31), ("field", "模具"), ("colour", "red")])
def test_what_is_no_field_or_word_is_refused(sort: str, said: str) -> None:
    with pytest.raises(Invalid):
        say(said, sort=sort)
