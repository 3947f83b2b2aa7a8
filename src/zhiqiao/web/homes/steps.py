"""What to do next: a few ways that lead on, for each role those that are its own work."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.roles import Role
from zhiqiao.registry.sending import importable
from zhiqiao.web.pages import BY_NAME

Text = str | Promise
MOST = 6


@dataclass(frozen=True)
class Step:
    """``page`` is the name of an address; one that ends in "_new" is offered to those who may make such a record."""

    page: str
    icon: str
    title: Text
    detail: Text
    query: str = ""

    @property
    def address(self) -> str:
        return reverse(self.page) + (f"?{self.query}" if self.query else "")

    def open_to(self, actor: Actor) -> bool:
        if self.page in BY_NAME:
            return BY_NAME[self.page].open_to(actor)
        if self.page == "import_new":
            return bool(importable(actor))
        register, _line, way = self.page.rpartition("_")
        return way != "new" or register_named(register).may_create(actor)


IMPORT = Step(
    "import_new", "upload", _("Import a list"), _("Excel, CSV or the patent office's XML; faults come back by row")
)
GAPS = Step(
    "inventory_unknowns",
    "help-circle",
    _("Close the gaps"),
    _("Status, funding and willingness that no file told, by institution"),
)
TIERS = Step(
    "entry_list",
    "stack-2",
    _("Go through the tiers"),
    _("Each with its reasons and what the next tier still lacks"),
    "view=tiers",
)
FEES = Step("inventory_fees", "calendar-due", _("Look at the fees"), _("What falls due in 90 days, and what it costs"))
SEARCH = Step(
    "patent_list",
    "search",
    _("Search the register"),
    _("By words, number, applicant or class; export what you filtered"),
)
ALIVE = Step(
    "patent_list",
    "file-certificate",
    _("Patents in force"),
    _("What can be licensed or bought today, with holder and class"),
    "status=alive",
)
ASK = Step("need_say", "sparkles", _("Find patents for a need"), _("Two sentences are enough"))
STATE = Step("need_new", "plus", _("State a need"), _("It goes on record; its private part stays with your firm"))
NEEDS = Step(
    "need_list",
    "bulb",
    _("What firms look for"),
    _("Open needs, each with the patents that could answer"),
    "state=open",
)
OWN = Step("need_list", "bulb", _("Needs and their answers"), _("Match again, publish, close"), "state=open")
FIRMS = Step(
    "organisation_list",
    "building",
    _("Look a firm up"),
    _("By name, former name, credit code or pinyin"),
    "kind=enterprise",
)
HOLDERS = Step(
    "organisation_list",
    "building-bank",
    _("Universities and institutes"),
    _("Who holds what, under the present names"),
    "kind=university",
)
TRAIL = Step("audit_list", "shield-check", _("Read the trail"), _("Every write, by whom and when; sealed into a chain"))
WORK = Step("job_list", "list-details", _("Work in hand"), _("What runs, what failed and why; try again or cancel"))
CLOCK = Step("schedule_list", "clock", _("Schedules"), _("What the clock asks for, and when next"))
PEOPLE = Step("person_list", "users", _("Log-ins and roles"), _("Hand out, change, close"))
KEYS = Step("key_list", "key", _("Keys of programs"), _("Scoped, with an end; revoke what is not used"))
HOOKS = Step("hook_list", "webhook", _("Webhooks"), _("Which addresses hear of what, and what was not delivered"))
SECOND = Step("mfa_index", "shield-lock", _("Two-step log-in"), _("A second step keeps the log-in yours"))

STEPS: dict[str, tuple[Step, ...]] = {
    Role.BUREAU_OFFICER: (IMPORT, GAPS, TIERS, FEES, NEEDS, PEOPLE),
    Role.BUREAU_AUDITOR: (TRAIL, TIERS, GAPS, SEARCH, WORK, NEEDS),
    Role.UNIT_OFFICER: (NEEDS, FIRMS, ALIVE, HOLDERS, ASK, SEARCH),
    Role.BRANCH_OFFICER: (FIRMS, NEEDS, ALIVE, ASK, HOLDERS, SEARCH),
    Role.HOLDER_MANAGER: (IMPORT, TIERS, GAPS, FEES, NEEDS, SEARCH),
    Role.HOLDER_STAFF: (TIERS, GAPS, FEES, NEEDS, SEARCH),
    Role.SOE_MANAGER: (IMPORT, TIERS, STATE, FEES, ASK, SEARCH),
    Role.ENTERPRISE_MEMBER: (STATE, OWN, ALIVE),
    Role.BANK_MEMBER: (FIRMS, ALIVE, NEEDS),
    Role.AGENCY_MEMBER: (NEEDS, ASK, ALIVE),
    Role.CENTRE_OPERATOR: (IMPORT, NEEDS, ASK, ALIVE, FIRMS, STATE),
    Role.SYSTEM_ADMIN: (PEOPLE, WORK, CLOCK, KEYS, HOOKS, SECOND),
}  # fmt: skip


def steps_for(actor: Actor) -> list[Step]:
    """The steps of each role held, without repeating one, as far as they are open to this person."""
    own = dict.fromkeys(step for role in Role.values if role in actor.every_role for step in STEPS[role])
    return [step for step in own if step.open_to(actor)][:MOST]
