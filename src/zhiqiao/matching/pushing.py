"""What happens to pushes: a person has a patent brought before an organisation, which replies in one tap."""

from __future__ import annotations

from typing import Any

from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_text
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.models import PUSH_STATES, Push, PushState, PushSuggestion, Reply
from zhiqiao.matching.models.pushes import WAITING
from zhiqiao.matching.policies import PUSHES
from zhiqiao.matching.selectors import suggestions_for_patent
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent
from zhiqiao.registry.models.patents import StatusGroup

LONGEST_WORDS = 1_000  # characters
OFFERED = frozenset({StatusGroup.ALIVE, StatusGroup.PENDING})


def subject(push: Push) -> Subject:
    return Subject("matching.push", str(push.public_id))


def push_patent(*, actor: Actor, patent: Patent, organisation: Organisation) -> Push:
    """Bring a patent before an organisation, with the reasons for which the ranking named it, if it did.

    Raises ``Invalid`` ``push_not_published``, ``push_ended``, ``push_to_holder``; ``Conflict`` ``pushed_already``.
    """
    push = Push(patent=patent, organisation=organisation, actor_id=actor.actor_id)
    PUSHES.require(actor, "push", push)
    _refuse_unfit(push)
    suggested = next(
        (each for each in suggestions_for_patent(actor, patent) if each.organisation == organisation), None
    )
    _rest_on(push, suggested)
    with unit_of_work(actor) as work:
        push.pushed_at = work.at
        with taken_means("pushed_already", organisation=organisation.name):
            push.save()
        after = {"patent": str(patent.public_id), "organisation": str(organisation.public_id), "state": push.state}
        work.record("matching.push", subject(push), None, after)
    return push


def _refuse_unfit(push: Push) -> None:
    patent = push.patent
    if not patent.public or patent.withdrawn_at is not None:
        raise Invalid("push_not_published", field="patent")
    if patent.status_group not in OFFERED:
        raise Invalid("push_ended", field="patent")
    if patent.holdings.filter(superseded_at=None, standing=push.organisation).exists():
        raise Invalid("push_to_holder", field="organisation")


def _rest_on(push: Push, suggested: PushSuggestion | None) -> None:
    """What the ranking found is kept as it stood: it is the ground of the push (PIPL art. 24)."""
    push.personalised = suggested is not None
    if suggested is None:
        return
    push.score, push.reasons, push.version = suggested.score, suggested.reasons, suggested.version
    told = [reason["facts"].get("need") for reason in suggested.reasons]
    first = next((key for key in told if key), None)
    push.need = Need.objects.filter(public_id=first, organisation=push.organisation).first() if first else None


def see_push(*, actor: Actor, push: Push) -> Push:
    """Somebody of the organisation has read it. Raises ``Conflict`` unless it is new."""
    PUSHES.require(actor, "answer", push)
    return _moved(actor, push, "see", {"seen_at": "now"}, {})


def answer_push(*, actor: Actor, push: Push, reply: str, words: str = "") -> Push:
    """The organisation's reply; a later one takes the place of an earlier.

    Raises ``Conflict`` where it was taken back, ``Invalid`` ``reply_unknown``.
    """
    PUSHES.require(actor, "answer", push)
    if reply not in Reply.values:
        raise Invalid("reply_unknown", field="reply")
    said = clean_text(words, limit=LONGEST_WORDS).strip()
    changes = {"reply": reply, "words": said, "answered_at": "now", "answered_by": actor.actor_id}
    # The words may name people: the trail says that there are some, they stand where they can be erased.
    return _moved(actor, push, "answer", changes, {"reply": reply, "words": bool(said)})


def withdraw_push(*, actor: Actor, push: Push) -> Push:
    """Take back what nobody answered yet. Raises ``Conflict`` where it was answered or taken back before."""
    PUSHES.require(actor, "withdraw", push)
    return _moved(actor, push, "withdraw", {}, {})


def _moved(actor: Actor, push: Push, move: str, changes: dict[str, Any], told: dict[str, Any]) -> Push:
    """``changes`` with the value "now" are moments of this transaction; ``told`` stands in the trail."""
    step = PUSH_STATES.require(push.state, move)
    before = {"state": push.state, **({"reply": push.reply, "words": bool(push.words)} if push.reply else {})}
    with unit_of_work(actor) as work:
        values = {name: work.at if value == "now" else value for name, value in changes.items()}
        if Push.objects.filter(pk=push.pk, state=push.state).update(state=step.target, **values) != 1:
            raise Conflict("transition_not_allowed", transition=move)
        work.record(f"matching.{move}", subject(push), before, {"state": step.target, **told})
    push.refresh_from_db()
    return push


def correct_lesson(*, actor: Actor, push: Push, level: int | None) -> Push:
    """Say what the reply teaches the ranking instead of what follows from its code: 1 to 4, 0 for nothing at all,
    None for what follows from the code. Raises ``Conflict`` unless it is answered."""
    PUSHES.require(actor, "correct", push)
    with unit_of_work(actor) as work:
        if Push.objects.filter(pk=push.pk, state=PushState.ANSWERED).update(level=level) != 1:
            raise Conflict("push_not_answered")
        work.record("matching.correct_lesson", subject(push), {"level": push.level}, {"level": level})
    push.refresh_from_db()
    return push


def relink_pushes(work: Work, absorbed: int, survivor: int) -> int:
    """Pushes to an absorbed organisation are those of the one that lives on; of two for one patent, the one that
    waits is taken back, or the absorbed one's where both or neither wait."""
    theirs = Push.objects.filter(organisation_id=absorbed)
    own = Push.objects.filter(organisation_id=survivor).exclude(state=PushState.WITHDRAWN)
    for push in theirs.exclude(state=PushState.WITHDRAWN).filter(patent_id__in=own.values("patent_id")):
        double = own.get(patent_id=push.patent_id)
        loser = double if double.state in WAITING and push.state not in WAITING else push
        Push.objects.filter(pk=loser.pk).update(state=PushState.WITHDRAWN)
        work.record("matching.withdraw", subject(loser), {"state": loser.state}, {"state": PushState.WITHDRAWN})
    return theirs.update(organisation_id=survivor)
