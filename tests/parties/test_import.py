"""A list of organisations, from file to register and back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.parties.conftest import credit_code
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.importing import ImportRequest, carry_out, rehearse, start_import, undo_import
from zhiqiao.core.models import AuditEntry, ImportRow, ImportRun, ReferenceEntry, Revision
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions import ContactDetails, add_contact, change_name, grant_role, register_named
from zhiqiao.parties.importing import OrganisationStorer
from zhiqiao.parties.models import Contact, Organisation, OrganisationName
from zhiqiao.parties.naming import OrganisationFinder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("towns")]

UNIVERSITY = {"单位名称": "示例理工大学", "统一社会信用代码": credit_code(1), "单位类型": "高校", "镇街": "松山湖"}
FIRM = {
    "单位名称": "东莞示例精密有限公司",
    "统一社会信用代码": credit_code(2),
    "单位类型": "民营企业",
    "镇街": "长安镇",
    "荣誉资质": "高新技术企业;专精特新",
    "联系人": "示例联系人",
    "联系电话": "13800000000",
}
HEADINGS = [*FIRM, "曾用名", "简称", "地址", "所属行业"]

Take = Callable[..., ImportRun]


@pytest.fixture
def take(tmp_path: Path, bureau: Actor) -> Take:
    """Import the rows as a CSV file of that name."""

    def run(*rows: dict[str, str], name: str = "a.csv") -> ImportRun:
        request = _request(tmp_path, rows, name)
        return carry_out(actor=bureau, run=start_import(actor=bureau, request=request), storer=OrganisationStorer())

    return run


def _request(folder: Path, rows: tuple[dict[str, str], ...], name: str) -> ImportRequest:
    path = folder / name
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return ImportRequest(kind="organisations", files=((name, path),), sender="示例局")


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    assert run.rows == run.created + run.updated + run.unchanged + run.rejected
    return run.created, run.updated, run.unchanged, run.rejected


def the(name: str) -> Organisation:
    return Organisation.objects.get(name=name)


def test_a_list_comes_in_with_its_trail(take: Take) -> None:
    assert counts(take(UNIVERSITY, FIRM)) == (2, 0, 0, 0)
    university, firm = the("示例理工大学"), the("东莞示例精密有限公司")
    assert (university.kind, university.kind_suggested, university.park_code) == ("university", False, "441900401")
    assert (firm.town_code, firm.honours) == ("441900119", ["高新技术企业", "专精特新"])
    assert AuditEntry.objects.filter(action="parties.import_organisation").count() == 2


def test_a_contact_is_kept_encrypted_and_out_of_the_trail(take: Take) -> None:
    take(FIRM)
    contact = Contact.objects.get()
    assert (contact.name, contact.phone) == ("示例联系人", "13800000000")
    assert not any("13800000000" in text for text in AuditEntry.objects.values_list("content", flat=True))


def test_the_same_list_again_changes_nothing(take: Take) -> None:
    take(UNIVERSITY, FIRM)
    entries = AuditEntry.objects.filter(action__startswith="parties.").count()
    assert counts(take(UNIVERSITY, FIRM, name="b.csv")) == (0, 0, 2, 0)
    assert AuditEntry.objects.filter(action__startswith="parties.").count() == entries
    assert not Revision.objects.exists()


def test_a_change_is_kept_with_what_was_before_and_empties_change_nothing(take: Take) -> None:
    take(FIRM)
    run = take({"单位名称": FIRM["单位名称"], "地址": "示例路 1 号", "镇街": "南城街道"}, name="b.csv")
    assert counts(run) == (0, 1, 0, 0)
    firm = the(FIRM["单位名称"])
    assert (firm.credit_code, firm.address, firm.honours[0]) == (credit_code(2), "示例路 1 号", "高新技术企业")
    changes = Revision.objects.get().changes
    assert changes == {"address": ["", "示例路 1 号"], "town_code": ["441900119", "441900004"]}


def test_a_new_name_with_the_known_code_makes_the_old_one_a_former_name(take: Take) -> None:
    take(FIRM)
    renamed = FIRM | {"单位名称": "东莞示例智造有限公司"}
    assert counts(take(renamed, name="b.csv")) == (0, 1, 0, 0)
    assert OrganisationName.objects.get().name == FIRM["单位名称"]
    assert OrganisationFinder.load().find(FIRM["单位名称"]) == the("东莞示例智造有限公司").pk
    older = take(FIRM, name="c.csv")
    assert counts(older) == (0, 0, 1, 0) and older.reasons == {"former_name_used": 1}
    assert the("东莞示例智造有限公司").name_key == "东莞示例智造有限公司"


def test_a_former_name_in_the_row_leads_to_the_organisation(take: Take) -> None:
    take(UNIVERSITY)
    new = {"单位名称": "示例科技大学", "曾用名": "示例理工大学"}
    assert counts(take(new, name="b.csv")) == (0, 1, 0, 0)
    assert Organisation.objects.get().name == "示例科技大学"


def test_code_of_one_and_name_of_another_is_refused(take: Take) -> None:
    take(UNIVERSITY, FIRM)
    mixed = {"单位名称": UNIVERSITY["单位名称"], "统一社会信用代码": FIRM["统一社会信用代码"]}
    other_code = {"单位名称": FIRM["单位名称"], "统一社会信用代码": credit_code(9)}
    former = {"单位名称": "全新名称公司", "统一社会信用代码": credit_code(8), "曾用名": FIRM["单位名称"]}
    run = take(mixed, other_code, former, name="b.csv")
    assert counts(run) == (0, 0, 0, 3)
    assert run.reasons == {"organisation_conflict": 3}


def test_two_company_forms_under_two_codes_are_two(take: Take) -> None:
    joint_stock = {"单位名称": "东莞示例精密股份有限公司", "统一社会信用代码": credit_code(3)}
    assert counts(take(FIRM, joint_stock)) == (2, 0, 0, 0)
    run = take({"单位名称": "东莞示例精密有限责任公司", "地址": "某处"}, name="b.csv")
    assert run.reasons == {"organisation_ambiguous": 1}


def test_unknown_words_are_named_and_the_row_lands(take: Take) -> None:
    run = take({"单位名称": "示例研究院", "单位类型": "其他", "镇街": "无此镇"})
    assert counts(run) == (1, 0, 0, 0)
    assert run.reasons == {"kind_unknown": 1, "town_unknown": 1}
    assert (the("示例研究院").kind, the("示例研究院").kind_suggested) == ("institute", True)


def test_a_second_row_of_the_same_list_adds_and_never_contradicts(take: Take) -> None:
    second = {"单位名称": FIRM["单位名称"], "镇街": "南城街道", "地址": "示例路 1 号", "简称": "示例精密"}
    rows = (FIRM, second)
    run = take(*rows)
    assert counts(run) == (1, 0, 1, 0) and run.reasons == {"row_merged": 1}
    firm = the(FIRM["单位名称"])
    assert (firm.town_code, firm.address) == ("441900119", "示例路 1 号")
    assert OrganisationFinder.load().find("示例精密") == firm.pk
    assert counts(take(*rows, name="b.csv")) == (0, 0, 2, 0)


def test_one_known_from_patents_is_completed(take: Take, bureau: Actor, named: Callable[[str], int]) -> None:
    key = named("东莞示例精密有限责任公司")
    assert counts(take(FIRM)) == (0, 1, 0, 0)
    firm = Organisation.objects.get(pk=key)
    assert (firm.named_only, firm.name, firm.credit_code) == (False, FIRM["单位名称"], credit_code(2))


@pytest.fixture
def named(bureau: Actor) -> Callable[[str], int]:
    def make(name: str) -> int:
        with unit_of_work(bureau) as work:
            return register_named(work, [name])[name]

    return make


def _columns() -> list[dict[str, Any]]:
    kept = [field.attname for field in Organisation._meta.concrete_fields if field.attname != "updated_at"]
    return list(Organisation.objects.order_by("id").values(*kept))


def test_undoing_restores_what_was_changed(take: Take, bureau: Actor, named: Callable[[str], int]) -> None:
    named("示例理工大学")
    take(FIRM)
    before, finder = _columns(), OrganisationFinder.load()
    run = take(UNIVERSITY, FIRM | {"单位名称": "东莞示例智造有限公司", "联系电话": "13900000000"}, name="b.csv")
    assert counts(run) == (0, 2, 0, 0)
    undo_import(actor=bureau, run=run, storer=OrganisationStorer())
    assert _columns() == before
    assert OrganisationFinder.load().__dict__ == finder.__dict__
    assert Contact.objects.filter(withdrawn_at=None).count() == 1


def test_undoing_leaves_what_was_changed_since(take: Take, bureau: Actor) -> None:
    take(FIRM)
    run = take({"单位名称": FIRM["单位名称"], "地址": "示例路 1 号", "镇街": "南城街道"}, name="b.csv")
    take({"单位名称": FIRM["单位名称"], "地址": "示例路 2 号"}, name="c.csv")
    undo_import(actor=bureau, run=run, storer=OrganisationStorer())
    firm = the(FIRM["单位名称"])
    assert (firm.address, firm.town_code) == ("示例路 2 号", "441900119")


def test_undoing_withdraws_what_was_created_and_the_list_can_come_again(take: Take, bureau: Actor) -> None:
    run = take(UNIVERSITY, FIRM)
    undo_import(actor=bureau, run=run, storer=OrganisationStorer())
    assert OrganisationFinder.load().find(FIRM["单位名称"]) is None
    assert set(Organisation.objects.values_list("credit_code", "named_only")) == {(None, True)}
    assert not Contact.objects.filter(withdrawn_at=None).exists()
    again = take(UNIVERSITY, FIRM, name="b.csv")
    assert counts(again) == (2, 0, 0, 0)
    assert Organisation.objects.filter(withdrawn_at=None).count() == Organisation.objects.count() == 2
    assert Contact.objects.filter(withdrawn_at=None).count() == 1


def test_undoing_leaves_the_name_where_another_record_knows_it(
    take: Take, bureau: Actor, person: Callable[..., Any]
) -> None:
    run = take(UNIVERSITY)
    grant_role(actor=bureau, user=person(), organisation=the("示例理工大学"), role="holder_manager")
    undo_import(actor=bureau, run=run, storer=OrganisationStorer())
    left = the("示例理工大学")
    assert (left.withdrawn_at, left.named_only, left.credit_code, left.park_code) == (None, True, None, "")


def test_a_rehearsal_keeps_nothing(tmp_path: Path, bureau: Actor) -> None:
    found = rehearse(actor=bureau, request=_request(tmp_path, (FIRM,), "a.csv"), storer=OrganisationStorer())
    assert found.counts["created"] == 1
    assert not Organisation.objects.exists() and not ImportRow.objects.exists()


def test_a_renaming_by_hand_is_not_turned_back_by_an_older_list(take: Take, bureau: Actor) -> None:
    take(FIRM)
    firm = the(FIRM["单位名称"])
    change_name(actor=bureau, organisation=firm, new_name="东莞示例新名有限公司", effective_on=date(2026, 1, 1))
    add_contact(actor=bureau, organisation=firm, details=ContactDetails(name="示例乙"))
    assert counts(take(FIRM, name="b.csv")) == (0, 0, 1, 0)
    assert Organisation.objects.get().name == "东莞示例新名有限公司"


def test_each_contact_of_one_list_comes_in_once(take: Take) -> None:
    second = {"单位名称": FIRM["单位名称"], "联系人": "示例乙"}
    rows = (FIRM, second, second, FIRM)
    take(*rows)
    assert sorted(contact.name for contact in Contact.objects.all()) == ["示例乙", "示例联系人"]
    assert counts(take(*rows, name="b.csv")) == (0, 0, 4, 0)
    assert Contact.objects.count() == 2


def test_an_unchanged_list_asks_the_database_little(
    take: Take, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    rows = [FIRM | {"单位名称": f"示例第{n}有限公司", "统一社会信用代码": credit_code(n)} for n in range(60)]
    take(*rows)
    with django_assert_max_num_queries(59):
        assert counts(take(*rows, name="b.csv")) == (0, 0, 60, 0)


def test_industries_become_codes_where_the_standard_knows_them(take: Take) -> None:
    for code, name in [("183", "服饰制造"), ("1830", "服饰制造"), ("3911", "计算机整机制造")]:
        ReferenceEntry.objects.create(
            scheme="industry", code=code, level="class", name_zh=name, edition="2017", effective_from=date(2017, 10, 1)
        )
    take(FIRM | {"所属行业": "服饰制造;C3911;连接器"})
    assert the(FIRM["单位名称"]).industries == ["1830", "3911", "连接器"]
