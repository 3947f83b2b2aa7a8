"""What the ranking holds about an organisation, for programs: read, corrected, switched off; and each for themself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Programs, told
from tests.web.conftest import City
from zhiqiao.core.models import AuditEntry
from zhiqiao.matching.models import Profile, Push, Statement
from zhiqiao.registry.models import Encumbrance, Patent

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(city: City) -> str:
    return f"organisations/{city.houses['firm'].public_id}/ranking/"


def test_the_firm_reads_what_is_held_and_corrects_it(programs: Programs, place: str) -> None:
    program = programs.of("firm")
    read = program.get(place)
    held, etag = told(read), read.headers["ETag"]
    assert held["personalised"] and held["may_change"] and held["moves"] == ["state", "take_away"]
    assert [each["register"] for each in held["needs"]] == ["need"] and held["said"] == []
    assert program.get(place, If_None_Match=etag).status_code == 304
    stated = program.post(f"{place}state/", {"sort": "word", "said": "玩具", "wanted": False}, If_Match=etag)
    assert stated.status_code == 200 and stated.headers["ETag"] != etag
    (said,) = told(stated)["said"]
    assert (said["sort"], said["value"], said["wanted"]) == ("word", "玩具", False)
    late = program.post(f"{place}state/", {"sort": "word", "said": "模具"}, If_Match=etag)
    assert (late.status_code, late.headers["ETag"]) == (412, stated.headers["ETag"])
    fresh = program.post(f"{place}state/", {"sort": "field", "said": "b29c 45/17"}, If_Match=stated.headers["ETag"])
    assert {(each["value"], each["wanted"]) for each in told(fresh)["said"]} == {("玩具", False), ("B29C", True)}
    gone = program.post(f"{place}take_away/", {"id": said["id"]}, If_Match=fresh.headers["ETag"])
    assert [each["value"] for each in told(gone)["said"]] == ["B29C"]
    assert program.post(f"{place}take_away/", {"id": said["id"]}, If_Match="*").status_code == 404
    refused = program.post(f"{place}state/", {"sort": "field", "said": "玩具"}, If_Match="*")
    assert (refused.status_code, told(refused)["code"]) == (422, "field_of_ipc")


def test_the_switch_is_one_of_the_organisation_and_one_of_each_person(
    programs: Programs, city: City, place: str
) -> None:
    program, house = programs.of("firm"), city.houses["firm"]
    assert program.patch(place, {"personalised": False}).status_code == 428
    off = program.patch(place, {"personalised": False}, If_Match=program.get(place).headers["ETag"])
    assert (off.status_code, told(off)["personalised"]) == (200, False)
    assert not Profile.objects.get(organisation=house).personalised
    twice = {"Idempotency_Key": "switch-1", "If_Match": off.headers["ETag"]}
    answers = [program.patch(place, {"personalised": True}, **twice) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200] and answers[1].headers["Idempotency-Replayed"] == "true"
    assert AuditEntry.objects.filter(action="matching.choose_pushes").count() == 2
    assert program.patch(place, {"personalised": None}, If_Match="*").status_code == 422

    me = program.get("me")
    assert told(me)["personalised"]
    mine = program.patch("me", {"personalised": False}, If_Match=me.headers["ETag"])
    assert (mine.status_code, told(mine)["personalised"]) == (200, False)
    city.people["firm"].refresh_from_db()
    assert not city.people["firm"].personalised and Profile.objects.get(organisation=house).personalised
    assert program.patch("me", {}, If_Match=me.headers["ETag"]).status_code == 412


def test_it_is_within_the_scopes_of_pushes(programs: Programs, place: str) -> None:
    def asked(scope: str) -> list[int]:
        program = programs.of("firm", scope)
        writes: list[Any] = [program.patch(path, {}, If_Match="*") for path in (place, "me")]
        return [each.status_code for each in (program.get(place), *writes)]

    assert asked("organisations:write") == [403, 403, 403]
    assert asked("pushes:read") == [200, 403, 403]
    assert asked("pushes:write") == [200, 200, 200]


def test_it_is_the_organisations_own(programs: Programs, place: str) -> None:
    for stranger in ("holder", "centre", "soe", "bank", "admin"):
        assert programs.of(stranger).get(place).status_code == 404
    bureau = programs.of("bureau")
    read = bureau.get(place)
    assert told(read)["moves"] == [] and not told(read)["may_change"]
    assert bureau.patch(place, {"personalised": False}, If_Match=read.headers["ETag"]).status_code == 403
    foreign = Statement.objects.create(
        organisation=programs.city.houses["other"], sort="word", value="木马", wanted=True, actor_id="x"
    )
    gone = programs.of("firm").post(f"{place}take_away/", {"id": str(foreign.public_id)}, If_Match="*")
    assert gone.status_code == 404


def test_it_tells_what_replies_and_deals_teach(programs: Programs, city: City, place: str) -> None:
    push: Push = city.records["own_push"]
    Push.objects.filter(pk=push.pk).update(state="answered", reply="price", answered_at=push.pushed_at)
    patent: Patent = city.records["open_patent"]
    need = city.records["own_need"]
    licence = Encumbrance.objects.create(
        patent=patent, kind="licence_sole", in_favour_of=city.houses["firm"].name, starts_on="2100-01-01", source="x"
    )
    held = told(programs.of("firm").get(place))
    assert [(each["reply"], each["level"]) for each in held["replies"]] == [("price", None)], "the deal counts instead"
    (deal,) = held["deals"]
    assert (deal["kind"], deal["on"], deal["level"], deal["told_by"]) == ("licence_sole", "2100-01-01", 4, None)
    assert (deal["patent"]["id"], deal["need"]["id"]) == (str(patent.public_id), str(need.public_id))
    Encumbrance.objects.filter(pk=licence.pk).update(withdrawn_at=push.pushed_at)
    held = told(programs.of("firm").get(place))
    assert (held["deals"], [each["level"] for each in held["replies"]]) == ([], [3])
