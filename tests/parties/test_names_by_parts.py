"""Names are found by any part of them: as reading every name would, whatever was done to the organisations."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from importlib import import_module
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.parties.test_import import FIRM, UNIVERSITY, Take, take, the
from zhiqiao.core import parts
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.importing import RUNS, undo_import
from zhiqiao.core.models import ImportRun, SearchedText
from zhiqiao.core.parts import likely_first
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actions import add_alias, change_name, merge_organisations, register_named
from zhiqiao.parties.importing import OrganisationStorer
from zhiqiao.parties.models import LIVING, Organisation
from zhiqiao.parties.naming import NAMES
from zhiqiao.parties.selectors import named_with, organisations_like

__all__ = ["take"]
Make = Callable[..., Organisation]
SIGNS = "东莞市华南理工大学科技有限公司示例厂AbC35（）"
EVERY_WAY = [
    {}, {"COMMON": 1}, {"COMMON": 10_000, "RARE": 1}, {"COMMON": 10_000, "MOST_LIKELY": 3}, {"COMMON": 10_000},
]  # fmt: skip


@pytest.fixture
def city(organisation: Make, bureau: Actor) -> list[Organisation]:
    """Some dozen organisations with names of few signs: registered, renamed, merged, taken back, called otherwise."""
    chance = random.Random(7)

    def name(at: int) -> str:
        return "".join(chance.choices(SIGNS, k=chance.randrange(3, 9))) + f"甲{at}"

    made = [organisation(name(at)) for at in range(24)]
    with unit_of_work(bureau) as work:
        bulk = register_named(work, [f"{name(100 + at)}有限公司" for at in range(24)])
    made += Organisation.objects.filter(pk__in=bulk.values()).order_by("pk")
    for at, each in enumerate(made[:6]):
        change_name(actor=bureau, organisation=each, new_name=name(200 + at), effective_on=date(2020, 1, 1))
    for at, each in enumerate(made[6:12]):
        add_alias(actor=bureau, organisation=each, name=name(300 + at), source="")
    for absorbed, survivor in pairwise(made[12:16]):
        merge_organisations(actor=bureau, absorbed=absorbed, survivor=survivor, reason="x")
    Organisation.objects.filter(pk__in=[each.pk for each in made[40:]]).update(withdrawn_at=timezone.now())
    return list(Organisation.objects.filter(LIVING).order_by("pinyin", "id").prefetch_related("names"))


def named_so(organisation: Organisation, words: str) -> bool:
    """By reading it."""
    key, letters = organisation_key(words), "".join(words.split()).lower()
    names = [organisation.name_key, *(each.name_key for each in organisation.names.all())]
    syllables = organisation.pinyin.split()
    sounds = ["".join(syllables[at:]) for at in range(len(syllables))]
    latin = letters.isascii() and letters.isalnum()
    return (
        any(key in each for each in names if key)
        or (latin and organisation.initials.startswith(letters))
        or (latin and letters.isalpha() and len(letters) > 1 and any(each.startswith(letters) for each in sounds))
    )


@pytest.mark.parametrize("way", EVERY_WAY)
def test_the_same_is_found_as_by_reading_every_name(
    city: list[Organisation], monkeypatch: pytest.MonkeyPatch, way: dict[str, int]
) -> None:
    for limit, value in way.items():
        monkeypatch.setattr(parts, limit, value)
    asked = {each.name[at : at + size] for each in city[::3] for at in range(3) for size in (1, 2, 3, 12)}
    asked |= {each.pinyin.replace(" ", "")[:size] for each in city[::3] for size in (1, 2, 4, 9, 13)}
    asked |= {"有限公司", "gongsi", "ongsi", "keji", "犇", "甲1", "·", "35"}
    for words in sorted(asked):
        expected = [each for each in city if named_so(each, words)]
        if organisation_key(words):
            assert list(organisations_like(PUBLIC, words)) == expected, words


def test_part_of_the_present_name(city: list[Organisation]) -> None:
    for each in city[::5]:
        key = organisation_key(each.name[1:4])
        named = Organisation.objects.filter(name_key__contains=key) if key else Organisation.objects.none()
        assert sorted(named_with(each.name[1:4])) == sorted(named.values_list("pk", flat=True))
    assert named_with("有限公司", most=2) == named_with("有限公司", most=2) != []
    assert len(named_with("有限公司", most=2)) == 2


def test_what_is_rolled_back_leaves_nothing(bureau: Actor, organisation: Make) -> None:
    organisation("示例甲厂")
    kept = SearchedText.objects.count()
    with pytest.raises(ZeroDivisionError), unit_of_work(bureau) as work:
        register_named(work, [f"东莞丙{at}示例厂" for at in range(30)])
        raise ZeroDivisionError
    assert SearchedText.objects.count() == kept
    likely = NAMES.holding("东莞丙")
    assert likely is not None and not list(likely)
    assert [each.name for each in organisations_like(PUBLIC, "示例")] == ["示例甲厂"]


@pytest.mark.usefixtures("towns")
def test_an_import_and_its_undoing(take: Take, bureau: Actor, organisation: Make) -> None:
    old = organisation("旧式示例厂", credit_code=FIRM["统一社会信用代码"])
    run = take(FIRM | {"曾用名": "更早示例厂"}, UNIVERSITY)
    assert the(FIRM["单位名称"]).pk == old.pk
    for words in ("示例精密", "旧式", "更早示例", "jingmi"):
        assert list(organisations_like(PUBLIC, words)) == [old], words
    assert [each.name for each in organisations_like(PUBLIC, "理工")] == [UNIVERSITY["单位名称"]]
    undo_import(actor=bureau, run=run, storer=OrganisationStorer())
    for words in ("示例精密", "更早示例", "jingmi", "理工"):
        assert not organisations_like(PUBLIC, words).exists(), words
    assert list(organisations_like(PUBLIC, "旧式")) == list(organisations_like(PUBLIC, "jiushi")) == [old]


def test_few_questions_go_before_that_of_the_list(city: list[Organisation], monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample, then one for each index that may know: of codes and initials, of parts, of sounds."""
    # Whether a sample of so few meets them rests on the keys that these were given.
    monkeypatch.setattr("zhiqiao.core.parts.COMMON", 1_000)

    def asked(words: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            list(organisations_like(PUBLIC, words))
        return len(queries)

    assert max(asked(words) for words in ("示例", city[0].name, "犇犇")) == 3
    assert max(asked(words) for words in ("gongsi", "a", "91440101")) == 6


def runs_likely(words: str) -> list[int]:
    likely = RUNS.holding(words)
    assert likely is not None
    return list(likely)


@pytest.mark.usefixtures("towns")
def test_what_was_there_before_the_index_is_put_into_it(take: Take, city: list[Organisation]) -> None:
    run = take(UNIVERSITY)
    whole = {words: list(organisations_like(PUBLIC, words)) for words in ("理工", "甲1", "gongsi", city[0].name[:3])}
    SearchedText.objects.all().delete()
    assert not organisations_like(PUBLIC, "理工").exists()
    assert runs_likely(run.number) == []
    import_module("zhiqiao.parties.migrations.0006_names_by_their_parts").keep_all(apps, None)
    import_module("zhiqiao.core.migrations.0011_imports_by_their_parts").keep_all(apps, None)
    for words, found in whole.items():
        assert list(organisations_like(PUBLIC, words)) == found, words
    assert runs_likely(run.number) == [run.pk]


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.usefixtures("towns")
def test_imports_by_part_of_number_sender_or_person(
    take: Take, monkeypatch: pytest.MonkeyPatch, way: dict[str, int]
) -> None:
    for limit, value in way.items():
        monkeypatch.setattr(parts, limit, value)
    runs = [take(UNIVERSITY | {"地址": str(at)}, name=f"{at}.csv") for at in range(4)]
    for words in (runs[0].number, runs[3].number[-2:], "示例局", "例", "-", "imp", "没有", runs[1].actor_name[:2]):
        said = Q(number__icontains=words) | Q(sender__icontains=words) | Q(actor_name__icontains=words)
        expected = list(ImportRun.objects.filter(said).order_by("pk"))
        assert list(likely_first(ImportRun.objects.order_by("pk"), said, RUNS.holding(words))) == expected, words
