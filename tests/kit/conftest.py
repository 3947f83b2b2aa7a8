"""The small city of the pages' tests, and its people as the rules see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.conftest import City
from tests.web.conftest import city as city
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actors import actor_for

ActorOf = Callable[[str], Actor]


@pytest.fixture
def actor(city: City) -> ActorOf:
    return lambda who: PUBLIC if who == "public" else actor_for(city.people[who])
