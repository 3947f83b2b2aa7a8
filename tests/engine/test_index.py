from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.fakes import TITLES, LetterPairs, patent
from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL, Document, Filters, facet_filters
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader, open_writer
from zhiqiao.engine.textindex import TextReader, Window
from zhiqiao.kernel.errors import Conflict, Invalid, Unavailable

PUBLIC = frozenset({"public"})


@pytest.fixture
def reader(writer: SearchWriter, tmp_path: Path, encoder: LetterPairs) -> SearchReader:
    return _filled(writer, tmp_path, encoder)


def _filled(writer: SearchWriter, tmp_path: Path, encoder: LetterPairs) -> SearchReader:
    documents = [
        patent(
            key,
            classes=("H01M10/05",) if "电池" in title else ("C02F 1/52",),
            holders=("示例大学",) if key % 2 else ("示例电镀厂",),
            facets={"kind": "invention" if key % 3 else "utility", "date": f"2020-01-{key + 1:02d}"},
            claim="权利要求：包括壳体。",
        )
        for key, title in enumerate(TITLES)
    ]
    writer.apply(documents, [], "w1")
    writer.commit()
    writer.encode_pending(10)
    return open_reader(tmp_path / "index", encoder)


def keys(text: TextReader, word: str, filters: Filters = NO_FILTERS) -> set[int]:
    return {key for key, _ in text.search([(word, 1.0)], PUBLIC, filters, 50)}


def test_a_document_comes_back_whole(reader: SearchReader) -> None:
    found = reader.documents([0, 99], PUBLIC)
    assert found == {
        0: Document(
            0,
            "CN202110000000",
            TITLES[0],
            claim="权利要求：包括壳体。",
            classes=("H01M10/05",),
            holders=("示例电镀厂",),
            visibility=("public",),
            facets={"kind": "utility", "date": "2020-01-01"},
        )
    }


def test_words_find_documents_and_both_watermarks_are_told(reader: SearchReader) -> None:
    assert keys(reader.text, "隔膜") == {0}
    assert reader.size == len(reader.vectors) == len(TITLES)
    assert (reader.watermark, reader.vector_watermark) == ("w1", "w1")


def test_a_replaced_document_is_found_by_its_new_words_only(writer: SearchWriter, reader: SearchReader) -> None:
    writer.apply([patent(0, "钠离子电容器")], [1], "w2")
    assert keys(reader.text, "隔膜") == {0}
    writer.commit()
    assert reader.refresh()
    assert keys(reader.text, "隔膜") == set()
    assert keys(reader.text, "电容器") == {0}
    assert reader.size == len(TITLES) - 1
    assert len(reader.vectors) == len(TITLES) - 1
    assert not reader.refresh()


def test_filters_narrow_and_agree_with_the_rule_for_unindexed_documents(reader: SearchReader) -> None:
    for filters in (
        facet_filters(kind="utility"),
        facet_filters(kind=("utility", "invention")),
        Filters(classes=("h01m",)),
        Filters(classes=("C02F1", "A")),
        Filters(holders=("示例大学",)),
        Filters(facets=(("kind", ("invention",)),), classes=("H",), holders=("示例电镀厂",)),
        facet_filters(kind="no such"),
    ):
        everything = reader.documents(range(len(TITLES)), PUBLIC)
        expected = {key for key, document in everything.items() if filters.accept(document)}
        assert set(reader.text.keys(PUBLIC, filters, 100)) == expected
        assert reader.text.count(PUBLIC, filters) == len(expected)


def test_the_list_search_needs_every_word(reader: SearchReader) -> None:
    assert set(_browse(reader, "电镀")) == {4, 11, *range(0, 12, 2)}
    assert _browse(reader, "电镀 重金属") == [11]
    assert _browse(reader, "cn2021 1000 0003") == [3]
    assert len(_browse(reader, "CN20211")) == len(TITLES)
    assert _browse(reader, "") == _browse(reader, "  ") != []
    assert _browse(reader, "？！") == []
    assert _browse(reader, "CN2021.*") == _browse(reader, "CN2021")


def _browse(reader: SearchReader, words: str) -> list[int]:
    return reader.text.browse(words, PUBLIC, NO_FILTERS, Window()).keys


def test_pages_of_a_list_follow_on_and_count_all(reader: SearchReader) -> None:
    pages = [reader.text.browse("", PUBLIC, NO_FILTERS, Window(at, 5, "date")) for at in (0, 5, 10, 15)]
    assert [key for page in pages for key in page.keys] == list(reversed(range(12)))
    assert {page.total for page in pages} == {12}
    assert reader.text.browse("", PUBLIC, NO_FILTERS, Window(0, 2, "key", ascending=True)).keys == [0, 1]
    with pytest.raises(Invalid, match="page_too_deep"):
        reader.text.browse("", PUBLIC, NO_FILTERS, Window(offset=100_001))


def test_query_syntax_is_only_text(reader: SearchReader) -> None:
    for typed in ('title:"', "a AND (", "seen:all OR *", "key:[0 TO 9}", "电池^1000~"):
        reader.text.browse(typed, PUBLIC, NO_FILTERS, Window())
    assert reader.text.browse("seen:org OR all", frozenset({"org:9"}), NO_FILTERS, Window()).total == 0


def test_the_record_that_carries_the_watermark_is_never_found(reader: SearchReader) -> None:
    assert len(reader.text.keys(SEES_ALL, NO_FILTERS, 100)) == len(TITLES)
    assert reader.text.browse("", SEES_ALL, NO_FILTERS, Window()).total == len(TITLES)


def test_keys_outside_the_range_are_refused() -> None:
    for key in (-1, 2**62):
        with pytest.raises(Invalid, match="document_key"):
            patent(key)


def test_vectors_of_another_encoder_are_refused(reader: SearchReader, writer: SearchWriter, tmp_path: Path) -> None:
    writer.close()
    for other in (LetterPairs("letter-pairs-2"), LetterPairs(dimension=32)):
        with pytest.raises(Conflict, match="vectors_of_another_encoder"):
            open_reader(tmp_path / "index", other)
        with pytest.raises(Conflict, match="vectors_of_another_encoder"):
            open_writer(tmp_path / "index", other)
    open_writer(tmp_path / "index", LetterPairs()).close()


def test_only_one_writer_at_a_time(writer: SearchWriter, tmp_path: Path, encoder: LetterPairs) -> None:
    with pytest.raises(Unavailable, match="index_busy"):
        open_writer(tmp_path / "index", encoder)


def test_a_missing_index_is_said_to_be_missing(tmp_path: Path, encoder: LetterPairs) -> None:
    with pytest.raises(Unavailable, match="index_missing"):
        open_reader(tmp_path / "nowhere", encoder)
