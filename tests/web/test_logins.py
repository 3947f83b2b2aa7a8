"""Coming in: what goes on the audit trail, and who is kept out after too many failures."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from tests.web.conftest import PASSWORD, City
from zhiqiao.core.models import AuditEntry

OFFICE = "192.0.2.7"
HOME = "198.51.100.9"


def log_in(name: str, password: str, address: str = OFFICE) -> Any:
    return Client(REMOTE_ADDR=address).post(reverse("account_login"), {"login": name, "password": password})


def trail(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("id"))


def test_log_in_and_change_of_password_are_on_the_trail(city: City) -> None:
    client, person = Client(), city.people["firm"]
    assert client.post(reverse("account_login"), {"login": "firm", "password": PASSWORD}).status_code == 302
    new = "another-quiet-bridge-2027"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    for action in ("parties.log_in", "parties.change_password"):
        (entry,) = trail(action)
        assert (entry.actor_id, entry.subject_id) == (str(person.public_id), str(person.public_id))
        assert not [word for word in (PASSWORD, new, person.display_name) if word in entry.content]


def test_failed_log_ins_show_that_one_name_is_being_guessed_at_without_saying_it(city: City) -> None:
    for name in ("firm", "FIRM ", "bureau"):
        assert log_in(name, "a-wrong-secret").status_code == 200
    first, again, other = trail("parties.fail_log_in")
    assert first.subject_id == again.subject_id != other.subject_id
    assert first.actor_id == "public"
    for entry in (first, again, other):
        assert not [word for word in ("firm", "FIRM", "bureau", "a-wrong-secret") if word in entry.content]
    assert not trail("parties.log_in")


def test_failures_of_one_do_not_keep_the_neighbours_out(city: City) -> None:
    for number in range(30):
        log_in(f"nobody{number}", "wrong")
    assert log_in("bureau", PASSWORD).status_code == 302


def test_guessing_at_one_name_ends_at_that_address_alone(city: City) -> None:
    for _ in range(5):
        log_in("firm", "wrong")
    assert log_in("firm", PASSWORD).status_code == 200
    assert log_in("firm", PASSWORD, HOME).status_code == 302
    assert log_in("holder", PASSWORD).status_code == 302


def test_behind_the_proxy_the_address_is_the_one_it_saw(city: City, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def through(visitor: str, password: str) -> int:
        # What stands before the last address was sent by the visitor and proves nothing.
        client = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": f"203.0.113.1, {visitor}"})
        return client.post(reverse("account_login"), {"login": "firm", "password": password}).status_code

    for _ in range(5):
        through(OFFICE, "wrong")
    assert through(OFFICE, PASSWORD) == 200
    assert through(HOME, PASSWORD) == 302


def test_processes_count_failures_together() -> None:
    assert configured.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_the_trail_names_people_by_their_sealed_id(city: City) -> None:
    log_in("firm", PASSWORD)
    (entry,) = trail("parties.log_in")
    client = city.client("auditor")
    for asked in ({}, {"q": "示例·firm"}, {"q": entry.actor_id}):
        page = client.get(reverse("audit_list"), asked)
        assert [row.actor_id for row in page.context["page"].rows] == [entry.actor_id]
        shown = page.content.decode()
        assert "示例·firm" in shown and entry.actor_id in shown
    AuditEntry.objects.filter(pk=entry.pk).update(actor_id="console:root")
    assert "命令行 · root" in client.get(reverse("audit_list")).content.decode()


@pytest.mark.parametrize(("actor", "name"), [("system:seal", "系统 · seal"), ("public", "公众"), ("gone", "gone")])
def test_the_product_and_the_public_have_names_too(city: City, actor: str, name: str) -> None:
    log_in("firm", PASSWORD)
    AuditEntry.objects.update(actor_id=actor)
    (row,) = city.client("auditor").get(reverse("audit_list")).context["page"].rows
    assert row.actor_name == name
