"""A program that writes an index for ever, in every way there is, and says each watermark once it is committed.

``python -m tests.engine.endless_writer FOLDER`` goes on from what it finds. What the index holds at a watermark is
known: see ``documents_at``.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from tests.engine.fakes import LetterPairs, patent
from zhiqiao.engine.documents import Document
from zhiqiao.engine.reencoding import encode_ahead, stored_encoder
from zhiqiao.engine.store import open_writer

BATCH = 12
ENCODERS = (LetterPairs("letter-pairs-1"), LetterPairs("letter-pairs-2", dimension=32))


def documents_at(batch: int) -> dict[int, Document]:
    """All documents after the batch: each batch adds some, renames one of each former batch, and deletes another."""
    found: dict[int, Document] = {}
    for number in range(1, batch + 1):
        for at in range(BATCH):
            found[number * BATCH + at] = patent(number * BATCH + at, f"第{number}批电池{at}")
    for number in range(1, batch):
        del found[number * BATCH]
        found[number * BATCH + 1] = patent(number * BATCH + 1, f"第{number}批电池在{batch}改名")
    return found


def encoder_of(folder: Path) -> LetterPairs:
    stored = stored_encoder(folder)
    return next((each for each in ENCODERS if (each.identity, each.dimension) == stored), ENCODERS[0])


def main(folder: Path) -> None:
    encoder = encoder_of(folder)
    writer = open_writer(folder, encoder)
    for batch in itertools.count(int(writer.watermark or 0) + 1):
        now = documents_at(batch)
        changed = [document for key, document in now.items() if key // BATCH == batch or key % BATCH == 1]
        writer.apply(changed, [number * BATCH for number in range(1, batch)], str(batch))
        writer.commit()
        print(batch, flush=True)
        writer.encode_pending(0.002 if batch % 2 else 1)
        if batch % 5 == 0:
            if batch % 10 == 0:
                encoder = ENCODERS[1 - ENCODERS.index(encoder)]
                for _ in encode_ahead(folder, encoder, now.values()):
                    pass
            writer.rebuild(now.values(), str(batch), encoder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
