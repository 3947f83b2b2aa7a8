"""Every address that no register declares × every verb × every role, as the rows say; and no address without a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.answers import ABSENT, answer_of, every_place
from tests.web.rights import VERBS
from tests.web.rows import ROWS, Row
from tests.web.world import EVERYBODY, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_refusals")]


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        else:
            assert each.name, f"an address without a name: {each.pattern}"
            yield each.name


def test_every_address_has_its_row() -> None:
    """Those of programs stand in ``test_matrix_programs``."""
    declared = {place.name for place in every_place()}
    found = {name for name in names(get_resolver().url_patterns) if not name.startswith("api_")}
    assert found - declared - set(ROWS) == set(), "write a row for them in tests/web/rows.py"
    assert set(ROWS) - found == set(), "nothing is left of these"


def where(world: World, name: str, row: Row, label: str) -> str:
    if not label:
        return reverse(name, args=row.args)
    key = ABSENT if label == "absent" else world.record(row.register, label).public_id
    return reverse(name, args=[key, *row.args])


@pytest.mark.parametrize("name", ROWS)
def test_address_answers_each_role_and_verb_as_its_row_says(world: World, name: str) -> None:
    row, wrong = ROWS[name], {}
    for label in row.of or ("",):
        for person in EVERYBODY:
            for verb in VERBS if label in {"", "absent"} else ("GET", "POST"):
                right = row.answers(verb, label)[person.key]
                with world.taken_back():
                    told, _ = answer_of(world, person, verb, where(world, name, row, label), dict(row.sent))
                if told != right:
                    wrong[label, person.key, verb] = (told, right)
    assert wrong == {}
