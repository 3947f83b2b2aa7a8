"""A searchable collection over number series: the name is the title, ``last`` says who sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.core.conftest import ACTOR
from tests.engine.fakes import LetterPairs
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.indexing import Collection
from zhiqiao.core.models import NumberSeries
from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import EncoderDown, Vectors

EVERYBODY, ONE_ORGANISATION = 0, 1
VISIBILITY = {EVERYBODY: ("public",), ONE_ORGANISATION: ("org:1",)}
COLLECTIONS = {"titles": "tests.core.sample_collection:titles", "others": "tests.core.sample_collection:titles"}
LOADS: list[int] = []


def load(ids: Sequence[int]) -> list[Document]:
    LOADS.append(len(ids))
    rows = NumberSeries.objects.filter(pk__in=ids).values_list("pk", "name", "last")
    return [Document(pk, f"N{pk}", name, visibility=VISIBILITY[last]) for pk, name, last in rows]


def all_ids() -> Iterator[int]:
    return NumberSeries.objects.order_by("pk").values_list("pk", flat=True).iterator()


def titles() -> Collection:
    return Collection("titles", load, all_ids)


def announce(*ids: int, queue: str = "index.titles") -> None:
    with unit_of_work(ACTOR) as work:
        work.emit(queue, ids=list(ids))


def write(title: str, seen_by: int = EVERYBODY) -> int:
    with unit_of_work(ACTOR) as work:
        row = NumberSeries.objects.create(name=title, last=seen_by)
        work.emit("index.titles", ids=[row.pk])
    return row.pk


class Fragile(LetterPairs):
    """Another encoder, which can be out of order."""

    broken_after: int | None = None  # texts

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self.broken_after is not None and len(self.encoded) + len(texts) > self.broken_after:
            raise EncoderDown("encoder_unreachable")
        return super().encode_passages(texts)


ANOTHER = Fragile("letter-pairs-2", dimension=32)


def another_encoder() -> Fragile:
    return ANOTHER
