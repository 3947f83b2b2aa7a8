from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from stdnum.cn import uscc

from zhiqiao.exchange.headings import read_headings
from zhiqiao.exchange.needs import read_needs
from zhiqiao.exchange.organisations import read_organisations
from zhiqiao.exchange.patents import read_patents
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.vocabularies import NEEDS, ORGANISATIONS, PATENTS
from zhiqiao.kernel.application_numbers import parse_application_number
from zhiqiao.kernel.legal_status import parse_legal_status
from zhiqiao.kernel.terms import expiry_date
from zhiqiao.registry.reference import tables
from zhiqiao.sample.city import SampleFiles, sample_city, write_sample
from zhiqiao.sample.seeds import ideas

CITY = sample_city()
ROLES = {
    "bureau_officer",
    "bureau_auditor",
    "unit_officer",
    "branch_officer",
    "holder_manager",
    "holder_staff",
    "soe_manager",
    "enterprise_member",
    "bank_member",
    "agency_member",
    "centre_operator",
    "system_admin",
}


@pytest.fixture(scope="module")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return write_sample(tmp_path_factory.mktemp("sample"))


def test_the_city_has_the_promised_size() -> None:
    assert 580 <= len(CITY.patents) <= 620
    assert len(CITY.needs) == 40
    assert len({idea.key.split("#")[0] for idea in ideas()}) >= 100
    kinds = Counter(each.kind for each in CITY.organisations)
    assert kinds["enterprise"] == 40
    assert (kinds["university"], kinds["institute"], kinds["hospital"], kinds["soe"]) == (2, 2, 1, 4)
    assert (kinds["bank"], kinds["agency"], kinds["operating_centre"]) == (4, 4, 3)


def test_everything_says_that_it_is_invented() -> None:
    assert all("示例" in each.name for each in CITY.organisations)
    assert all("示例" in name for patent in CITY.patents for name in (*patent.holders, *patent.applicants))
    assert all(set("示例") & set(name) for patent in CITY.patents for name in patent.inventors)
    assert all("示例" in person.name for person in CITY.people)


def test_credit_codes_are_well_formed_and_different() -> None:
    codes = [each.credit_code for each in CITY.organisations]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_application_numbers_are_well_formed_different_and_out_of_the_office_s_range() -> None:
    for patent in CITY.patents:
        parsed = parse_application_number(patent.application_number, today=date(2026, 1, 1))
        assert parsed.kind == patent.kind
        assert parsed.year == patent.life.filed_on.year
        assert patent.application_number[5:7] == "99"
    assert len({patent.application_number for patent in CITY.patents}) == len(CITY.patents)


def test_no_two_patents_have_the_same_title() -> None:
    assert [title for title, n in Counter(each.title for each in CITY.patents).items() if n > 1] == []


def test_abstracts_read_like_abstracts() -> None:
    technical = [patent for patent in CITY.patents if patent.kind != "design"]
    for patent in technical:
        assert 150 <= len(patent.abstract) <= 300, patent.key
        assert not re.search(r"[{}|]|。。|；。|，，", patent.abstract + (patent.first_claim or "")), patent.key
        assert patent.title in patent.abstract
    assert len({patent.abstract for patent in technical}) == len(technical)


def test_methods_and_materials_are_never_utility_models() -> None:
    wrong = [p.title for p in CITY.patents if p.kind == "utility_model" and re.search(r"(方法|工艺|配方)$", p.title)]
    assert wrong == []


def test_every_class_is_in_the_table_and_was_valid_when_the_sample_says_so() -> None:
    places = {entry.code: entry for entry in tables.ipc_entries()}
    for patent in CITY.patents:
        for symbol in patent.classes:
            if patent.kind == "design":
                assert re.fullmatch(r"\d{2}-\d{2}", symbol)
                continue
            ends = places[f"{symbol.split('/')[0]}/00"].effective_to
            assert ends is None or patent.life.filed_on <= ends, (patent.key, symbol)
    assert sum(patent.classes[0].startswith("H01L") for patent in CITY.patents) >= 10


def test_lives_are_possible() -> None:
    for patent in CITY.patents:
        life = patent.life
        assert date(2012, 1, 1) <= life.filed_on <= life.status_on <= date(2025, 12, 31), patent.key
        read = parse_legal_status(life.status).group
        assert read == "alive" if life.in_force else read != "alive", patent.key
        if life.in_force:
            assert life.granted_on is not None
            assert expiry_date(patent.kind, life.filed_on) > date(2025, 12, 31)


def test_the_city_shows_every_fate() -> None:
    statuses = Counter(patent.life.status for patent in CITY.patents)
    assert set(statuses) == {"授权", "实质审查", "公开", "质押", "许可", "未缴年费", "期限届满", "放弃", "驳回"}
    assert sum(len(patent.holders) > 1 for patent in CITY.patents) >= 40
    assert sum(patent.funding is not None for patent in CITY.patents) >= 40
    assert sum(patent.applicants != patent.holders for patent in CITY.patents) >= 10
    asleep = [p for p in CITY.patents if p.life.status == "授权" and p.life.filed_on.year <= 2019]
    assert len(asleep) >= 60


def test_twins_name_each_other_and_share_their_day() -> None:
    by_number = {patent.application_number: patent for patent in CITY.patents}
    twins = [patent for patent in CITY.patents if patent.twin_number]
    assert len(twins) == 24
    for patent in twins:
        sister = by_number[patent.twin_number or ""]
        assert sister.twin_number == patent.application_number
        assert sister.life.filed_on == patent.life.filed_on
        assert {sister.kind, patent.kind} == {"invention", "utility_model"}


@pytest.mark.parametrize("month", range(1, 13))
def test_fees_fall_due_in_every_quarter_that_begins_in_a_month(month: int) -> None:
    months = {(month - 1 + later) % 12 + 1 for later in range(3)}
    due = [p for p in CITY.patents if p.life.in_force and p.life.filed_on.month in months]
    assert len(due) >= 60


def test_needs_expect_patents_that_are_there_and_in_force() -> None:
    by_number = {patent.application_number: patent for patent in CITY.patents}
    for need in CITY.needs:
        assert all(by_number[number].life.validity != "失效" for number in need.expected), need.number
    assert sum(not need.expected for need in CITY.needs) == 3
    assert sum(need.cross_field for need in CITY.needs) == 2


def test_needs_do_not_copy_the_titles_they_expect() -> None:
    titles = {patent.application_number: patent.title for patent in CITY.patents}
    for need in CITY.needs:
        assert all(titles[number].removeprefix("一种") not in need.text for number in need.expected)


def test_there_is_one_log_in_for_each_role() -> None:
    keys = {each.key for each in CITY.organisations}
    assert {person.role for person in CITY.people} == ROLES
    assert len({person.login for person in CITY.people}) == len(CITY.people)
    assert all(person.organisation in keys for person in CITY.people)


def test_towns_and_industries_are_in_the_tables() -> None:
    towns = {entry.code: entry.title_zh for entry in tables.towns()}
    industries = {entry.code for entry in tables.industries()}
    for each in CITY.organisations:
        assert towns[each.town_code] == each.town
        assert not each.industry or each.industry in industries


def test_two_runs_write_the_same_bytes(sample_files: SampleFiles, tmp_path: Path) -> None:
    again = write_sample(tmp_path / "again")
    for one, other in zip(_all(sample_files), _all(again), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_files_are_read_back_whole_and_every_heading_is_known(sample_files: SampleFiles) -> None:
    numbers = []
    dialects = []
    for path in sample_files.patents:
        for table in open_tables(path):
            mapping, body = read_headings(table, PATENTS)
            dialects.append(mapping.dialect)
            assert mapping.unmapped == ()
            for row in read_patents(body, mapping):
                assert row.record is not None
                assert row.warnings == ()
                numbers.append(row.record.number)
    assert dialects == ["incopat", "cnipr", "patsnap"]
    assert sorted(numbers) == sorted(p.application_number.replace(".", "") for p in CITY.patents)


def test_organisations_and_needs_are_read_back_whole(sample_files: SampleFiles) -> None:
    for table in open_tables(sample_files.organisations):
        mapping, body = read_headings(table, ORGANISATIONS)
        records = [row.record for row in read_organisations(body, mapping)]
        assert [record.credit_code for record in records if record] == [o.credit_code for o in CITY.organisations]
    for table in open_tables(sample_files.needs):
        mapping, body = read_headings(table, NEEDS)
        needs = [row.record for row in read_needs(body, mapping)]
        assert [need.external_id for need in needs if need] == [need.number for need in CITY.needs]


def test_the_list_in_gb18030_and_the_workbooks_are_what_they_say(sample_files: SampleFiles) -> None:
    incopat, cnipr, patsnap = sample_files.patents
    rows = list(csv.DictReader(cnipr.read_bytes().decode("gb18030").splitlines()))
    assert rows[0]["主分类号"].endswith("(2006.01)I")
    for path in (incopat, patsnap):
        assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(path).namelist()


def _all(files: SampleFiles) -> tuple[Path, ...]:
    return (*files.patents, files.organisations, files.needs)
