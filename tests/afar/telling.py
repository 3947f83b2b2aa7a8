"""Pieces of long work that tell where they are begun and done, and can be held there: for tests that kill machines.

Programs that hand out such pieces are started with these settings; the pieces run with the nodes' own.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

import ray

from tests.importing.quick_settings import *  # noqa: F403 -- the settings as they are
from zhiqiao.core.afar import do_afar

ZHIQIAO_AFAR = "tests.afar.telling:do_told"
BEGUN, DONE, TOLD = "begun", "done", "told"


def marks(home: Path) -> Path:
    return home / "marks"


def do_told(function: str, piece: tuple[Any, ...]) -> Any:
    """Marks ``<stage>-<address>-<number>``; a file ``hold-<stage>-<address>`` keeps pieces there until it is gone."""
    address: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]  # Ray's own
    told = Teller(marks(Path(os.environ["ZHIQIAO_HOME"])), address)
    told.reached(BEGUN)
    result = do_afar(function, piece)
    told.reached(DONE)
    told.reached(TOLD)
    return result


class Teller:
    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address, self._number = folder, address, uuid.uuid4().hex

    def reached(self, stage: str) -> None:
        (self._folder / f"{stage}-{self._address}-{self._number}").touch()
        while (self._folder / f"hold-{stage}-{self._address}").exists():
            time.sleep(0.02)
