"""Words and files beside a record."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.kit.conftest import ActorOf
from tests.web.conftest import City
from zhiqiao.core.blobs import open_blob
from zhiqiao.core.models import AuditEntry
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.discussing import (
    LONGEST_COMMENT,
    add_comment,
    attach_file,
    comments_of,
    files_of,
    withdraw_comment,
    withdraw_file,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def beside(city: City) -> dict[str, Any]:
    return {"register": register_named("need"), "record": city.records["own_need"]}


def test_words_are_read_by_those_who_see_the_history(city: City, actor: ActorOf, beside: dict[str, Any]) -> None:
    add_comment(actor=actor("firm"), text=" 请尽快 \x00答复 ", **beside)
    add_comment(actor=actor("bureau"), text="已收到", **beside)
    read = [each.text for each in comments_of(beside["register"], actor("auditor"), beside["record"])]
    assert read[1] == "已收到" and read[0].startswith("请尽快") and "\x00" not in read[0]
    assert not comments_of(beside["register"], actor("holder"), beside["record"]).exists()


def test_the_trail_keeps_no_words(city: City, actor: ActorOf, beside: dict[str, Any]) -> None:
    add_comment(actor=actor("firm"), text="张三的电话", **beside)
    entry = AuditEntry.objects.get(action="core.comment")
    assert entry.subject_id == str(beside["record"].public_id) and "张三" not in entry.content


def test_who_may_only_read_adds_nothing(city: City, actor: ActorOf, beside: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        add_comment(actor=actor("auditor"), text="看过", **beside)
    with pytest.raises(Forbidden):
        attach_file(actor=actor("auditor"), name="a.txt", stream=io.BytesIO(b"x"), **beside)
    with pytest.raises(NotFound):
        add_comment(actor=actor("holder"), text="看不见", **beside)


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00"])
def test_empty_words_are_refused(city: City, actor: ActorOf, beside: dict[str, Any], text: str) -> None:
    with pytest.raises(Invalid, match="comment_empty"):
        add_comment(actor=actor("firm"), text=text, **beside)


def test_words_without_end_are_refused(city: City, actor: ActorOf, beside: dict[str, Any]) -> None:
    add_comment(actor=actor("firm"), text="长" * LONGEST_COMMENT, **beside)
    with pytest.raises(Invalid, match="text_too_long"):
        add_comment(actor=actor("firm"), text="长" * (LONGEST_COMMENT + 1), **beside)


def test_only_ones_own_words_are_withdrawn_and_once(city: City, actor: ActorOf, beside: dict[str, Any]) -> None:
    comment = add_comment(actor=actor("firm"), text="写错了", **beside)
    with pytest.raises(Forbidden):
        withdraw_comment(actor=actor("bureau"), comment=comment, **beside)
    withdraw_comment(actor=actor("firm"), comment=comment, **beside)
    assert not comments_of(beside["register"], actor("firm"), beside["record"]).exists()
    with pytest.raises(Conflict, match="comment_withdrawn"):
        withdraw_comment(actor=actor("firm"), comment=comment, **beside)


def test_a_file_is_kept_as_it_was_sent_until_it_is_withdrawn(
    city: City, actor: ActorOf, beside: dict[str, Any]
) -> None:
    file = attach_file(actor=actor("firm"), name="图纸.pdf", stream=io.BytesIO(b"%PDF-1"), **beside)
    (kept,) = files_of(beside["register"], actor("bureau"), beside["record"])
    with open_blob(kept.blob) as stream:
        assert (kept.name, stream.read()) == ("图纸.pdf", b"%PDF-1")
    assert not files_of(beside["register"], actor("holder"), beside["record"]).exists()
    withdraw_file(actor=actor("bureau"), file=file, **beside)
    assert not files_of(beside["register"], actor("bureau"), beside["record"]).exists()


def test_words_stay_beside_their_record(city: City, actor: ActorOf, beside: dict[str, Any]) -> None:
    add_comment(actor=actor("bureau"), text="这一条", **beside)
    assert not comments_of(beside["register"], actor("bureau"), city.records["foreign_need"]).exists()
