"""Stops the nodes of a home once whoever started this has ended, however that came: ``guardian.py HOME``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from zhiqiao.cluster.nodes import stop_nodes

if __name__ == "__main__":
    sys.stdin.read()
    stop_nodes(Path(sys.argv[1]))
    shutil.rmtree(sys.argv[1], ignore_errors=True)
