"""``python -m tests.afar.searching FOLDER``: searches without a pause until ``FOLDER/stop`` is there.

Each answer is a line of ``FOLDER/answers``: the patents that match and those nearest by meaning, both as keys with
scores; why it went by words alone; how many shards were silent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

from zhiqiao.engine.encoder import EncoderDown

TEXT = "锂电池隔膜的耐高温涂层"


def search(folder: Path) -> None:
    from zhiqiao.core.encoders import encoder_behind
    from zhiqiao.core.indexing import reader
    from zhiqiao.core.unanswered import noting
    from zhiqiao.matching.searching import Asked, answers, words_alone
    from zhiqiao.parties.actors import operator

    actor = operator("test")
    with (folder / "answers").open("w", encoding="utf-8") as out:
        while not (folder / "stop").exists():
            with noting() as noted:
                trouble = words_alone("patents")
                found = [(each.key, each.score) for each in answers("patents", actor, TEXT, Asked(k=30))]
                index, nearest = reader("patents"), []
                try:
                    vector = encoder_behind(index).encode_queries([TEXT])[0]
                    nearest = index.vectors.search(vector, 30, actor.tokens)
                except EncoderDown as down:
                    trouble = down.reason
            out.write(json.dumps([found, nearest, trouble or words_alone("patents"), noted.missing]) + "\n")
            out.flush()


if __name__ == "__main__":
    django.setup()
    search(Path(sys.argv[1]))
