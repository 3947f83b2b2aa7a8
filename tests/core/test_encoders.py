"""What searches and the indexer do while the vectors are another encoder's, or there are none to be had."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core import sample_collection
from tests.core.sample_collection import ANOTHER, announce, write
from zhiqiao.core.encoders import encoder_behind, encoder_for, made, trouble
from zhiqiao.core.indexing import folder_of, index_everything, index_pending, reader, rebuild, search_view, status
from zhiqiao.core.leases import Busy, held
from zhiqiao.core.models import NumberSeries
from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL
from zhiqiao.engine.encoder import EncoderDown
from zhiqiao.engine.store import open_reader, open_writer
from zhiqiao.engine.wordsonly import WordsOnly
from zhiqiao.kernel.errors import Conflict

pytestmark = pytest.mark.django_db
FIRST = "tests.engine.fakes:LetterPairs"
SECOND = "tests.core.sample_collection:another_encoder"


@pytest.fixture(autouse=True)
def collections(home: Any, settings: Any) -> Any:
    settings.ZHIQIAO_COLLECTIONS = sample_collection.COLLECTIONS
    settings.ZHIQIAO_ENCODER = FIRST
    ANOTHER.encoded.clear()
    ANOTHER.broken_after = None
    return settings


def found(word: str) -> list[int]:
    current, writes = search_view("titles", SEES_ALL)
    pending = [document.key for document in writes.documents if word in document.title]
    return sorted([key for key, _ in current.text.search([(word, 1.0)], SEES_ALL, NO_FILTERS, 100)] + pending)


def nearest(text: str) -> list[int]:
    """What is found by meaning alone, with the encoder that the index is read with."""
    current = reader("titles")
    return [key for key, _ in current.vectors.search(encoder_behind(current).encode_queries([text])[0], 3, SEES_ALL)]


def indexed(*titles: str) -> list[int]:
    keys = [write(title) for title in titles]
    index_pending("titles", seconds=60)
    return keys


def test_vectors_of_two_encoders_are_never_mixed(collections: Any) -> None:
    keys = indexed("锂电池隔膜")
    with pytest.raises(Conflict) as refused:
        open_writer(folder_of("titles"), ANOTHER)
    assert refused.value.facts == {"stored": "letter-pairs-1", "given": "letter-pairs-2"}
    with pytest.raises(Conflict):
        open_reader(folder_of("titles"), ANOTHER)
    collections.ZHIQIAO_ENCODER = SECOND
    behind = encoder_behind(reader("titles"))
    assert isinstance(behind, WordsOnly) and trouble(behind) == "vectors_of_another_encoder"
    assert (found("隔膜"), nearest("锂电池隔膜")) == (keys, [])


def test_words_are_kept_up_to_date_beside_the_vectors_of_another_encoder(collections: Any) -> None:
    first, gone = indexed("锂电池隔膜", "旧的隔膜")
    collections.ZHIQIAO_ENCODER = SECOND
    NumberSeries.objects.filter(pk=gone).delete()
    announce(gone)
    later = write("新的隔膜")
    report = index_pending("titles", seconds=60)
    assert (report.written, report.deleted, report.vectors, report.trouble) == (1, 1, 0, "vectors_of_another_encoder")
    assert found("隔膜") == [first, later]
    assert ANOTHER.encoded == [] and index_pending("titles").trouble == "vectors_of_another_encoder"
    collections.ZHIQIAO_ENCODER = FIRST
    assert index_pending("titles", seconds=60).vectors_pending == 0
    assert nearest("新的隔膜")[0] == later and status("titles")["trouble"] == ""


def test_a_rebuild_with_another_encoder_swaps_only_when_all_vectors_are_there(collections: Any) -> None:
    keys = indexed("锂电池隔膜", "污水处理装置", "激光焊接头")
    collections.ZHIQIAO_ENCODER, collections.ZHIQIAO_FORMER_ENCODER = SECOND, FIRST
    seen: list[tuple[list[int], str]] = []

    def look(_: int) -> None:
        seen.append((nearest("污水处理装置"), encoder_behind(reader("titles")).identity))

    assert rebuild("titles", look) == 3
    # While texts are encoded and written, searches go on by the meaning that the former encoder gave.
    assert {identity for _, identity in seen} == {"letter-pairs-1"} and all(near[0] == keys[1] for near, _ in seen)
    assert len(seen) >= 2
    assert encoder_behind(reader("titles")) is ANOTHER and nearest("污水处理装置")[0] == keys[1]
    told = status("titles")
    assert (told["encoder"], told["vectors_pending"], told["trouble"]) == ("letter-pairs-2", 0, "")
    assert len(ANOTHER.encoded) == 3


def test_records_written_while_texts_are_encoded_anew_are_indexed_meanwhile(collections: Any) -> None:
    indexed("锂电池隔膜")
    collections.ZHIQIAO_ENCODER, collections.ZHIQIAO_FORMER_ENCODER = SECOND, FIRST
    told: list[Any] = []

    def meanwhile(_: int) -> None:
        if not told:
            write("新的隔膜")
            told.append(index_pending("titles"))
            assert status("titles")["events_pending"] == 0

    assert rebuild("titles", meanwhile) == 2
    assert (told[0].written, told[0].trouble) == (1, "index_rebuilt")
    assert status("titles")["vectors_pending"] == 1
    assert index_pending("titles", seconds=60).vectors_pending == 0


def test_an_encoder_that_fails_leaves_the_old_index_and_what_was_paid_for(collections: Any) -> None:
    indexed(*(f"第{number}种装置" for number in range(150)))
    collections.ZHIQIAO_ENCODER, collections.ZHIQIAO_FORMER_ENCODER = SECOND, FIRST
    ANOTHER.broken_after = 100
    with pytest.raises(EncoderDown):
        rebuild("titles")
    assert encoder_behind(reader("titles")).identity == "letter-pairs-1" and nearest("第7种装置")
    paid = len(ANOTHER.encoded)
    assert paid == 64
    ANOTHER.broken_after = None
    assert rebuild("titles") == 150
    assert len(ANOTHER.encoded) == 150 and len(set(ANOTHER.encoded)) == 150


def test_what_cannot_be_encoded_is_found_by_its_words_until_it_can(collections: Any) -> None:
    collections.ZHIQIAO_ENCODER = SECOND
    ANOTHER.broken_after = 0
    key = write("锂电池隔膜")
    report = index_pending("titles", seconds=60)
    assert (report.written, report.vectors_pending, report.trouble) == (1, 1, "encoder_unreachable")
    assert found("隔膜") == [key]
    index_everything()  # the round of the worker goes on
    ANOTHER.broken_after = None
    assert index_pending("titles", seconds=60).vectors_pending == 0
    assert nearest("锂电池隔膜") == [key]


def test_a_second_rebuild_is_refused_and_the_indexer_lets_go_of_the_writer_for_the_first(collections: Any) -> None:
    indexed("锂电池隔膜")
    with held("rebuild:titles", 60):
        with pytest.raises(Busy):
            rebuild("titles")
        write("新的隔膜")
        report = index_pending("titles", seconds=60)
        assert (report.written, report.vectors_pending, report.trouble) == (1, 1, "index_rebuilt")
        open_writer(folder_of("titles"), made(FIRST)).close()


def test_an_index_of_nobody_takes_the_encoder_that_is_set(collections: Any) -> None:
    assert encoder_for(folder_of("titles")) is made(FIRST)
    collections.ZHIQIAO_ENCODER = SECOND
    indexed("锂电池隔膜")
    assert status("titles")["encoder"] == "letter-pairs-2"
