"""The register of the stocktaking: one row for each patent of each institution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from zhiqiao.core.keysets import begun_with
from zhiqiao.inventory.actions import EntryCorrection, confirm_tier, correct_entry, move_entry
from zhiqiao.inventory.forms import AsSuggestedForm, ReasonForm, StatementForm, TierForm, as_it_stands
from zhiqiao.inventory.models import InventoryEntry, Tier
from zhiqiao.inventory.policies import CONFIRM_TIER, CORRECT, move_verb
from zhiqiao.inventory.policies import ENTRIES as POLICY
from zhiqiao.inventory.rules.scope import IN_CODES, OUT_CODES
from zhiqiao.inventory.searching import entries_like
from zhiqiao.inventory.selectors import TierFilter, asleep, awaiting, current_decisions, may_sleep, tiered_list
from zhiqiao.inventory.states import ENTRY_STATES
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind, Link, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, labelled, search_box
from zhiqiao.kit.moves import moves_of
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Change, Move, Register, View, Waits, all_but
from zhiqiao.kit.roles import STOCK, Role
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent
from zhiqiao.registry.models.patents import Funding, StatusGroup
from zhiqiao.wording import sentence

DECIDING = STOCK - {Role.BUREAU_AUDITOR}
GAPS = {
    "status": Q(patent__status_group=StatusGroup.UNKNOWN),
    "funding": Q(patent__funding=Funding.UNKNOWN),
    "willingness": Q(willing=""),
    "grant_day": Q(patent__granted_on=None),
}
LABELS = {
    "start_filing": _("Begin the file"), "submit": _("Submit to the college"),
    "submit_to_school": _("Submit to the final review"), "approve_college": _("College approves"),
    "return_to_filer": _("Return for correction"), "register": _("Approve and enter on the register"),
    "reopen": _("Open the file again"), "start_evaluation": _("Begin the evaluation"),
    "place_in_tier": _("Place in its tier"), "promote": _("Begin the promotion"),
    "start_conversion": _("Begin the conversion"), "complete_conversion": _("Conversion completed"),
    "resume_promotion": _("Conversion failed"), "withdraw": _("Withdraw"),
}  # fmt: skip


class EntryFilter(Filters):
    q = search_box(_("Title or application number"))
    inside = choice(_("In or out"), [("True", _("In")), ("False", _("Out"))], field_name="in_stock")
    why = choice(_("Why"), lambda: labelled(sorted(IN_CODES) + sorted(OUT_CODES)), field_name="scope_code")
    state = choice(_("State"), lambda: labelled(ENTRY_STATES.states))
    tier = choice(_("Tier in effect"), Tier.choices)
    suggested = choice(_("Suggested tier"), Tier.choices, field_name="suggested_tier")
    gap = choice(
        _("Not known"),
        [
            ("status", _("Legal status")), ("funding", _("Public funding")), ("willingness", _("Willingness")),
            ("grant_day", _("Day of grant")),
        ],
        method="by_gap",
    )  # fmt: skip
    look = choice(
        _("Show"), [("waiting", _("Waiting for a decision")), ("asleep", _("Sleeping patents"))], method="by_look"
    )

    def by_words(self, records: Records, name: str, value: str) -> Records:
        return entries_like(records, value)

    def by_gap(self, records: Records, name: str, value: str) -> Records:
        unknown = Patent.objects.filter(status_group=StatusGroup.UNKNOWN)
        return (self.of_own(records, unknown) if value == "status" else records).filter(GAPS[value], in_stock=True)

    def by_look(self, records: Records, name: str, value: str) -> Records:
        today = timezone.localdate()
        if value == "waiting":
            return awaiting(records.filter(in_stock=True))
        return asleep(self.of_own(records, may_sleep(today)), today)

    def of_own(self, records: Records, patents: QuerySet[Patent]) -> Records:
        """Of these patents alone, where the database would begin with all that somebody's own institution holds."""
        return records if self.request.actor.reads_city else begun_with(records, "patent_id", patents)


def with_decisions(actor: Actor, entries: Sequence[InventoryEntry]) -> None:
    """Put each entry's newest tier decision beside it, in one query."""
    newest = current_decisions([entry.pk for entry in entries])
    for entry in entries:
        vars(entry)["decision"] = newest.get(entry.pk)


def reasons_of(entry: InventoryEntry) -> list[str]:
    decision = vars(entry).get("decision")
    return [sentence(reason) for reason in decision.reasons] if decision else []


def entries(actor: Actor) -> QuerySet[InventoryEntry]:
    return tiered_list(actor, TierFilter(in_stock=None))


def correct(actor: Actor, entry: InventoryEntry, said: Mapping[str, Any]) -> InventoryEntry:
    words = {**said, "accepted_ways": tuple(said["accepted_ways"])}
    return correct_entry(actor=actor, entry=entry, correction=EntryCorrection(**words))


def decide(actor: Actor, entry: InventoryEntry, said: Mapping[str, Any]) -> InventoryEntry:
    return confirm_tier(actor=actor, entry=entry, **said).entry


def decide_as_suggested(actor: Actor, entry: InventoryEntry, said: Mapping[str, Any]) -> InventoryEntry:
    """What the rules suggest at this moment: among many, the entry may have been read a while ago."""
    standing = current_decisions([entry.pk]).get(entry.pk)
    if standing is None:
        raise Invalid("tier_not_suggested", entry=str(entry.public_id))
    told = {"tier": standing.suggested, "note": said["note"], "seen": standing.public_id}
    return confirm_tier(actor=actor, entry=entry, **told).entry


def step(actor: Actor, entry: InventoryEntry, said: Mapping[str, Any], *, move: str) -> InventoryEntry:
    return move_entry(actor=actor, entry=entry, move=move, note=said.get("note", ""))


ENTRIES: Register[InventoryEntry] = Register(
    name="entry",
    path="inventory/entries",
    model=InventoryEntry,
    subject="inventory.entry",
    title=_("Patents of the stocktaking"),
    one=_("Patent in the stocktaking"),
    icon="list-details",
    group=_("Stock inventory"),
    short=_("Stock"),
    lead=_("Which patents count, why, and in which tier. The rules suggest, a person decides."),
    help=_(
        "The stocktaking counts what universities, institutes, hospitals and state-owned firms hold. The rules say "
        "which patents count and suggest a tier with reasons; a negative tier holds only once a person has confirmed "
        "it. The thresholds are the city's own setting: the official rule is not published."
    ),
    empty=_("The stock is taken once the first list of patents is in."),
    policy=POLICY,
    records=entries,
    named=lambda entry: entry.patent.title,
    roles=STOCK,
    columns=(
        Column("patent", _("Patent"), lambda e: Link(e.patent.title, "patent", str(e.patent.public_id)), Kind.LINK),
        Column("number", _("Application number"), lambda e: e.patent.shown_number, Kind.NUMBER, shown=False),
        Column(
            "organisation", _("Institution"),
            lambda e: Link(e.organisation.name, "organisation", str(e.organisation.public_id)), Kind.LINK,
        ),
        Column("inside", _("Counts in"), lambda e: e.in_stock, Kind.FLAG, shown=False),
        Column("why", _("Why"), lambda e: e.scope_code, Kind.TAG, shown=False),
        Column("state", _("State"), lambda e: e.state, Kind.TAG),
        Column("tier", _("Tier in effect"), lambda e: e.tier, Kind.CODE, words=choices_of(Tier)),
        Column("suggested", _("Suggested"), lambda e: e.suggested_tier, Kind.CODE, words=choices_of(Tier)),
        Column("reasons", _("Reasons"), reasons_of, Kind.NAMES),
        Column("score", _("Score"), lambda e: e.score, Kind.SCORE, sort="-score"),
        Column("status", _("Status"), lambda e: e.patent.status_group, Kind.TAG, shown=False,
               words=choices_of(StatusGroup)),
        Column("granted_on", _("Granted"), lambda e: e.patent.granted_on, Kind.DAY, shown=False),
        Column("willing", _("Willingness"), lambda e: e.willing, Kind.TAG, shown=False),
        Column("maturity", _("Maturity"), lambda e: e.maturity, Kind.COUNT, shown=False),
    ),
    sorts=(
        Sort("-new", "pk", descending=True),
        Sort("new", "pk"),
        Sort("-score", "score", descending=True, nullable=True),
        Sort("score", "score", nullable=True),
    ),
    filters=EntryFilter,
    attach=with_decisions,
    table=ENTRY_STATES,
    change=Change(
        _("The institution's words"), CORRECT, StatementForm, correct, first=as_it_stands,
        done=_("It is written down."),
    ),
    moves=(
        Move(
            "confirm", _("Decide the tier"), CONFIRM_TIER, decide, form=TierForm, icon="stack-2", tone="primary",
            offered=lambda entry: entry.in_stock and bool(entry.suggested_tier), bulk=False,
            done=_("The tier is decided."),
        ),
        Move(
            "as_suggested", _("Confirm as suggested"), CONFIRM_TIER, decide_as_suggested, form=AsSuggestedForm,
            icon="checks", offered=lambda entry: entry.in_stock and bool(entry.suggested_tier),
            effect=lambda entry: entry.get_suggested_tier_display(),
            confirm=_("Each patent takes the tier that the rules suggest for it."), done=_("The tier is decided."),
        ),
        *moves_of(
            ENTRY_STATES, LABELS, verb=move_verb, act=step, offered=lambda entry: entry.in_stock,
            more={"return_to_filer": {"form": ReasonForm}, "withdraw": {"form": ReasonForm, "tone": "danger"}},
        ),
    ),
    views=(
        View("tiers", _("Tiers"), "inside=True&cols=patent,organisation,tier,suggested,reasons,score"),
        View("waiting", _("Waiting for a decision"), "look=waiting&cols=patent,organisation,suggested,reasons,score"),
        View("asleep", _("Sleeping patents"), "look=asleep&cols=patent,organisation,tier,status,granted_on"),
        View("scope", _("In, out and why"), "cols=patent,organisation,inside,why,status,granted_on"),
    ),
    waits=(
        Waits(
            "look=waiting",
            ngettext_lazy(
                "%(count)s patent waits for a decision on its tier",
                "%(count)s patents wait for a decision on their tier", "count",
            ),
            DECIDING,
            _("The rules suggest to drop or to watch them; that holds only once a person has confirmed it."),
            "stack-2", "warn",
        ),
        Waits(
            "look=asleep",
            ngettext_lazy("%(count)s funded patent sleeps", "%(count)s funded patents sleep", "count"), DECIDING,
            _("Granted more than five years ago, paid from public funds, no exploitation on record."), "moon",
        ),
    ),
    events={"inventory.confirm_tier": "entry.tier_confirmed"},
    heavy=(
        *all_but(
            InventoryEntry, "in_stock", "scope_code", "state", "willing", "maturity", "tier", "suggested_tier", "score"
        ),
        *all_but(Patent, "number", "title", "status_group", "granted_on", under="patent"),
        *all_but(Organisation, "name", under="organisation"),
    ),
)  # fmt: skip
