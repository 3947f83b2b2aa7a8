"""Who may use a cluster: whoever knows its token. Without one, anybody who reached a port could run programs there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from zhiqiao.cluster.address import ClusterAddress


def grant(home: Path, address: ClusterAddress) -> None:
    """Make this process and those that it starts use the installation's token, made on first use.

    To be called before Ray is loaded, which reads the environment once.
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
    if address.local:
        # Ray's own word for a machine alone, which it takes Windows to be: only then it listens on the loopback alone.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
