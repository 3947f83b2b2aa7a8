from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.engine.fakes import LetterPairs
from zhiqiao.engine.documents import Document
from zhiqiao.engine.store import SearchWriter, open_reader


def test_a_document_without_text_is_not_part_of_what_is_ordinary(
    tmp_path: Path, writer: SearchWriter, encoder: LetterPairs
) -> None:
    titled = [Document(key, str(key), f"一种第{key}号电池", visibility=("public",)) for key in range(1, 8)]
    writer.apply(titled, [], "1")
    writer.commit()
    writer.encode_pending(10)
    query = encoder.encode_queries(["电池"])[0]
    before = open_reader(tmp_path / "index", encoder).vectors.sample_cosines(query)
    writer.apply([Document(99, "99", "", visibility=("public",))], [], "2")
    writer.commit()
    writer.encode_pending(10)
    after = open_reader(tmp_path / "index", encoder).vectors.sample_cosines(query)
    assert len(before) == 7
    np.testing.assert_allclose(np.sort(after), np.sort(before))
