from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.fakes import TITLES, LetterPairs, patent
from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL, Document, Filters, facet_filters
from zhiqiao.engine.match import Match, Scope, match, similar
from zhiqiao.engine.stages import StageClock
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader, open_writer
from zhiqiao.engine.text import fold
from zhiqiao.engine.textindex import Window
from zhiqiao.kernel.errors import Invalid

PUBLIC = frozenset({"public"})
TOKENS = ("public", "org:1", "org:2", "org:3")
ABSTRACT = "本发明公开了一种ＬＥＤ驱动板。所述隔膜由聚丙烯制成，锂离子电池的隔膜孔径为50纳米；成本低。"


@pytest.fixture
def reader(writer: SearchWriter, tmp_path: Path, encoder: LetterPairs) -> SearchReader:
    documents = [patent(key, abstract=ABSTRACT if key == 0 else "", classes=("H01M50/40",)) for key in range(12)]
    writer.apply(documents, [], "1")
    writer.commit()
    writer.encode_pending(10)
    return open_reader(tmp_path / "index", encoder)


def asked(reader: SearchReader, text: str, scope: Scope) -> list[Match]:
    return match(reader, LetterPairs(), text, scope)


def test_the_right_patent_comes_first_with_its_reasons(reader: SearchReader) -> None:
    first, *rest = asked(reader, "寻求锂离子电池隔膜制备技术，孔径均匀。", Scope(PUBLIC))
    assert first.key == 0
    assert first.level in ("strong", "fair")
    assert all(first.score >= other.score for other in rest)
    shared = next(reason for reason in first.reasons if reason.code == "shared_words")
    named = [str(word["word"]) for word in shared.facts["words"]]
    assert "隔膜" in named
    assert not [word for word in named if any(word in other and word != other for other in named)]
    assert first.passage is not None
    assert "隔膜孔径" in first.passage.text


def test_nothing_good_is_said_to_be_nothing(reader: SearchReader) -> None:
    found = asked(reader, "明日股市行情预测", Scope(PUBLIC))
    assert {answer.level for answer in found} <= {"none"}


def test_passages_are_exact_quotations_and_highlights_are_shared_words(reader: SearchReader) -> None:
    need = "ＬＥＤ 与锂离子电池的 隔膜，孔径要求50纳米"
    for answer in asked(reader, need, Scope(PUBLIC)):
        passage = answer.passage
        if passage is None:
            continue
        assert getattr(answer.document, passage.field)[passage.start : passage.end] == passage.text
        quoted = [fold(passage.text)[start:end] for start, end in passage.highlights]
        wanted = [fold(need)[start:end] for start, end in passage.need_highlights]
        assert quoted and all(quoted)
        assert {word for word in wanted if word in quoted}


@pytest.mark.parametrize("text", ["", "   ", "\0", "。！？", "\u200b\ufeff", "🙂🙂"])
def test_a_need_without_a_word_is_refused(reader: SearchReader, text: str) -> None:
    with pytest.raises(Invalid, match="query_empty"):
        asked(reader, text, Scope(PUBLIC))


@pytest.mark.parametrize(
    "text",
    ["电", "a", "7", "的", "12345 67890", "电池🙂隔膜", "电池\0隔膜", "\ud800电池", "battery separator", "аккумулятор",
     "電池セパレータ", "ﷺ" * 4_000, "锂电池隔膜" * 20_000, "title:(电池 OR", "!" * 99_999 + "电"],
)  # fmt: skip
def test_any_other_text_gets_an_answer_of_the_asked_size(reader: SearchReader, text: str) -> None:
    if text.startswith("!"):
        with pytest.raises(Invalid):
            asked(reader, text, Scope(PUBLIC))
        return
    found = asked(reader, text, Scope(PUBLIC, k=5))
    assert len(found) <= 5
    assert all(0 <= answer.score <= 1 for answer in found)


def test_unreasonable_sizes_are_refused() -> None:
    for k in (0, 101):
        with pytest.raises(Invalid, match="too_many_results"):
            Scope(PUBLIC, k=k)


def test_every_stage_is_timed(reader: SearchReader) -> None:
    clock = StageClock()
    match(reader, LetterPairs(), "电池", Scope(PUBLIC), clock)
    assert list(clock.seconds) == ["encode", "text", "vectors", "fuse", "score", "explain"]
    assert clock.total > 0


def test_a_document_written_a_second_ago_ranks_as_if_indexed(
    reader: SearchReader, writer: SearchWriter, encoder: LetterPairs
) -> None:
    fresh = patent(50, "钠离子电池隔膜涂层")
    before = asked(reader, "电池隔膜", Scope(PUBLIC, tail=[fresh]))
    writer.apply([fresh], [], "2")
    writer.commit()
    writer.encode_pending(10)
    reader.refresh()
    after = asked(reader, "电池隔膜", Scope(PUBLIC))
    assert 50 in [answer.key for answer in before[:2]]
    assert [answer.key for answer in before] == [answer.key for answer in after]
    scores = zip((a.score for a in before), (a.score for a in after), strict=True)
    assert all(abs(one - other) < 0.1 for one, other in scores)


def test_the_tail_replaces_what_the_index_says_and_obeys_the_same_rules(reader: SearchReader) -> None:
    tail = [
        patent(0, "量子计算芯片"),
        patent(60, "锂离子电池隔膜", visibility=("org:1",)),
        patent(61, "锂离子电池隔膜", facets={"kind": "utility"}),
    ]
    scope = Scope(PUBLIC, tail=tail, superseded=frozenset({10}))
    found = {answer.key: answer.document.title for answer in asked(reader, "锂离子电池隔膜", scope)}
    assert found.get(0, "量子计算芯片") == "量子计算芯片"
    assert 61 in found
    assert not {60, 10} & found.keys()
    narrowed = Scope(PUBLIC, facet_filters(kind="utility"), tail=tail)
    assert [answer.key for answer in asked(reader, "锂离子电池隔膜", narrowed)] == [61]
    assert 60 in {a.key for a in asked(reader, "锂离子电池隔膜", Scope(PUBLIC | {"org:1"}, tail=tail))}


def test_a_long_tail_gives_up_its_best(reader: SearchReader) -> None:
    tail = [patent(1_000 + at, f"第{at}种座椅扶手") for at in range(300)]
    tail[123] = patent(1_123, "超临界萃取釜")
    found = asked(reader, "超临界萃取", Scope(PUBLIC, tail=tail))
    assert found[0].key == 1_123


def test_what_is_nearest_to_a_document_of_another_collection_comes_first_without_reasons(reader: SearchReader) -> None:
    found = similar(reader, LetterPairs(), patent(0, TITLES[0]), Scope(PUBLIC))
    assert [answer.key for answer in found[:2]] == [0, 10]
    assert not any(answer.reasons or answer.passage or answer.elements for answer in found)
    assert similar(reader, LetterPairs(), patent(0, TITLES[0]), Scope(frozenset({"org:9"}))) == []


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchWriter, SearchReader]]:
    folder = tmp_path_factory.mktemp("mixed") / "index"
    with open_writer(folder, LetterPairs()) as writer:
        writer.apply([], [], "0")
        writer.commit()
        yield writer, open_reader(folder, LetterPairs())


_token_sets = st.frozensets(st.sampled_from(TOKENS))


_thirty = st.lists(_token_sets, min_size=30, max_size=30)
_filters = st.sampled_from([NO_FILTERS, Filters(holders=("甲",)), facet_filters(kind="a")])


# To write takes a hundred times as long as to ask: few indexes, and many questions to each.
@settings(max_examples=8)
@given(_thirty, _thirty, st.lists(st.tuples(_token_sets, _filters), min_size=3, max_size=6, unique=True))
def test_nobody_finds_what_they_may_not_see_and_the_top_ten_stay_ten(
    mixed: tuple[SearchWriter, SearchReader],
    earlier: list[frozenset[str]],
    now: list[frozenset[str]],
    askers: list[tuple[frozenset[str], Filters]],
) -> None:
    writer, reader = mixed
    _write(writer, earlier)
    writer.encode_pending(10)
    documents = _write(writer, now)  # The vectors still tell who was allowed before.
    reader.refresh()
    for tokens, filters in askers:
        _finds_just_what_it_may(reader, documents, tokens, filters)
    assert reader.text.count(SEES_ALL) == 30


def _finds_just_what_it_may(
    reader: SearchReader, documents: list[Document], tokens: frozenset[str], filters: Filters
) -> None:
    allowed = {d.key for d in documents if d.seen_with(tokens) and filters.accept(d)}
    for text in ("锂电池隔膜", "废水处理装置", "xyz"):
        found = {a.key for a in match(reader, LetterPairs(), text, Scope(tokens, filters))}
        assert found <= allowed
    # Every document holds the word, so as many come back as there are, up to ten.
    found = {a.key for a in match(reader, LetterPairs(), "隔膜", Scope(tokens, filters))}
    assert len(found) == min(10, len(allowed))
    assert set(reader.text.browse("", tokens, filters, Window()).keys) == allowed
    assert reader.text.count(tokens, filters) == len(allowed)
    assert set(reader.documents(range(30), tokens, filters)) == allowed


def test_what_was_hidden_a_moment_ago_takes_no_place_from_what_is_seen(
    writer: SearchWriter, tmp_path: Path, encoder: LetterPairs
) -> None:
    nearest = [patent(key, f"量子计算芯片{key}") for key in range(150)]
    farther = [patent(key, f"芯片托盘架{key}") for key in range(150, 170)]
    writer.apply([*nearest, *farther], [], "1")
    writer.commit()
    writer.encode_pending(10)
    hidden = [patent(one.key, one.title, visibility=("org:1",)) for one in nearest]
    writer.apply(hidden, [], "2")
    writer.commit()  # The vectors still tell that everybody may see them.
    reader = open_reader(tmp_path / "index", encoder)
    found = asked(reader, "量子计算", Scope(PUBLIC))
    assert len(found) == 10
    assert all(answer.key >= 150 for answer in found)


def test_wide_and_narrow_filters_find_the_same(
    writer: SearchWriter, tmp_path: Path, encoder: LetterPairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.apply([patent(at, f"座椅{at}号", facets={"kind": "ab"[at % 2]}) for at in range(60)], [], "1")
    writer.commit()
    writer.encode_pending(10)
    reader = open_reader(tmp_path / "index", encoder)
    scope = Scope(PUBLIC, facet_filters(kind="a"), k=40)
    narrow = [answer.key for answer in asked(reader, "座垫", scope)]
    monkeypatch.setattr("zhiqiao.engine.match.NARROW", 3)
    assert [answer.key for answer in asked(reader, "座垫", scope)] == narrow
    assert sorted(narrow) == list(range(0, 60, 2))


def _write(writer: SearchWriter, visibilities: list[frozenset[str]]) -> list[Document]:
    documents = [
        patent(
            key,
            TITLES[key % 12] + str(key),
            abstract="隔膜",
            visibility=tuple(visibility),
            holders=("甲" if key % 2 else "乙",),
            facets={"kind": "ab"[key % 3 == 0]},
        )
        for key, visibility in enumerate(visibilities)
    ]
    writer.apply(documents, [], f"{writer.watermark}+")
    writer.commit()
    return documents


@settings(max_examples=5)
@given(_thirty)
def test_vectors_alone_hold_to_visibility_too(
    mixed: tuple[SearchWriter, SearchReader], visibilities: list[frozenset[str]]
) -> None:
    writer, reader = mixed
    documents = _write(writer, visibilities)
    writer.encode_pending(10)
    reader.refresh()
    query = LetterPairs().encode_queries(["锂电池隔膜装置方法"])[0]
    for count in range(len(TOKENS) + 1):
        for tokens in map(frozenset, combinations(TOKENS, count)):
            found = {key for key, _ in reader.vectors.search(query, 50, tokens)}
            assert found == {document.key for document in documents if document.seen_with(tokens)}
