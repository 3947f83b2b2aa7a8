"""Addresses of webhooks often hold a secret of their own: their owner alone reads them whole."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from tests.attack.conftest import City, Programs
from zhiqiao.hooks.addresses import without_secrets
from zhiqiao.hooks.models import Endpoint

pytestmark = pytest.mark.django_db
SECRET = "3f9c-robot-token"


@pytest.fixture
def robot(city: City) -> Endpoint:
    return Endpoint.objects.create(
        owner=city.people["firm"],
        name="群机器人",
        url=f"https://hooks.example.org:8443/robot/{SECRET}?access_token={SECRET}",
        secret="whsec_eA==",
    )


@pytest.mark.parametrize(("who", "whole"), [("firm", True), ("admin", False)])
def test_address_is_whole_for_its_owner_alone(
    city: City, programs: Programs, robot: Endpoint, who: str, whole: bool
) -> None:
    client, program = city.client(who), programs.of(who, "read")
    told = [
        client.get(reverse("hook_list")).content.decode(),
        client.get(reverse("hook_page", args=[robot.public_id])).content.decode(),
        b"".join(client.get(reverse("hook_export", args=["csv"]))).decode("utf-8-sig"),
        program.get("hooks/").content.decode(),
        program.get(f"hooks/{robot.public_id}/").content.decode(),
    ]
    assert [SECRET in each for each in told] == [whole] * 5
    assert ["hooks.example.org:8443" in each for each in told] == [True] * 5


def test_administrator_does_not_find_a_secret_by_searching_for_it(
    city: City, programs: Programs, robot: Endpoint
) -> None:
    answers = {who: programs.of(who, "read").get(f"hooks/?q={SECRET[:6]}") for who in ("firm", "admin")}
    found = {who: [each["id"] for each in json.loads(answer.content)["items"]] for who, answer in answers.items()}
    assert found == {"firm": [str(robot.public_id)], "admin": []}


def test_switching_off_somebody_elses_does_not_tell_it(city: City, programs: Programs, robot: Endpoint) -> None:
    answer = programs.logged_in("admin").post(f"hooks/{robot.public_id}/off/", If_Match="*")
    assert answer.status_code == 200 and SECRET not in answer.content.decode()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example.org/", "https://a.example.org/"),
        ("https://a.example.org", "https://a.example.org"),
        ("https://a.example.org/?key=1", "https://a.example.org/…"),
        ("https://me:word@a.example.org:444/x", "https://a.example.org:444/…"),
        ("http://[fd00::1]:8080/#t", "http://[fd00::1]:8080/…"),
    ],
)
def test_what_is_left_of_an_address(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
