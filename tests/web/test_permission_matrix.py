"""Every address × every role × own, foreign and absent records. An address without a row fails the suite."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.conftest import City

ROLES = ("public", "firm", "holder", "bureau", "auditor", "admin")
OWNERS = ("own", "foreign", "absent")


@dataclass(frozen=True)
class Row:
    """Expected statuses in the order of ROLES, for an address without a record or by whose record it is.

    ``302?`` would be a redirect to the log-in page: for ``public`` every 302 is checked to be one, unless ``free``.
    """

    plain: str = ""
    record: str = ""
    own: str = ""
    foreign: str = ""
    absent: str = ""
    method: str = "get"
    words: tuple[tuple[str, str], ...] = ()
    free: bool = False


def posted(plain: str = "", **more: Any) -> Row:
    return Row(plain, method="post", **more)


EVERYBODY = Row("200 200 200 200 200 200")
SIGNED_IN = Row("302 200 200 200 200 200")
RECORDS = Row("302 200 200 200 200 404")
STOCK = Row("302 404 200 200 200 404")
SENDERS = Row("302 404 200 200 404 404")
NO_APP = Row("302 404 404 404 404 404")  # nobody here has switched the app on
AUDIT = Row("302 404 404 200 200 404")

MATRIX: dict[str, Row] = {
    # the frame
    "home": Row("302 200 200 200 200 200", free=True),
    "home_charts": Row("302 404 200 200 200 404"),
    "gallery": Row("404 404 404 404 404 404"),  # for those who work on the look, where the environment asks for it
    "public_search": EVERYBODY,
    "public_export": EVERYBODY,
    "find": EVERYBODY,
    "set_language": posted("302 302 302 302 302 302", words=(("language", "en"),), free=True),
    "set_theme": posted("302 302 302 302 302 302", words=(("theme", "dark"),), free=True),
    "account_login": Row("200 302 302 302 302 302"),
    "account_logout": Row("302 200 200 200 200 200", free=True),
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": Row("302 302 302 302 302 302"),
    "mfa_reauthenticate": Row("302 302 302 302 302 302"),
    "mfa_activate_totp": Row("302 302 302 302 302 302"),  # asks for the password first
    "mfa_deactivate_totp": NO_APP,
    "mfa_view_recovery_codes": NO_APP,
    "mfa_generate_recovery_codes": Row("302 302 302 302 302 302"),
    "mfa_download_recovery_codes": NO_APP,
    # patents
    "patent_list": RECORDS,
    "patent_export": RECORDS,
    "patent_page": Row(
        record="patent",
        own="404 404 200 200 200 404",
        foreign="404 404 404 200 200 404",
        absent="404 404 404 404 404 404",
    ),
    "patent_push": Row(
        record="patent",
        own="302 404 200 200 403 404",
        foreign="302 404 404 200 403 404",
        absent="302 404 404 404 404 404",
    ),
    # organisations are public knowledge to everybody who works with records
    "organisation_list": RECORDS,
    "organisation_export": RECORDS,
    "organisation_page": Row(
        record="organisation",
        own="302 200 200 200 200 404",
        foreign="302 200 200 200 200 404",
        absent="302 404 404 404 404 404",
    ),
    # needs
    "need_say": RECORDS,
    "need_list": RECORDS,
    "need_export": RECORDS,
    "need_new": Row("302 200 404 200 403 404"),
    "need_page": Row(
        record="need",
        own="302 200 404 200 200 404",
        foreign="302 404 404 200 200 404",
        absent="302 404 404 404 404 404",
    ),
    "need_match": Row(
        record="need",
        method="post",
        own="302 302 404 302 403 404",
        foreign="302 404 404 302 403 404",
        absent="302 404 404 404 404 404",
    ),
    "need_close": Row(
        record="need",
        method="post",
        own="302 302 404 302 403 404",
        foreign="302 404 404 302 403 404",
        absent="302 404 404 404 404 404",
    ),
    "need_publish": Row(
        record="need",
        method="post",
        own="302 302 404 302 403 404",
        foreign="302 404 404 302 403 404",
        absent="302 404 404 404 404 404",
    ),
    "need_hide": Row(  # not public yet, so whoever may change it meets a conflict
        record="need",
        method="post",
        own="302 409 404 409 403 404",
        foreign="302 404 404 409 403 404",
        absent="302 404 404 404 404 404",
    ),
    # imports
    "import_list": SENDERS,
    "import_export": SENDERS,
    "import_new": SENDERS,
    "import_page": Row(
        record="run",
        own="302 404 200 200 404 404",
        foreign="302 404 404 200 404 404",
        absent="302 404 404 404 404 404",
    ),
    "import_headings": Row(
        record="run",
        own="302 404 200 200 404 404",
        foreign="302 404 404 200 404 404",
        absent="302 404 404 404 404 404",
    ),
    "import_report": Row(  # none of the runs here has one
        record="run",
        own="302 404 404 404 404 404",
        foreign="302 404 404 404 404 404",
        absent="302 404 404 404 404 404",
    ),
    "import_notes": Row(
        record="run",
        own="302 404 200 200 404 404",
        foreign="302 404 404 200 404 404",
        absent="302 404 404 404 404 404",
    ),
    "import_undo": Row(
        record="run",
        method="post",
        own="302 404 302 302 404 404",
        foreign="302 404 404 302 404 404",
        absent="302 404 404 404 404 404",
    ),
    # the stocktaking
    "inventory_home": STOCK,
    "inventory_scope": STOCK,
    "inventory_scope_export": STOCK,
    "inventory_fees": STOCK,
    "inventory_fees_export": STOCK,
    "inventory_unknowns": STOCK,
    "inventory_unknowns_export": STOCK,
    "inventory_tiers": STOCK,
    "inventory_tiers_export": STOCK,
    "inventory_tier": Row(
        record="entry",
        own="302 404 200 200 403 404",
        foreign="302 404 404 200 403 404",
        absent="302 404 404 404 404 404",
    ),
    "audit_log": AUDIT,
    "audit_export": AUDIT,
}  # fmt: skip


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        else:
            assert each.name, f"an address without a name: {each.pattern}"
            yield each.name


def test_every_address_has_its_row() -> None:
    assert sorted(names(get_resolver().url_patterns)) == sorted(MATRIX)


def address(city: City, name: str, owner: str = "") -> str:
    row = MATRIX[name]
    if name.endswith("_export"):
        return reverse(name, args=["csv"])
    if not row.record:
        return reverse(name)
    kind = ["csv"] if name == "import_notes" else []
    if owner == "absent":
        return reverse(name, args=[uuid.uuid4(), *kind])
    if row.record == "organisation":
        return reverse(name, args=[city.houses["firm" if owner == "own" else "other"].public_id])
    return reverse(name, args=[city.records[f"{owner}_{row.record}"].public_id, *kind])


def asked(city: City, who: str, name: str, owner: str = "") -> HttpResponse:
    """One request, with whatever it wrote taken back."""
    client, row = city.client(who), MATRIX[name]
    with transaction.atomic():
        response: HttpResponse = getattr(client, row.method)(address(city, name, owner), dict(row.words))
        transaction.set_rollback(True)
    return response


def expected(row: Row, owner: str) -> dict[str, int]:
    told = getattr(row, owner or "plain").split()
    return dict(zip(ROLES, map(int, told), strict=True))


CASES = [
    (name, owner)
    for name, row in MATRIX.items()
    for owner in (OWNERS if row.record else ("",))
    if getattr(row, owner or "plain")
]


@pytest.mark.parametrize(("name", "owner"), CASES, ids=[f"{name}-{owner}".rstrip("-") for name, owner in CASES])
def test_address_answers_each_role_as_the_matrix_says(city: City, name: str, owner: str) -> None:
    row = MATRIX[name]
    answers = {who: asked(city, who, name, owner) for who in ROLES}
    assert {who: answer.status_code for who, answer in answers.items()} == expected(row, owner)
    if answers["public"].status_code == 302 and not row.free:
        assert answers["public"].headers["Location"].startswith(reverse("account_login"))


HIDDEN = [
    (name, who)
    for name, row in MATRIX.items()
    if row.record
    for who in ROLES
    if expected(row, "foreign")[who] == expected(row, "absent")[who] == 404
]


@pytest.mark.parametrize(("name", "who"), HIDDEN, ids=[f"{name}-{who}" for name, who in HIDDEN])
def test_hidden_and_absent_look_the_same_and_cost_the_same(city: City, name: str, who: str) -> None:
    pages, costs = [], []
    for owner in ("foreign", "absent"):
        client, row, where = city.client(who), MATRIX[name], address(city, name, owner)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = getattr(client, row.method)(where)
        costs.append(len(queries))
        token = str(response.context["csrf_token"])
        pages.append(response.content.decode().replace(where, "").replace(token, ""))
    assert pages[0] == pages[1]
    assert costs[0] == costs[1]


def test_published_patent_is_open_to_everybody(city: City) -> None:
    where = reverse("patent_page", args=[city.records["open_patent"].public_id])
    assert {who: city.client(who).get(where).status_code for who in ROLES} == dict.fromkeys(ROLES, 200)
