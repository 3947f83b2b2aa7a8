"""What an organisation chooses about pushes, and how it corrects what the ranking holds about it."""

from __future__ import annotations

from uuid import UUID

from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.kernel.errors import Invalid, NotFound
from zhiqiao.kernel.text import clean_line
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.interests import subclass
from zhiqiao.matching.models import Profile, Sort, Statement
from zhiqiao.matching.policies import PROFILES
from zhiqiao.parties.models import Organisation

SHORTEST_WORD, LONGEST_WORD = 2, 30  # characters
MOST_STATEMENTS = 100  # of one organisation


def _subject(organisation: Organisation) -> Subject:
    return Subject("parties.organisation", str(organisation.public_id))


def choose_pushes(*, actor: Actor, organisation: Organisation, personalised: bool) -> Profile:
    """Whether the ranking may look for the organisation (PIPL art. 24). What it chose before is chosen again without a
    trace."""
    PROFILES.require(actor, "correct_profile", organisation)
    with unit_of_work(actor) as work:
        profile, _ = Profile.objects.get_or_create(organisation=organisation)
        other = Profile.objects.filter(pk=profile.pk).exclude(personalised=personalised)
        if other.update(personalised=personalised, updated_at=work.at):
            before, after = {"personalised": not personalised}, {"personalised": personalised}
            work.record("matching.choose_pushes", _subject(organisation), before, after)
    profile.refresh_from_db()
    return profile


def state_interest(*, actor: Actor, organisation: Organisation, sort: str, said: str, wanted: bool) -> Statement:
    """Name a field or a word that patents should be pushed for, or not be; said anew it takes the former's place.

    Raises ``Invalid`` ``field_of_ipc``, ``word_length`` or ``too_many_interests``; ``Conflict`` ``matched_meanwhile``.
    """
    PROFILES.require(actor, "correct_profile", organisation)
    value = _value(sort, said)
    standing = Statement.objects.filter(organisation=organisation, withdrawn_at=None)
    if standing.count() >= MOST_STATEMENTS:
        raise Invalid("too_many_interests", most=MOST_STATEMENTS)
    with unit_of_work(actor) as work:
        standing.filter(sort=sort, value=value).update(withdrawn_at=work.at)
        with taken_means("matched_meanwhile"):
            made = Statement.objects.create(
                organisation=organisation, sort=sort, value=value, wanted=wanted, actor_id=actor.actor_id
            )
        work.record("matching.state_interest", _subject(organisation), None, {sort: value, "wanted": wanted})
    return made


def _value(sort: str, said: str) -> str:
    line = clean_line(said, limit=LONGEST_WORD + 1)
    if sort == Sort.FIELD:
        if not (found := subclass(line)):
            raise Invalid("field_of_ipc", field="said")
        return found
    if sort != Sort.WORD or not SHORTEST_WORD <= len(line) <= LONGEST_WORD:
        raise Invalid("word_length", field="said", least=SHORTEST_WORD, most=LONGEST_WORD)
    return line.lower()


def withdraw_interest(*, actor: Actor, organisation: Organisation, public_id: UUID) -> None:
    """The organisation no longer says so. Raises ``NotFound`` where it is absent, another's, or withdrawn before."""
    PROFILES.require(actor, "correct_profile", organisation)
    standing = Statement.objects.filter(organisation=organisation, withdrawn_at=None, public_id=public_id)
    with unit_of_work(actor) as work:
        said = standing.first()
        if said is None or not standing.update(withdrawn_at=work.at):
            raise NotFound
        before = {said.sort: said.value, "wanted": said.wanted}
        work.record("matching.withdraw_interest", _subject(organisation), before, None)


def relink_interests(work: Work, absorbed: int, survivor: int) -> int:
    """What an absorbed organisation said is said by the one that lives on, unless it said something of it itself. A
    refusal of either stands."""
    if Profile.objects.filter(organisation_id=absorbed, personalised=False).exists():
        choice = {"personalised": False, "updated_at": work.at}
        Profile.objects.update_or_create(organisation_id=survivor, defaults=choice)
    theirs = Statement.objects.filter(organisation_id=absorbed, withdrawn_at=None)
    own = set(Statement.objects.filter(organisation_id=survivor, withdrawn_at=None).values_list("sort", "value"))
    for each in theirs:
        if (each.sort, each.value) in own:
            Statement.objects.filter(pk=each.pk).update(withdrawn_at=work.at)
    return theirs.update(organisation_id=survivor)
