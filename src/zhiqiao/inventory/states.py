"""How one patent's file goes through the stocktaking (domain §1.2, §14)."""

from __future__ import annotations

from typing import Final

from zhiqiao.kernel.transitions import Transition, TransitionTable

FILERS: Final = frozenset({"holder_staff", "holder_manager", "soe_manager"})
SCHOOL: Final = frozenset({"holder_manager", "soe_manager"})
BUREAU: Final = frozenset({"bureau_officer"})

TO_FILE: Final = "to_file"
FILING: Final = "filing"
COLLEGE_REVIEW: Final = "college_review"
SCHOOL_REVIEW: Final = "school_review"
REGISTERED: Final = "registered"
EVALUATING: Final = "evaluating"
TIERED: Final = "tiered"
PROMOTING: Final = "promoting"
CONVERTING: Final = "converting"
CONVERTED: Final = "converted"
WITHDRAWN: Final = "withdrawn"

SCREENED: Final = frozenset({SCHOOL_REVIEW, REGISTERED, EVALUATING, TIERED, PROMOTING, CONVERTING, CONVERTED})
"""Past the college's review: somebody has looked at the patent and let it through."""
ON_REGISTER: Final = SCREENED - {SCHOOL_REVIEW}

FILED_COMPLETELY: Final = "filed_completely"
"""Guard: willingness is said, and a refusal has its reason (domain §1.3)."""

ENTRY_STATES: Final = TransitionTable(
    states=(
        TO_FILE, FILING, COLLEGE_REVIEW, SCHOOL_REVIEW, REGISTERED, EVALUATING, TIERED, PROMOTING, CONVERTING,
        CONVERTED, WITHDRAWN,
    ),
    transitions=(
        Transition("start_filing", frozenset({TO_FILE}), FILING, FILERS, label="开始建档"),
        Transition("submit", frozenset({FILING}), COLLEGE_REVIEW, FILERS, FILED_COMPLETELY, "提交学院审"),
        # Institutes, hospitals and firms have no colleges: their one review is the last one.
        Transition("submit_to_school", frozenset({FILING}), SCHOOL_REVIEW, FILERS, FILED_COMPLETELY, "直接提交终审"),
        Transition("approve_college", frozenset({COLLEGE_REVIEW}), SCHOOL_REVIEW, FILERS, label="学院审通过"),
        Transition("return_to_filer", frozenset({COLLEGE_REVIEW, SCHOOL_REVIEW}), FILING, FILERS, label="退回修改"),
        Transition("register", frozenset({SCHOOL_REVIEW}), REGISTERED, SCHOOL, label="学校审通过并入库"),
        Transition("reopen", frozenset({REGISTERED, EVALUATING, TIERED}), FILING, SCHOOL, label="重新建档"),
        Transition("start_evaluation", frozenset({REGISTERED}), EVALUATING, SCHOOL | BUREAU, label="开始评价"),
        Transition("place_in_tier", frozenset({REGISTERED, EVALUATING}), TIERED, SCHOOL | BUREAU, label="分层"),
        Transition("promote", frozenset({TIERED}), PROMOTING, SCHOOL | BUREAU, label="开始推广"),
        Transition("start_conversion", frozenset({TIERED, PROMOTING}), CONVERTING, SCHOOL, label="进入转化"),
        Transition("complete_conversion", frozenset({CONVERTING}), CONVERTED, SCHOOL, label="完成转化"),
        Transition("resume_promotion", frozenset({CONVERTING}), PROMOTING, SCHOOL, label="转化未成"),
        Transition(
            "withdraw", frozenset({REGISTERED, EVALUATING, TIERED, PROMOTING, CONVERTING}), WITHDRAWN, SCHOOL,
            label="退出",
        ),
    ),
    initial=TO_FILE,
)  # fmt: skip
