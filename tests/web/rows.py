"""What the addresses that no register declares answer: rows written by hand, one an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.web.rights import LOGIN
from tests.web.world import EVERYBODY, PEOPLE

Answers = dict[str, int | str]
"""By the key of who asks."""
ALL: Final = " ".join(person.key for person in PEOPLE)
RECORDS: Final = "bureau auditor unit branch holder staff soe firm bank agency centre"
STOCK: Final = "bureau auditor holder staff soe"
CHARTED: Final = f"{STOCK} unit branch centre"
SENDERS: Final = "bureau holder soe centre"


def each(status: int | str) -> Answers:
    return {person.key: status for person in EVERYBODY}


def to(keys: str, status: int | str = 200, rest: int | str = 404, **others: int | str) -> Answers:
    """``keys`` get the status, others what is said of them, the rest of those with a log-in ``rest``."""
    told = {person.key: rest for person in PEOPLE} | dict.fromkeys(keys.split(), status) | {"public": LOGIN}
    return told | others


NOBODY: Final = to("")
WRONG: Final = each(405)
CLOSED: Final[Mapping[str, Answers]] = dict.fromkeys(("POST", "PUT", "PATCH", "DELETE", "OPTIONS"), WRONG)


@dataclass(frozen=True)
class Row:
    """``get`` and ``post`` by who asks; for an address of records one for each kind of record, by its label in the
    world. ``other`` is what the remaining verbs answer. ``args`` follow the record's id in the address."""

    get: Answers = field(default_factory=lambda: WRONG)
    post: Answers = field(default_factory=lambda: WRONG)
    other: Answers = field(default_factory=lambda: WRONG)
    options: Answers = field(default_factory=lambda: WRONG)
    put: Answers | None = None
    register: str = ""
    of: Mapping[str, Answers] = field(default_factory=dict)
    posted_of: Mapping[str, Answers] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    sent: Mapping[str, Any] = field(default_factory=dict)

    def answers(self, verb: str, label: str) -> Answers:
        """``label`` empty: the address is of no record."""
        if verb in {"GET", "HEAD"}:
            return self.of[label] if label else self.get
        if verb == "POST" and label:
            return self.posted_of.get(label, self.post)
        if verb == "POST":
            return self.post
        if verb == "PUT" and self.put is not None:
            return self.put
        return self.options if verb == "OPTIONS" else self.other


def page(get: Answers, **more: Any) -> Row:
    return Row(get, **more)


def always(answers: Answers, **more: Any) -> Row:
    """The same to every verb."""
    return Row(answers, answers, answers, answers, **more)


FOR_EVERYBODY: Final = each(200)
SIGNED_IN: Final = to(ALL)
# The log-in's own pages are a library's: its forms take PUT as POST, and each sends strangers to the log-in first.
AT_THE_DOOR: Final = to(ALL, 302, public=200)
OWN_WRONG: Final = to(ALL, 405)
OWN_FORM: Final = Row(SIGNED_IN, SIGNED_IN, OWN_WRONG, SIGNED_IN, SIGNED_IN)
ASKS_FIRST: Final = always(to(ALL, 302))  # for the password, before anything is shown
NO_APP: Final = always(NOBODY)  # nobody here has switched the app on
# A register's view: who may open the register is told that the verb is wrong, others that nothing is there.
REGISTERS_OWN: Final = {"post": to(RECORDS, 405), "other": to(RECORDS, 405), "options": to(RECORDS)}

ROWS: Final[dict[str, Row]] = {
    "home": page(each(200) | {"public": 302}),
    "home_charts": page(to(CHARTED)),
    "public_search": page(FOR_EVERYBODY, options=FOR_EVERYBODY),
    "public_export": page(FOR_EVERYBODY, options=FOR_EVERYBODY, args=("csv",)),
    "match_quality": page(FOR_EVERYBODY),
    "find": page(FOR_EVERYBODY),
    "gallery": page(each(404)),
    "set_language": always(each(302), sent={"language": "en"}),
    "set_theme": Row(post=each(302), sent={"theme": "dark"}),
    "need_say": page(to(RECORDS), post=to(RECORDS, 422)),
    "import_new": page(to(SENDERS), post=to(SENDERS, 422), sent={"kind": "patents"}),
    "inventory_home": page(to(STOCK)),
    "inventory_fees": page(to(STOCK)),
    "inventory_fees_export": page(to(STOCK), args=("csv",)),
    "inventory_unknowns": page(to(STOCK)),
    "inventory_unknowns_export": page(to(STOCK), args=("csv",)),
    "patent_template": page(to(SENDERS), **REGISTERS_OWN),
    "need_template": page(to("bureau centre"), **REGISTERS_OWN),
    "organisation_template": page(to("bureau"), **REGISTERS_OWN),
    # records
    "patent_push": Row(
        register="patent",
        of={
            "published": to("bureau centre holder staff", rest=403, admin=404),
            "college": to("bureau centre holder staff", auditor=403, centre=404),
            "firm": to("bureau", auditor=403, firm=403),
            "foreign": to("bureau", auditor=403),
            "foreign, published": to("bureau centre", rest=403, admin=404),
            "undone": NOBODY,
            "absent": NOBODY,
        },
        posted_of={
            "published": to("bureau centre holder staff", 302, rest=403, admin=404),
            "college": to("bureau holder staff", 302, auditor=403, centre=404),
            "firm": to("bureau", 302, auditor=403, firm=403),
            "foreign": to("bureau", 302, auditor=403),
            "foreign, published": to("bureau centre", 302, rest=403, admin=404),
            "undone": NOBODY,
            "absent": NOBODY,
        },
    ),
    "organisation_ranking": Row(
        register="organisation", sent={"do": "switch", "on": "0"},
        of={
            "other": to("bureau auditor"),
            "college": to("bureau auditor holder staff"),
            "works": to("bureau auditor soe"),
            "firm": to("bureau auditor firm"),
            "undone": NOBODY,
            "absent": NOBODY,
        },
        posted_of={
            "other": to("", bureau=403, auditor=403),
            "college": to("holder", 302, bureau=403, auditor=403, staff=403),
            "works": to("soe", 302, bureau=403, auditor=403),
            "firm": to("firm", 302, bureau=403, auditor=403),
            "undone": NOBODY,
            "absent": NOBODY,
        },
    ),
    "import_headings": Row(
        register="import", sent={"heading0": "-"},
        of={
            "college": to("bureau holder", auditor=403),
            "hub": to("bureau centre", auditor=403),
            "foreign": to("bureau", auditor=403),
            "absent": NOBODY,
        },
        posted_of={
            "college": to("bureau holder", 302, auditor=403),
            "hub": to("bureau centre", 302, auditor=403),
            "foreign": to("bureau", 302, auditor=403),
            "absent": NOBODY,
        },
    ),
    "import_report": Row(  # none of the runs here has one
        register="import", of={"college": NOBODY, "foreign": NOBODY, "absent": NOBODY},
    ),
    "import_notes": Row(
        register="import", args=("csv",),
        of={
            "college": to("bureau auditor holder"), "hub": to("bureau auditor centre"),
            "foreign": to("bureau auditor"), "absent": NOBODY,
        },
    ),
    "job_report": Row(register="job", of={"holder": NOBODY, "foreign": NOBODY, "absent": NOBODY}),
    # the log-in's own
    "account_login": Row(AT_THE_DOOR, AT_THE_DOOR, AT_THE_DOOR | {"public": 405}, AT_THE_DOOR, AT_THE_DOOR),
    "account_logout": Row(SIGNED_IN, each(LOGIN), WRONG, each(200)),
    "account_change_password": OWN_FORM,
    "account_reauthenticate": OWN_FORM,
    "mfa_index": Row(SIGNED_IN, OWN_WRONG, OWN_WRONG, SIGNED_IN),
    "mfa_authenticate": ASKS_FIRST,
    "mfa_reauthenticate": ASKS_FIRST,
    "mfa_activate_totp": ASKS_FIRST,
    "mfa_deactivate_totp": NO_APP,
    "mfa_view_recovery_codes": Row(NOBODY, OWN_WRONG, OWN_WRONG, SIGNED_IN),
    "mfa_generate_recovery_codes": ASKS_FIRST,
    "mfa_download_recovery_codes": NO_APP,
}  # fmt: skip
