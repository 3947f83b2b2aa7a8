from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.gazette import GAZETTE_EVENTS, gazette_event
from zhiqiao.kernel.legal_status import GROUP_OF_PHASE, OVERLAYS, parse_legal_status, status_after


@pytest.mark.parametrize(
    ("words", "group", "phase"),
    [
        ("授权", "alive", "granted"),
        ("授权公告", "alive", "granted"),
        ("有效", "alive", "in_force"),
        ("有权", "alive", "in_force"),
        ("专利权维持", "alive", "maintained"),
        ("维持专利权有效", "alive", "maintained"),
        ("等年费滞纳金", "alive", "in_grace"),
        ("部分无效", "alive", "partially_invalidated"),
        ("宣告专利权部分无效", "alive", "partially_invalidated"),
        ("专利权的恢复", "alive", "restored"),
        ("专利权的转移", "alive", "in_force"),
        ("公开", "pending", "published"),
        ("实质审查的生效", "pending", "examination"),
        ("等待实审提案", "pending", "examination"),
        ("审中", "pending", "pending"),
        ("未授权", "pending", "pending"),
        ("驳回理由通知", "pending", "office_action"),
        ("一通审查意见答复", "pending", "office_action"),
        ("驳回等复审请求", "pending", "reexamination"),
        ("等年登印费", "pending", "allowed"),
        ("授予专利权的通知", "pending", "allowed"),
        ("驳回", "dead", "rejected"),
        ("发明专利申请公布后的驳回", "dead", "rejected"),
        ("复审维持驳回", "dead", "rejected"),
        ("失效", "dead", "inactive"),
        ("无效", "dead", "inactive"),
        ("全部无效", "dead", "invalidated"),
        ("无效宣告失效", "dead", "invalidated"),
        ("无效宣告请求审查决定全部无效", "dead", "invalidated"),
        ("未缴年费专利权终止", "dead", "lapsed_unpaid"),
        ("未缴年费终止失效", "dead", "lapsed_unpaid"),
        ("专利权的终止(未缴年费专利权终止)", "dead", "lapsed_unpaid"),
        ("专利权的终止专利权有效期届满", "dead", "expired"),
        ("届满终止失效", "dead", "expired"),
        ("避免重复授权", "dead", "abandoned"),
        ("视为放弃取得专利权", "dead", "abandoned"),
        ("逾期视撤失效", "dead", "deemed_withdrawn"),
        ("发明专利申请公布后的视为撤回", "dead", "deemed_withdrawn"),
        ("撤回专利申请", "dead", "withdrawn"),
        ("权利终止", "dead", "terminated"),
        ("未缴年费专利权终止，等恢复", "restorable", "awaiting_restoration"),
        ("等恢复", "restorable", "awaiting_restoration"),
        ("In force", "alive", "in_force"),
        ("INACTIVE", "dead", "inactive"),
    ],
)
def test_words_of_many_sources(words: str, group: str, phase: str) -> None:
    status = parse_legal_status(words)
    assert (status.group, status.phase, status.overlays) == (group, phase, frozenset())


@pytest.mark.parametrize(
    "words",
    [
        "天知道",
        "",
        None,
        "结案",
        "所有权人变更",
        "著录事项变更",
        "专利申请权、专利权的转移",
        "PCT指定期满",
        "未确认",
        "未质押",
        "拟放弃",
        "无许可",
        "终止;恢复",
        "驳回;授权",
        12,
        "授权" * 200,
    ],
)
def test_what_is_not_known_or_contradicts_itself_is_not_guessed(words: object) -> None:
    assert parse_legal_status(words).group == "unknown"


def test_unpaid_alone_is_no_lapse_but_explains_one() -> None:
    assert parse_legal_status("未缴年费").group == "unknown"
    assert parse_legal_status("失效|未缴年费").phase == "lapsed_unpaid"


@pytest.mark.parametrize(
    ("words", "group", "phase"),
    [
        ("授权/实质审查/公开", "alive", "granted"),
        ("有效,授权", "alive", "granted"),
        ("失效;驳回", "dead", "rejected"),
        ("公开;驳回", "dead", "rejected"),
        ("授权;专利权的终止", "dead", "terminated"),
        ("等恢复;授权", "restorable", "awaiting_restoration"),
        ("专利权的转移;授权;实质审查的生效;公开", "alive", "granted"),
        ("失效-届满", "dead", "expired"),
    ],
)
def test_several_words_in_one_cell(words: str, group: str, phase: str) -> None:
    status = parse_legal_status(words)
    assert (status.group, status.phase) == (group, phase)


@pytest.mark.parametrize(
    ("words", "overlays"),
    [
        ("质押", {"pledged"}),
        ("授权,质押", {"pledged"}),
        ("专利权质押合同登记的生效", {"pledged"}),
        ("专利权质押合同登记的注销", set()),
        ("专利权质押合同登记的生效、变更及注销", {"pledge_unclear"}),
        ("质押期限届满", {"pledge_unclear"}),
        ("专利实施许可合同备案的生效", {"licensed"}),
        ("专利实施许可合同备案的注销", set()),
        ("开放许可", {"open_licence"}),
        ("开放许可声明的撤回", set()),
        ("专利权的保全", {"preserved"}),
        ("专利权保全的解除", set()),
        ("无效宣告请求审查", {"invalidation_pending"}),
        ("授权;质押;许可", {"pledged", "licensed"}),
    ],
)
def test_overlays_lie_on_top_of_a_living_patent(words: str, overlays: set[str]) -> None:
    status = parse_legal_status(words)
    assert status.overlays == overlays
    assert status.group == "alive"


def test_a_dead_patent_may_still_be_pledged_on_paper() -> None:
    status = parse_legal_status("未缴年费专利权终止;质押")
    assert (status.group, status.overlays) == ("dead", frozenset({"pledged"}))


@pytest.mark.parametrize(
    ("code", "group", "overlays"),
    [
        ("AV01", "dead", set()),
        ("cf01", "dead", set()),
        ("CX01", "dead", set()),
        ("IW01", "dead", set()),
        ("IP01", "alive", set()),
        ("RR01", "alive", set()),
        ("GR01", "alive", set()),
        ("PB01", "pending", set()),
        ("PE01", "alive", {"pledged"}),
        ("PC01", "alive", set()),
        ("EE01", "alive", {"licensed"}),
        ("PP01", "alive", {"preserved"}),
        ("TR01", "alive", set()),
        ("CB03", "unknown", set()),
        ("DD01", "unknown", set()),
    ],
)
def test_gazette_codes_as_words(code: str, group: str, overlays: set[str]) -> None:
    status = parse_legal_status(code)
    assert status.group == group
    assert status.overlays == overlays


def test_every_gazette_event_is_whole() -> None:
    for code, event in GAZETTE_EVENTS.items():
        assert gazette_event(code.lower()) is event
        assert event.zh
        assert event.en
        assert (event.burden is None) == (event.effect is None)
        assert event.phase is None or event.phase in GROUP_OF_PHASE
        assert status_after(event).overlays <= OVERLAYS
    assert gazette_event("ZZ99") is None
    assert {code: GAZETTE_EVENTS[code].effect for code in ("PE01", "PM01", "PC01")} == {
        "PE01": "begins",
        "PM01": "changes",
        "PC01": "ends",
    }


@given(
    st.text("授权驳回理由通知无效质押许可恢复终止等的;,|/未缴年费申请PE01 ") | st.text() | st.floats() | st.integers()
)
def test_anything_gives_a_consistent_status(raw: object) -> None:
    status = parse_legal_status(raw)
    assert GROUP_OF_PHASE[status.phase] == status.group
    assert status.overlays <= OVERLAYS
