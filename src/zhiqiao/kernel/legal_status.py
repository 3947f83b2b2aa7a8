"""What the many words for a patent's legal status mean (domain.md §11.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from zhiqiao.kernel.gazette import GazetteEvent, gazette_event
from zhiqiao.kernel.text import compact, plain

Group = Literal["alive", "pending", "dead", "restorable", "unknown"]

GROUP_OF_PHASE: Final[dict[str, Group]] = {
    "granted": "alive",
    "maintained": "alive",
    "in_grace": "alive",
    "restored": "alive",
    "partially_invalidated": "alive",
    "in_force": "alive",
    "filed": "pending",
    "published": "pending",
    "examination": "pending",
    "office_action": "pending",
    "reexamination": "pending",
    "allowed": "pending",
    "pending": "pending",
    "lapsed_unpaid": "dead",
    "expired": "dead",
    "abandoned": "dead",
    "invalidated": "dead",
    "rejected": "dead",
    "deemed_withdrawn": "dead",
    "withdrawn": "dead",
    "revoked": "dead",
    "not_accepted": "dead",
    "terminated": "dead",
    "inactive": "dead",
    "awaiting_restoration": "restorable",
    "unpaid": "unknown",
    "unknown": "unknown",
}
"""Every phase, in the order in which an earlier one of the same group says more than a later one."""

OVERLAYS: Final = frozenset(
    {
        "pledged",
        "licensed",
        "open_licence",
        "preserved",
        "invalidation_pending",
        "pledge_unclear",
        "licence_unclear",
        "preservation_unclear",
    }
)
"""Marks beside the status. ``…_unclear``: the words name the burden's beginning and end in one title."""

_OVERLAY_OF_BURDEN: Final = {"pledge": "pledged", "licence": "licensed", "preservation": "preserved"}


@dataclass(frozen=True, slots=True)
class LegalStatus:
    """``group`` decides, ``phase`` tells more, ``overlays`` (pledged, licensed, …) lie on top of either."""

    group: Group
    phase: str
    overlays: frozenset[str] = frozenset()


UNKNOWN: Final = LegalStatus("unknown", "unknown")

_BURDENS: Final = (
    (re.compile(r"开放许可|OPENLICEN[CS]E"), "open_licence", "licence_unclear"),
    (re.compile(r"许可|LICEN[CS]E"), "licensed", "licence_unclear"),
    (re.compile(r"质押|出质|PLEDGE"), "pledged", "pledge_unclear"),
    (re.compile(r"保全|查封|冻结"), "preserved", "preservation_unclear"),
)
_BEGUN = re.compile(r"生效|设立|(?<!解)除?登记(?=$|[)(])|变更")
_ENDED = re.compile(r"注销|解除|撤回|撤销|终止|失效|解封|解冻|已?结束")
_NOT_YET = re.compile(r"拟|未|无(?!偿)|(?<!许)可|意向|意愿|否|不")
_RAN_OUT = re.compile(r"届满|期满|到期")

# The first pattern that is found decides, so what negates or qualifies a word stands above the word itself.
_RULES: Final = tuple(
    (re.compile(pattern), phase)
    for pattern, phase in (
        (r"[等待可]恢复|恢复期|恢复权利请求期", "awaiting_restoration"),
        (r"PCT|国际(?:申请|公布|阶段)|未确认|非正常|不详|未知|暂缺", "unknown"),
        (r"[未待前拟].{0,2}公[开布]|公[开布]前", "filed"),
        (r"未生效|尚未|拟(?:放弃|撤回)", "unknown"),
        (r"驳回理由|驳回意见|审查意见|补正", "office_action"),
        (r"维持驳回", "rejected"),
        (r"复审", "reexamination"),
        (r"^(?!.*请求).*全部无效|决定.*全部无效", "invalidated"),
        (r"维持(?:专利权)?(?:全部)?有效|专利权维持|^维持$", "maintained"),
        (r"部分(?:宣告)?(?:无效|有效|撤销)|无效\(部分\)", "partially_invalidated"),
        (r"无效(?:宣告)?(?:的?请求|程序|审查|审理|受理|口审|立案|案件)|请求(?:宣告)?无效", "in_force"),
        (r"不再有效|非有效", "inactive"),
        (r"(?:申请|视撤|视为撤回|撤回).*恢复", "pending"),
        (r"恢复", "restored"),
        (r"滞纳", "in_grace"),
        (r"放弃|避免重复?授权|重复授权", "abandoned"),
        (r"等年登|年登印费|办理登记|办登|授予?专利权?的?通知|授权通知", "allowed"),
        (r"全部无效|宣告无效|无效宣告", "invalidated"),
        (r"届满|期满|到期", "expired"),
        (r"(?:未[缴交]|欠)纳?(?:专利)?(?:年费|费).*(?:终止|失效|失权|无效)", "lapsed_unpaid"),
        (r"(?:终止|失效|失权|无效).*(?:未[缴交]|欠)纳?(?:专利)?(?:年费|费)|(?:年费|费用)终止", "lapsed_unpaid"),
        (r"(?:未[缴交]|欠)纳?(?:专利)?年?费", "unpaid"),
        (r"视为?撤|视为(?:主动)?撤回", "deemed_withdrawn"),
        (r"撤回", "withdrawn"),
        (r"撤销", "revoked"),
        (r"不予?受理", "not_accepted"),
        (r"驳回", "rejected"),
        (r"终止", "terminated"),
        (r"失效|无效|无权|失权|丧失", "inactive"),
        (r"未授权|未决", "pending"),
        (r"实质?审|审查|初审", "examination"),
        (r"审中|在审|待审|申请中|未审", "pending"),
        (r"授权|授予", "granted"),
        (r"公开|公布", "published"),
        (r"受理", "filed"),
        (r"申请权", "unknown"),
        (r"有效|(?<!所)有权|存续|专利权的?(?:转移|转让)|专利权人的?(?:姓名|名称|地址)", "in_force"),
    )
)
_INVALIDATION_PENDING = re.compile(r"无效(?:宣告)?(?:的?请求|程序|审查|审理|受理|口审|立案|案件)|请求(?:宣告)?无效")
_ENGLISH: Final = {
    "ACTIVE": "in_force",
    "ALIVE": "in_force",
    "INFORCE": "in_force",
    "VALID": "in_force",
    "GRANTED": "granted",
    "GRANT": "granted",
    "PENDING": "pending",
    "PUBLISHED": "published",
    "EXAMINATION": "examination",
    "UNDEREXAMINATION": "examination",
    "ALLOWED": "allowed",
    "INACTIVE": "inactive",
    "DEAD": "inactive",
    "INVALID": "inactive",
    "NOTINFORCE": "inactive",
    "CEASED": "terminated",
    "TERMINATED": "terminated",
    "LAPSED": "terminated",
    "EXPIRED": "expired",
    "WITHDRAWN": "withdrawn",
    "REJECTED": "rejected",
    "REFUSED": "rejected",
    "ABANDONED": "abandoned",
    "REVOKED": "revoked",
    "INVALIDATED": "invalidated",
}
_LONGEST_CLAUSE: Final = 200
"""A longer one is a paragraph, in which single words prove nothing."""
_CLAUSES = re.compile(r"[;,|/。\n]+")
_ENDS_A_PATENT: Final = frozenset(
    {"lapsed_unpaid", "expired", "abandoned", "invalidated", "revoked", "terminated", "inactive"}
)
_SAYS_MORE: Final = {phase: rank for rank, phase in enumerate(GROUP_OF_PHASE)}


def parse_legal_status(raw: object) -> LegalStatus:
    """Read a source's own words, a gazette code, or several of them in one cell.

    Words that are not known, or that contradict each other, give ``unknown``: keep the source's words beside
    it. Bare overlays (质押, 许可) say that the patent is in force. Never raises.
    """
    return _parse(plain(raw))


@lru_cache(maxsize=4096)
def _parse(raw: str) -> LegalStatus:
    clauses = [clause for clause in _CLAUSES.split(compact(raw.replace("\n", ";"))) if clause]
    return _joined([_read_clause(clause) for clause in clauses])


def status_after(event: GazetteEvent) -> LegalStatus:
    """What one gazette event alone says; ``unknown`` where it leaves the status as it was."""
    if event.phase:
        return LegalStatus(GROUP_OF_PHASE[event.phase], event.phase)
    if event.burden:
        begun = event.effect != "ends"
        return LegalStatus("alive", "in_force", frozenset({_OVERLAY_OF_BURDEN[event.burden]} if begun else ()))
    return LegalStatus("alive", "in_force") if event.code in ("TR01", "CP01", "CP02", "CP03") else UNKNOWN


def _read_clause(clause: str) -> LegalStatus:
    if len(clause) > _LONGEST_CLAUSE:
        return UNKNOWN
    if event := gazette_event(clause):
        return status_after(event)
    if english := _ENGLISH.get(clause):
        return LegalStatus(GROUP_OF_PHASE[english], english)
    for pattern, held, unclear in _BURDENS:
        if pattern.search(clause):
            return _read_burden(clause, held, unclear)
    phase = next((phase for pattern, phase in _RULES if pattern.search(clause)), "unknown")
    pending = phase == "in_force" and _INVALIDATION_PENDING.search(clause)
    return LegalStatus(GROUP_OF_PHASE[phase], phase, frozenset({"invalidation_pending"}) if pending else frozenset())


def _read_burden(clause: str, held: str, unclear: str) -> LegalStatus:
    """A pledge, licence or preservation. 注销 and the like end it; a title that names both ends tells nothing."""
    if _NOT_YET.search(clause):
        return UNKNOWN
    ended, begun = _ENDED.search(clause), _BEGUN.search(clause)
    if _RAN_OUT.search(clause) or (ended and begun):
        # A debt past its term still burdens the patent until the entry is cancelled.
        return LegalStatus("alive", "in_force", frozenset({unclear}))
    return LegalStatus("alive", "in_force", frozenset() if ended else frozenset({held}))


def _joined(read: Iterable[LegalStatus]) -> LegalStatus:
    """One status out of several clauses: the later stage of a life counts, contradiction is unknown."""
    parts = list(read)
    overlays = frozenset[str]().union(*(part.overlays for part in parts))
    phases = {part.phase for part in parts} - {"unknown"}
    groups = {GROUP_OF_PHASE[phase] for phase in phases} - {"unknown"}
    if not groups:
        return LegalStatus("unknown", "unpaid" if phases else "unknown", overlays)
    group = _leading(groups, phases)
    if group == "unknown":
        return LegalStatus("unknown", "unknown", overlays)
    if group == "dead" and "unpaid" in phases and phases & {"inactive", "terminated"}:
        return LegalStatus("dead", "lapsed_unpaid", overlays)
    phase = min((phase for phase in phases if GROUP_OF_PHASE[phase] == group), key=_SAYS_MORE.__getitem__)
    return LegalStatus(group, phase, overlays)


def _leading(groups: set[Group], phases: set[str]) -> Group:
    """The group that several clauses amount to."""
    ended = {phase for phase in phases if GROUP_OF_PHASE[phase] == "dead"}
    if "restored" in phases and (ended or "restorable" in groups):
        return "unknown"
    if "restorable" in groups:
        return "restorable"
    if ended:
        # What ends a patent may follow its grant; what ends an application may not.
        return "dead" if "alive" not in groups or ended & _ENDS_A_PATENT else "unknown"
    return "alive" if "alive" in groups else "pending"
