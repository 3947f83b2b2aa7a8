"""Who may use a cluster: whoever knows its token. Without one, anybody who reached a port could run programs there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def grant(home: Path) -> None:
    """Make this process and those that it starts use the installation's token, made on first use.

    Ray reads it from the environment when it is first used.
    """
    path = home / "cluster" / "token"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32))
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN_PATH"] = str(path)
