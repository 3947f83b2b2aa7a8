"""Lists kept under a name, each person's own."""

from __future__ import annotations

import pytest

from tests.kit.conftest import ActorOf
from zhiqiao.core.models import AuditEntry
from zhiqiao.kernel.errors import Invalid, NotFound
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.views import LONGEST_QUERY, MOST_VIEWS, drop_view, first_query, plain_query, save_view, views_of

pytestmark = pytest.mark.django_db


def test_a_view_is_its_owners_and_its_lists(actor: ActorOf) -> None:
    needs, patents = register_named("need"), register_named("patent")
    save_view(actor=actor("firm"), register=needs, name="我的", query="state=open")
    assert [view.name for view in views_of(actor("firm"), needs)] == ["我的"]
    assert not views_of(actor("firm"), patents).exists() and not views_of(actor("bureau"), needs).exists()


def test_the_same_name_again_replaces_it(actor: ActorOf) -> None:
    needs, firm = register_named("need"), actor("firm")
    first = save_view(actor=firm, register=needs, name=" 我的 ", query="state=open")
    again = save_view(actor=firm, register=needs, name="我的", query="state=closed")
    assert first.pk == again.pk and [view.query for view in views_of(firm, needs)] == ["state=closed"]


def test_page_and_view_are_of_the_moment() -> None:
    assert plain_query("?state=open&at=abc&view=x&cols=title") == "state=open&cols=title"


def test_the_list_opens_with_the_newest_first_one(actor: ActorOf) -> None:
    needs, firm = register_named("need"), actor("firm")
    assert first_query(firm, needs) == ""
    save_view(actor=firm, register=needs, name="甲", query="state=open", first=True)
    save_view(actor=firm, register=needs, name="乙", query="state=closed", first=True)
    assert first_query(firm, needs) == "state=closed" and first_query(actor("bureau"), needs) == ""
    assert views_of(firm, needs).filter(first=True).count() == 1


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [("  ", "state=open", "view_name_missing"), ("甲", "q=" + "x" * LONGEST_QUERY, "view_too_long")],
)
def test_what_cannot_be_kept_is_refused(actor: ActorOf, name: str, query: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        save_view(actor=actor("firm"), register=register_named("need"), name=name, query=query)


def test_there_is_an_end_to_views(actor: ActorOf) -> None:
    needs, firm = register_named("need"), actor("firm")
    for number in range(MOST_VIEWS):
        save_view(actor=firm, register=needs, name=f"{number}", query="")
    save_view(actor=firm, register=needs, name="3", query="state=open")  # replaced, not added
    with pytest.raises(Invalid, match="too_many_views"):
        save_view(actor=firm, register=needs, name="一个多", query="")
    assert views_of(firm, needs).count() == MOST_VIEWS


def test_a_view_is_forgotten_by_its_owner_alone(actor: ActorOf) -> None:
    needs, firm = register_named("need"), actor("firm")
    view = save_view(actor=firm, register=needs, name="甲", query="")
    with pytest.raises(NotFound, match="view_not_found"):
        drop_view(actor=actor("bureau"), register=needs, public_id=view.public_id)
    drop_view(actor=firm, register=needs, public_id=view.public_id)
    assert not views_of(firm, needs).exists()
    acts = AuditEntry.objects.filter(subject_id=str(view.public_id)).order_by("id").values_list("action", flat=True)
    assert list(acts) == ["core.save_view", "core.drop_view"]
