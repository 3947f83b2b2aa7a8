"""Needs: stated, found, closed, taken in by lists; their private layer is nobody else's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.importing.lists import OFFICER, counts, rehearse, take, write_list
from tests.inventory.factories import actor, organisation
from zhiqiao.core.encryption import blind_index
from zhiqiao.core.indexing import index_pending, reader
from zhiqiao.core.models import AuditEntry, ImportRow
from zhiqiao.core.reports import write_report
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.needs.actions import NeedStatement, close_need, first_sentence, state_need
from zhiqiao.needs.models import Need, NeedPrivate
from zhiqiao.needs.policies import NEEDS
from zhiqiao.needs.selectors import need_documents, need_for, needs_visible_to
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.roles import OrganisationKind

pytestmark = pytest.mark.django_db
SECRETS = ("绝密配方甲", "7654321", "王示联系", "13812345678")


def firm(name: str = "示例电池有限公司") -> Organisation:
    return organisation(name, OrganisationKind.ENTERPRISE)


def member(place: Organisation) -> Actor:
    return actor(Role.ENTERPRISE_MEMBER, place)


def stated(place: Organisation, **said: Any) -> Need:
    """A need of the firm; ``said`` are fields of ``NeedStatement``."""
    given = NeedStatement("求耐高温的锂电池隔膜。要求一百五十度不收缩。", organisation=place)
    return state_need(actor=member(place), statement=replace(given, **said))


def test_a_need_is_stated_in_two_sentences() -> None:
    place = firm()
    need = stated(place)
    assert (need.title, need.state, need.published) == ("求耐高温的锂电池隔膜", "open", False)
    assert need.organisation_name == place.name
    assert AuditEntry.objects.get().action == "needs.state_need"
    index_pending("needs")
    (document,) = need_documents([need.pk])
    assert set(document.visibility) == {"city", "centre", f"org:{place.pk}"}
    assert reader("needs").size == 1


@pytest.mark.parametrize("content", ["", "  \n\t ", "\u200b", "。"])
def test_nothing_said_is_no_need(content: str) -> None:
    with pytest.raises(Invalid) as refused:
        stated(firm(), content=content)
    assert refused.value.reason == "need_empty"
    assert not Need.objects.exists()


def test_first_sentence() -> None:
    assert first_sentence("一句。两句") == "一句"
    assert first_sentence("第一行\n第二行") == "第一行"
    assert len(first_sentence("长" * 500)) == 80


def test_nobody_states_a_need_for_another_firm() -> None:
    mine, theirs = firm("甲厂"), firm("乙厂")
    statement = NeedStatement("求电池", organisation=theirs)
    for who in (member(mine), PUBLIC, actor(Role.HOLDER_MANAGER, mine), actor(Role.BUREAU_AUDITOR, mine)):
        with pytest.raises((Forbidden, NotFound)):
            state_need(actor=who, statement=statement)
    assert not Need.objects.exists()
    assert not AuditEntry.objects.exists()


def everything_written() -> str:
    """All that the database holds, as text."""
    said: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names come from the database
            said += [str(row) for row in cursor.fetchall()]
    return "\n".join(said)


def test_the_private_layer_is_encrypted_and_in_no_trail_and_no_index() -> None:
    details, budget, contact, phone = SECRETS
    place = firm()
    private = {"private_details": details, "budget": Decimal(budget), "contact": contact, "phone": phone}
    need = stated(place, published=True, **private)
    written = everything_written()
    assert not [secret for secret in SECRETS if secret in written]
    kept = NeedPrivate.objects.get(need=need)
    assert (kept.details, kept.budget, kept.contact, kept.phone) == SECRETS
    assert NeedPrivate.objects.filter(phone_index=blind_index("phone", phone)).get() == kept
    index_pending("needs")
    assert not [secret for secret in SECRETS if secret in str(need_documents([need.pk]))]
    for who in (OFFICER, PUBLIC, member(firm("别家"))):
        assert NEEDS.may(who, "view", need)
        assert not NEEDS.may(who, "view_private", need)
    assert NEEDS.may(member(place), "view_private", need)


def test_private_columns_of_a_list_stay_private(tmp_path: Path) -> None:
    cells = {"需求编号": "1", "需求名称": "求电池", "需求内容": "轻", "企业名称": "示例厂", "预算（元）": SECRETS[1]}
    cells |= {"联系人": SECRETS[2], "联系电话": SECRETS[3]}
    nameless = {"需求编号": "2", "联系人": SECRETS[2]}
    path = write_list(tmp_path / "a.csv", [cells, nameless])
    assert rehearse(path, kind="needs").counts["created"] == 1
    run = take(path, kind="needs")
    assert counts(run) == (1, 0, 0, 1)
    assert (NeedPrivate.objects.get().phone, NeedPrivate.objects.get().contact) == (SECRETS[3], SECRETS[2])
    trail = "\n".join(AuditEntry.objects.values_list("content", flat=True))
    assert not [secret for secret in SECRETS if secret in trail + str(need_documents([Need.objects.get().pk]))]
    kept = str(list(ImportRow.objects.values_list("cells", flat=True)))
    assert not [secret for secret in SECRETS[1:] if secret in kept], "nor in the raw rows that are kept"
    report = write_report(actor=OFFICER, run=run)
    assert report is not None
    assert SECRETS[2] in report.read_text(encoding="utf-8-sig"), "the sender gets his own row back"


def test_a_need_is_found_by_any_of_its_numbers(tmp_path: Path) -> None:
    take(write_list(tmp_path / "a.csv", [{"需求编号": "X-77", "需求名称": "求电池", "需求内容": "轻"}]), kind="needs")
    need = Need.objects.get()
    for identity in (str(need.public_id), "X-77", str(need.pk)):
        assert need_for(OFFICER, identity) == need
        with pytest.raises(NotFound):
            need_for(PUBLIC, identity)
    for identity in ("", "X-78", "9" * 40, "0", "-1", "٣"):
        with pytest.raises(NotFound):
            need_for(OFFICER, identity)
    Need.objects.update(withdrawn_at=timezone.now())
    with pytest.raises(NotFound):
        need_for(OFFICER, "X-77")


def test_who_sees_a_need() -> None:
    mine, other = firm("甲厂"), firm("乙厂")
    need = stated(mine)
    sees = {Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.CENTRE_OPERATOR}
    for role in Role:
        assert needs_visible_to(actor(role, other)).exists() == NEEDS.may(actor(role, other), "view", need)
        assert NEEDS.may(actor(role, other), "view", need) == (role in sees), role
    assert needs_visible_to(member(mine)).get() == need
    assert not needs_visible_to(PUBLIC).exists()
    stated(mine, published=True, content="公开的需求")
    assert needs_visible_to(PUBLIC).count() == 1


def test_a_need_is_closed_once() -> None:
    place = firm()
    need = stated(place)
    with pytest.raises(NotFound):
        close_need(actor=member(firm("别家")), need=need)
    assert close_need(actor=member(place), need=need).state == "closed"
    with pytest.raises(Conflict):
        close_need(actor=member(place), need=need)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["needs.state_need", "needs.close_need"]
    index_pending("needs")
    assert need_documents([need.pk])[0].facets["state"] == "closed"


def test_a_need_without_a_number_is_known_by_its_text(tmp_path: Path) -> None:
    path = write_list(
        tmp_path / "a.csv", [{"需求名称": "求电池", "需求内容": "轻"}, {"需求名称": "求电机", "需求内容": "静"}]
    )
    assert counts(take(path, kind="needs")) == (2, 0, 0, 0)
    assert counts(take(path, kind="needs")) == (0, 0, 2, 0)
    assert counts(take(path, kind="needs", sender="另一来源")) == (2, 0, 0, 0)
