"""A port for a server that a test starts."""

from __future__ import annotations

import secrets
import socket


def free_port() -> int:
    """Below those that the system hands out by itself: nobody else gets it while the server is still starting."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
