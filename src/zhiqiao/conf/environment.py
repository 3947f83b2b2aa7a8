"""What an installation can set from outside, read once, with types and plain refusals."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

from zhiqiao.kernel.errors import ZhiqiaoError

LONGEST_KEPT = 3_653  # days


class BadSetting(ZhiqiaoError):
    """A setting that cannot be understood; ``name`` and ``value`` say which."""

    code = "bad_setting"


@dataclass(frozen=True)
class Environment:
    """The settings of one installation.

    ``home`` holds everything that is written: database, index, source files, keys.
    ``database_url`` None means the embedded SQLite file under ``home``. ``https`` True: people reach the site by https
    alone, through a proxy that sets X-Forwarded-Proto. ``tier_rules``: a file with the installation's own thresholds.
    ``hooks_private`` True: webhooks may go to addresses of the own network, and without https. ``keep_events``: how
    long what every consumer has worked off stays in the outbox; ``keep_deliveries``: how long a message that arrived or
    failed for good stays on record.
    """

    home: Path
    database_url: str | None
    secret_key: str
    debug: bool
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    https: bool
    tier_rules: str | None
    hooks_private: bool
    keep_events: timedelta
    keep_deliveries: timedelta

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Environment:
        """Makes the home where it is not there yet. Raises ``BadSetting`` for the first value that cannot be used."""
        home = made_home(variables.get("ZHIQIAO_HOME") or "var")
        return cls(
            home=home,
            database_url=variables.get("ZHIQIAO_DATABASE_URL") or None,
            secret_key=variables.get("ZHIQIAO_SECRET_KEY") or kept_secret(home / "secret.key"),
            debug=truth("ZHIQIAO_DEBUG", variables.get("ZHIQIAO_DEBUG", "0")),
            hosts=words(variables.get("ZHIQIAO_HOSTS", "localhost,127.0.0.1,[::1]")),
            origins=tuple(origin(word) for word in words(variables.get("ZHIQIAO_ORIGINS", ""))),
            https=truth("ZHIQIAO_HTTPS", variables.get("ZHIQIAO_HTTPS", "0")),
            tier_rules=variables.get("ZHIQIAO_TIER_RULES") or None,
            hooks_private=truth("ZHIQIAO_HOOKS_PRIVATE", variables.get("ZHIQIAO_HOOKS_PRIVATE", "0")),
            keep_events=days("ZHIQIAO_KEEP_EVENTS", variables.get("ZHIQIAO_KEEP_EVENTS") or "7"),
            keep_deliveries=days("ZHIQIAO_KEEP_DELIVERIES", variables.get("ZHIQIAO_KEEP_DELIVERIES") or "90"),
        )

    def database(self) -> dict[str, object]:
        """Django's description of the database: SQLite in WAL with IMMEDIATE transactions, or PostgreSQL.

        A refused address is told by its scheme alone: it holds a password.
        """
        if self.database_url is None:
            return sqlite(self.home / "zhiqiao.sqlite3")
        scheme, _, place = self.database_url.partition(":")
        path = unquote(place.removeprefix("//").partition("?")[0])
        if scheme == "sqlite" and path:
            return sqlite(Path(path))
        if scheme in {"postgres", "postgresql"}:
            return postgresql(self.database_url)
        raise BadSetting(name="ZHIQIAO_DATABASE_URL", value=scheme if place else "…")


def made_home(text: str) -> Path:
    """The folder, for its owner alone where it is made here. One that is there keeps its mode: it may serve others."""
    try:
        home = Path(text).expanduser().resolve()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as why:  # a folder that cannot be made; ~ of nobody
        raise BadSetting(name="ZHIQIAO_HOME", value=text) from why
    return home


def postgresql(url: str) -> dict[str, object]:
    """Takes every form that PostgreSQL's own programs take: sockets, several hosts, services, options."""
    # Here, not above: an installation on SQLite should not load a driver at every start that it never uses.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = conninfo_to_dict(url)
    except ProgrammingError:
        raise BadSetting(name="ZHIQIAO_DATABASE_URL", value=f"{url.partition(':')[0]}:…") from None
    ports = str(given.pop("port", ""))
    if not all(port.isdecimal() and 0 < int(port) < 65536 for port in ports.split(",") if port):
        raise BadSetting(name="ZHIQIAO_DATABASE_URL", value=f"{url.partition(':')[0]}:… {ports}")
    if "dbname" not in given and "service" not in given:
        raise BadSetting(name="ZHIQIAO_DATABASE_URL", value=f"{url.partition(':')[0]}:…")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname", ""),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": ports,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": given,
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
    """The installation's own secret, made on first use and readable by its owner alone.

    Raises ``BadSetting`` where it cannot be kept, or where what is kept there is no secret.
    """
    try:
        if not path.exists():
            _keep(path, secrets.token_urlsafe(48))
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as why:
        raise BadSetting(name="ZHIQIAO_HOME", value=str(path)) from why
    if not kept:
        raise BadSetting(name="ZHIQIAO_SECRET_KEY", value=str(path))
    return kept


def _keep(path: Path, secret: str) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secret)
        # A link is made whole or not at all: of two processes starting at once, both read the first one's secret.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def truth(name: str, text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    try:
        return known[text.strip().lower()]
    except KeyError:
        raise BadSetting(name=name, value=text) from None


def days(name: str, text: str) -> timedelta:
    """A whole number of days, from one to ten years' worth."""
    number = text.strip()
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:5]) <= LONGEST_KEPT and len(number) < 5):
        raise BadSetting(name=name, value=text)
    return timedelta(days=int(number))


def origin(text: str) -> str:
    """A scheme and a host, as browsers send them: ``https://zhiqiao.example.org``."""
    scheme, _, host = text.partition("://")
    if scheme not in {"http", "https"} or not host or set(host) & set("/?#@ "):
        raise BadSetting(name="ZHIQIAO_ORIGINS", value=text)
    return text


def words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
