from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.names import looks_like_person, organisation_key, person_key, split_names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华为终端(东莞)有限公司", "华为终端（东莞）有限责任公司"),
        ("华为终端(东莞)有限公司", "华为终端东莞有限公司"),
        ("广东生益科技股份有限公司", "广东生益科技有限公司"),
        ("东莞市 某某 科技有限公司", "东莞市某某科技有限公司"),
        ("ＴＣＬ集团股份有限公司", "tcl集团股份有限公司"),
        ("Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES CO.,LTD"),
        ("Apple Inc.", "APPLE INC"),
        ("Siemens A.G.", "Siemens AG"),
        ("上海·某某研究所", "上海某某研究所"),
        ("某某有限公司\u200b", "某某有限公司"),
    ],
)
def test_writings_of_one_organisation_share_a_key(one: str, other: str) -> None:
    assert organisation_key(one) == organisation_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华为终端(东莞)有限公司", "华为终端(深圳)有限公司"),
        ("东莞理工学院", "东莞职业技术学院"),
        ("某某集团有限公司", "某某有限公司"),
        ("某某科技有限公司", "某某科技中心"),
    ],
)
def test_different_organisations_keep_apart(one: str, other: str) -> None:
    assert organisation_key(one) != organisation_key(other)


def test_a_name_that_is_all_form_keeps_a_key() -> None:
    assert organisation_key("有限公司")
    assert organisation_key("Ltd.") == "ltd"
    assert organisation_key("  ") == ""


@given(st.text())
def test_keys_are_stable(name: str) -> None:
    assert organisation_key(f" {name} ") == organisation_key(name)
    assert person_key(person_key(name)) == person_key(name)


def test_person_key() -> None:
    assert person_key("张 三") == person_key("张三")
    assert person_key("约翰·史密斯") == person_key("约翰・史密斯") == person_key("约翰.史密斯")


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (
            "张三;李四；王五|赵六、钱七,孙八，周九/吴十\n郑一",
            ["张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十", "郑一"],
        ),
        ("Smith, John; Lee, Ann", ["Smith, John", "Lee, Ann"]),
        ("John Smith, Ann Lee", ["John Smith", "Ann Lee"]),
        ("HUAWEI TECHNOLOGIES CO., LTD., Apple Inc.", ["HUAWEI TECHNOLOGIES CO., LTD.", "Apple Inc."]),
        ("Novo Nordisk A/S", ["Novo Nordisk A/S"]),
        ("某公司(甲,乙);丙公司", ["某公司(甲,乙)", "丙公司"]),
        ("某公司（甲、乙）、丙公司", ["某公司（甲、乙）", "丙公司"]),
        ("某公司(甲;乙", ["某公司(甲", "乙"]),
        ("甲((乙,丙),丁),戊", ["甲((乙,丙),丁)", "戊"]),
        ("Alpha/B", ["Alpha", "B"]),
        (" 张三 ;; 张三;", ["张三"]),
        ("", []),
        (None, []),
        (float("nan"), []),
    ],
)
def test_splitting_a_cell(raw: object, names: list[str]) -> None:
    assert split_names(raw) == names


def test_a_cell_full_of_brackets_is_split_in_reasonable_time() -> None:
    assert len(split_names("(" * 50_000 + ")" * 50_000 + ";甲")) == 2


@given(st.lists(st.text("甲乙丙丁戊己庚辛", min_size=1), unique=True), st.sampled_from(";；|、,，/"))
def test_splitting_undoes_joining(names: list[str], separator: str) -> None:
    assert split_names(separator.join(names)) == names


@pytest.mark.parametrize(
    "name",
    ["张三", "王小明", "常鹏", "仉勃生", "欧阳修文", "张 三", "约翰·史密斯", "J·史密斯", "John Smith", "Smith, John"],
)
def test_people(name: str) -> None:
    assert looks_like_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "华为技术有限公司",
        "东莞理工学院",
        "比亚迪",
        "王家厂",
        "Apple Inc.",
        "IBM",
        "Samsung Electronics",
        "司马",
        "",
        "123",
        "张三李四王五",
    ],
)
def test_not_people(name: str) -> None:
    assert not looks_like_person(name)
