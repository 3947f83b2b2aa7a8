"""Ray looks for its token when it is loaded: this comes before."""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path(os.environ["ZHIQIAO_TEST_ROOT"]) / f"cluster-{os.getpid()}"
os.environ["RAY_AUTH_MODE"] = "token"
os.environ["RAY_AUTH_TOKEN_PATH"] = str(HOME / "cluster" / "token")
