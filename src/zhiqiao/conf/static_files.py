"""What goes with a static file besides its contents: they are answered before the middleware that guards pages."""

from __future__ import annotations

from collections.abc import MutableMapping

# Opened by itself a file runs nothing and loads nothing, a drawing's own styles aside.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox"


def protect_static_file(headers: MutableMapping[str, str], path: str, url: str) -> None:
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Frame-Options"] = "DENY"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
