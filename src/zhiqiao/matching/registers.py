"""What matching adds to the registers below it: needs are matched, patents are offered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.registers import Move, Register
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.needs import registers as needs
from zhiqiao.needs.models import Need
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.registry import registers as registry
from zhiqiao.registry.models import Patent
from zhiqiao.registry.models.patents import StatusGroup


def state_and_match(actor: Actor, said: Mapping[str, Any]) -> Need:
    """The need is on record whatever the index says; its page offers to match it where that failed."""
    need = needs.state_need(actor, said)
    with suppress(ZhiqiaoError):
        match_need(actor=actor, need=need)
    return need


def match(actor: Actor, need: Need, said: Mapping[str, Any]) -> Need:
    match_need(actor=actor, need=need)
    return need


def push(actor: Actor, patent: Patent, said: Mapping[str, Any]) -> Patent:
    suggest_push(actor=actor, patent=patent)
    return patent


assert needs.NEEDS.create is not None  # noqa: S101 -- a need can be stated, for mypy
NEEDS: Register[Need] = replace(
    needs.NEEDS,
    create=replace(needs.NEEDS.create, act=state_and_match),
    moves=(
        Move(
            "match", _("Find patents"), "match", match, offered=lambda need: need.state == NeedState.OPEN,
            icon="sparkles", tone="primary", done=_("Matched anew."),
        ),
        *needs.NEEDS.moves,
    ),
    events={**needs.NEEDS.events, "matching.match_need": "need.matched"},
)  # fmt: skip
PATENTS: Register[Patent] = replace(
    registry.PATENTS,
    moves=(
        Move(
            "push", _("Find who would care"), "push", push,
            offered=lambda patent: patent.status_group in {StatusGroup.ALIVE, StatusGroup.PENDING},
            icon="send", done=_("Organisations were looked for anew."),
        ),
        *registry.PATENTS.moves,
    ),
    events={**registry.PATENTS.events, "matching.suggest_push": "patent.push_suggested"},
)  # fmt: skip
