"""What an installation can set from outside, read once, with types and plain refusals."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from zhiqiao.kernel.errors import ZhiqiaoError


class BadSetting(ZhiqiaoError):
    """A setting that cannot be understood; ``name`` and ``value`` say which."""

    code = "bad_setting"


@dataclass(frozen=True)
class Environment:
    """The settings of one installation.

    ``home`` holds everything that is written: database, index, source files, keys.
    ``database_url`` None means the embedded SQLite file under ``home``. ``https`` True: people reach the site by https
    alone, through a proxy that sets X-Forwarded-Proto. ``tier_rules``: a file with the installation's own thresholds.
    """

    home: Path
    database_url: str | None
    secret_key: str
    debug: bool
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    https: bool
    tier_rules: str | None

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Environment:
        home = Path(variables.get("ZHIQIAO_HOME") or "var").expanduser().resolve()
        home.mkdir(parents=True, exist_ok=True)
        return cls(
            home=home,
            database_url=variables.get("ZHIQIAO_DATABASE_URL") or None,
            secret_key=variables.get("ZHIQIAO_SECRET_KEY") or kept_secret(home / "secret.key"),
            debug=truth("ZHIQIAO_DEBUG", variables.get("ZHIQIAO_DEBUG", "0")),
            hosts=words(variables.get("ZHIQIAO_HOSTS", "localhost,127.0.0.1,[::1]")),
            origins=words(variables.get("ZHIQIAO_ORIGINS", "")),
            https=truth("ZHIQIAO_HTTPS", variables.get("ZHIQIAO_HTTPS", "0")),
            tier_rules=variables.get("ZHIQIAO_TIER_RULES") or None,
        )

    def database(self) -> dict[str, object]:
        """Django's description of the database: SQLite in WAL with IMMEDIATE transactions, or PostgreSQL."""
        if self.database_url is None:
            return sqlite(self.home / "zhiqiao.sqlite3")
        parts = urlsplit(self.database_url)
        if parts.scheme == "sqlite":
            return sqlite(Path(parts.path))
        if parts.scheme not in {"postgres", "postgresql"}:
            raise BadSetting(name="ZHIQIAO_DATABASE_URL", value=parts.scheme)
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }


def sqlite(path: Path) -> dict[str, object]:
    # IMMEDIATE takes the write lock at once: two writers then queue for the busy timeout
    # instead of one failing half-way on an upgrade of its read lock.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;"
            " PRAGMA temp_store=MEMORY;",
        },
    }


def kept_secret(path: Path) -> str:
    """The installation's own secret, made on first use and readable by its owner alone."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48))
        # A link is made whole or not at all: of two processes starting at once, both read the first one's secret.
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text(encoding="ascii").strip()


def truth(name: str, text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    try:
        return known[text.strip().lower()]
    except KeyError:
        raise BadSetting(name=name, value=text) from None


def words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
