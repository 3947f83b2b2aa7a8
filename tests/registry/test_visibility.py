"""An unpublished application is its holder's and the city's: in lists, counts, search, matches and pushes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from tests.importing.lists import OFFICER, made_up, row, take, undo, write_list
from tests.inventory.factories import actor
from zhiqiao.core.indexing import index_pending
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.actions import suggest_push
from zhiqiao.matching.searching import Asked
from zhiqiao.matching.selectors import found_for_text
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent
from zhiqiao.registry.selectors import patent_for, patents_visible_to, timeline

pytestmark = pytest.mark.django_db

# The number says in which year it was filed, so three months before may not lie in another.
TODAY = date(2026, 6, 15)
FILED = TODAY - timedelta(days=90)
SECRET = made_up(1, TODAY.year)
TITLE = "一种耐高温锂电池隔膜"


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 15, 2, tzinfo=UTC)):
        yield


@pytest.fixture(params=["day given", "day not given", "status before publication"])
def secret(request: pytest.FixtureRequest, tmp_path: Path) -> Patent:
    """Filed three months ago by 示例大学, beside a published one of 示例电子有限公司."""
    cells = {"申请号": SECRET.dotted, "专利名称": TITLE, "申请人": "示例大学", "申请日": FILED.isoformat()}
    if request.param == "day not given":
        del cells["申请日"]
    if request.param == "status before publication":
        cells["法律状态"] = "初审合格，未公开"
    published = row(2, 专利名称="锂电池隔膜涂布机", 申请人="示例电子有限公司", 法律状态="授权")
    take(write_list(tmp_path / "a.csv", [cells, published]))
    return Patent.objects.get(number=SECRET.key)


def at(name: str, role: str) -> Actor:
    return actor(role, Organisation.objects.get(name=name))


def readers() -> tuple[dict[str, Actor], dict[str, Actor]]:
    mine, theirs = at("示例大学", Role.HOLDER_MANAGER), at("示例电子有限公司", Role.SOE_MANAGER)
    return {"city": OFFICER, "holder": mine}, {"public": PUBLIC, "another": theirs}


@pytest.mark.parametrize("indexed", [True, False])
def test_seen_by_holder_and_city_alone(secret: Patent, indexed: bool) -> None:
    if indexed:
        index_pending("patents")
    seeing, blind = readers()
    for who, reader in seeing.items():
        assert patent_for(reader, SECRET.dotted).pk == secret.pk, who
        assert patents_visible_to(reader).count() == 2, who
        assert secret.pk in {patent.pk for _, patent in found_for_text(reader, TITLE)}, who
    for who, reader in blind.items():
        for identity in (SECRET.dotted, SECRET.key, f"ZL{SECRET.dotted}", str(secret.public_id)):
            with pytest.raises(NotFound):
                patent_for(reader, identity)
        assert patents_visible_to(reader).count() == 1, who
        assert [patent.pk for _, patent in found_for_text(reader, TITLE, Asked(1))] != [secret.pk], who
        assert len(found_for_text(reader, TITLE, Asked(1))) == 1, "what is hidden takes no place"


def test_hidden_and_absent_are_refused_alike(secret: Patent) -> None:
    _, blind = readers()
    said = []
    for identity in (SECRET.dotted, made_up(77, TODAY.year).dotted):
        with pytest.raises(NotFound) as refused:
            patent_for(blind["another"], identity)
        said.append((refused.value.reason, set(refused.value.facts)))
    assert said[0] == said[1]


def test_nobody_is_pushed_to_for_what_he_filed_in_secret(secret: Patent) -> None:
    index_pending("patents")
    published = Patent.objects.exclude(pk=secret.pk).get()
    Organisation.objects.update(kind="enterprise")
    named = {each.organisation.name for each in suggest_push(actor=OFFICER, patent=published)}
    assert "示例大学" not in named
    with pytest.raises(NotFound):
        suggest_push(actor=readers()[1]["another"], patent=secret)


def test_a_former_holder_sees_it_no_longer(secret: Patent, tmp_path: Path) -> None:
    sold = {"申请号": SECRET.dotted, "专利名称": TITLE, "专利权人": "新东家有限公司"}
    run = take(write_list(tmp_path / "b.csv", [sold]))
    former, latter = at("示例大学", Role.HOLDER_MANAGER), at("新东家有限公司", Role.ENTERPRISE_MEMBER)
    with pytest.raises(NotFound):
        patent_for(former, SECRET.dotted)
    assert TITLE not in [patent.title for _, patent in found_for_text(former, TITLE)]
    assert patent_for(latter, SECRET.dotted)
    history = [(h.name, h.superseded_at is None) for h in secret.holdings.order_by("id")]
    assert history == [("示例大学", False), ("新东家有限公司", True)]
    undo(run)
    assert patent_for(former, SECRET.dotted)
    with pytest.raises(NotFound):
        patent_for(latter, SECRET.dotted)


def test_provenance_and_timeline_name_the_file_and_row(secret: Patent) -> None:
    run, day = secret.provenance["title"]
    assert day is None
    (told,) = [each for each in timeline(secret) if each.kind == "import"]
    assert (told.facts["file"], told.facts["row"], told.source) == ("a.csv", 2, "示例来源")
    assert secret.statuses.count() in {0, 1}
    assert run == told.facts.get("run", run)


def test_publication_makes_it_everybodys(secret: Patent, tmp_path: Path) -> None:
    shown = {"申请号": SECRET.dotted, "公开（公告）号": "CN119000001A", "公开（公告）日": TODAY.isoformat()}
    take(write_list(tmp_path / "b.csv", [shown]))
    assert patent_for(PUBLIC, SECRET.dotted).title == TITLE
    assert TITLE in [patent.title for _, patent in found_for_text(PUBLIC, TITLE)]
