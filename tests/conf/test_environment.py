"""What an installation sets from outside is understood or refused by name, before anything is opened."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zhiqiao.conf.environment import BadSetting, Environment, kept_secret

ROOT = Path(__file__).resolve().parents[2]


def read(home: Path, **variables: str) -> Environment:
    return Environment.read({"ZHIQIAO_HOME": str(home), **variables})


def refused(home: Path, **variables: str) -> tuple[str, str]:
    """The setting that was refused, and what was said of its value."""
    with pytest.raises(BadSetting) as refusal:
        read(home, **variables).database()
    assert refusal.value.reason == "bad_setting"
    return refusal.value.facts["name"], refusal.value.facts["value"]


def test_nothing_set_is_an_installation_for_this_machine_alone(tmp_path: Path) -> None:
    told = read(tmp_path / "a" / "home")
    assert stat.S_IMODE(told.home.stat().st_mode) == 0o700
    assert (told.debug, told.hosts, told.origins) == (False, ("localhost", "127.0.0.1", "[::1]"), ())
    assert told.secret_key == (tmp_path / "a/home/secret.key").read_text()
    database = told.database()
    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3",
        str(tmp_path / "a/home/zhiqiao.sqlite3"),
    )


def test_without_a_home_var_under_the_current_folder_is_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Environment.read({}).home == Environment.read({"ZHIQIAO_HOME": ""}).home == tmp_path / "var"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("TRUE", True), (" yes ", True), ("0", False), ("false", False), ("No", False), ("", False)],
)
def test_truth(text: str, expected: bool, tmp_path: Path) -> None:
    assert read(tmp_path, ZHIQIAO_DEBUG=text).debug is expected


def test_lists_are_parted_by_commas(tmp_path: Path) -> None:
    told = read(tmp_path, ZHIQIAO_HOSTS=" a.example , b.example,", ZHIQIAO_ORIGINS="https://a.example,http://b:8321")
    assert (told.hosts, told.origins) == (("a.example", "b.example"), ("https://a.example", "http://b:8321"))
    assert read(tmp_path, ZHIQIAO_HOSTS="").hosts == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZHIQIAO_DEBUG", "on please"),
        ("ZHIQIAO_DEBUG", "2"),
        ("ZHIQIAO_ORIGINS", "a.example"),
        ("ZHIQIAO_ORIGINS", "https://"),
        ("ZHIQIAO_ORIGINS", "ftp://a.example"),
        ("ZHIQIAO_ORIGINS", "https://a.example/path"),
        ("ZHIQIAO_HOME", "~no-such-person-anywhere/home"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: str, tmp_path: Path) -> None:
    assert refused(tmp_path, **{name: value}) == (name, value)


# The database

CERTAIN = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40s%2Fs@db.example:5433/city", ("city", "u", "p@s/s", "db.example", "5433", {})),
        ("postgres://db.example/city", ("city", "", "", "db.example", "", {})),
        ("postgresql://u@/city?host=/run/postgresql", ("city", "u", "", "/run/postgresql", "", {})),
        ("postgresql://%2FVar%2Frun/city", ("city", "", "", "/Var/run", "", {})),
        ("postgresql://[::1]:5432/%E5%9F%8E", ("城", "", "", "::1", "5432", {})),
        ("postgresql://a,b:5433/city", ("city", "", "", "a,b", ",5433", {})),
        ("postgresql:///?service=city", ("", "", "", "", "", {"service": "city"})),
        (
            "postgresql://h/city?sslmode=verify-full&application_name=zq%201",
            ("city", "", "", "h", "", {"sslmode": "verify-full", "application_name": "zq 1"}),
        ),
    ],
)
def test_forms_of_an_address_of_postgresql(
    url: str, expected: tuple[str, str, str, str, str, dict[str, str]], tmp_path: Path
) -> None:
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    described = read(tmp_path, ZHIQIAO_DATABASE_URL=url).database()
    assert described == CERTAIN | dict(zip(names, expected, strict=True))


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:geheim@h/city",
        "postgresql",
        "postgresql:",
        "postgresql://",
        "postgresql://u:geheim@h",
        "postgresql://u:geheim@h:port/city",
        "postgresql://u:geheim@h:70000/city",
        "postgresql://u:geheim@h:0/city",
        "postgresql://u:geheim@[::1/city",
        "postgresql://u:geheim@h/city?no_such_option=1",
        "postgresql://u:geheim@h/%zz",
        "sqlite:",
        "sqlite://",
        "geheim",
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_telling_its_password(url: str, tmp_path: Path) -> None:
    name, value = refused(tmp_path, ZHIQIAO_DATABASE_URL=url)
    assert name == "ZHIQIAO_DATABASE_URL"
    assert value and "geheim" not in value


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///srv/a%20b.sqlite3", "/srv/a b.sqlite3"), ("sqlite:near.sqlite3", "near.sqlite3")],
)
def test_sqlite_in_another_place_is_opened_the_same_way(url: str, path: str, tmp_path: Path) -> None:
    elsewhere, at_home = read(tmp_path, ZHIQIAO_DATABASE_URL=url).database(), read(tmp_path).database()
    assert elsewhere == at_home | {"NAME": path}
    options: Any = at_home["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE" and "journal_mode=WAL" in options["init_command"]


# Home and secret


def test_a_secret_from_outside_is_used_and_none_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, ZHIQIAO_SECRET_KEY="from outside").secret_key == "from outside"
    assert not list(tmp_path.iterdir())


def test_the_secret_stays_the_same_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    secret = kept_secret(path)
    assert len(secret) >= 48
    assert kept_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "a draft was left"
    assert kept_secret(tmp_path / "other.key") != secret


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "ZHIQIAO_SECRET_KEY"), (b" \n", "ZHIQIAO_SECRET_KEY"), (b"\xff\xfe", "ZHIQIAO_HOME")]
)
def test_a_damaged_secret_is_refused_never_replaced(content: bytes, name: str, tmp_path: Path) -> None:
    """A new secret would silently end every session and every link that was sent."""
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    assert refused(tmp_path) == (name, str(path))
    assert path.read_bytes() == content


SECRETS = """if True:
    import sys
    from pathlib import Path
    from zhiqiao.conf.environment import kept_secret
    print("ready", flush=True)
    for line in sys.stdin:
        print(kept_secret(Path(line.strip())), flush=True)
"""


def test_two_processes_that_start_at_once_have_one_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SECRETS]
    pair = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]

    def told() -> set[str]:
        return {process.stdout.readline() for process in pair if process.stdout}

    assert told() == {"ready\n"}
    for number in range(50):
        path = tmp_path / f"{number}.key"
        for process in pair:
            print(path, file=process.stdin, flush=True)
        assert told() == {path.read_text() + "\n"}
    for process in pair:
        process.communicate()
    assert len(list(tmp_path.iterdir())) == 50


def test_the_second_of_two_reads_the_firsts_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process keeps its secret between our looking for one and our keeping ours."""
    path, link = tmp_path / "secret.key", os.link

    def other_first(draft: str, target: Path) -> None:
        path.write_text("of the other")
        link(draft, target)

    monkeypatch.setattr(os, "link", other_first)
    assert kept_secret(path) == "of the other"
    assert list(tmp_path.iterdir()) == [path]


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "home"):
        assert refused(place) == ("ZHIQIAO_HOME", str(place))


def test_a_home_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    if os.access(home, os.W_OK):
        # The superuser writes everywhere but where the system itself lets nobody.
        home = Path("/proc/self")
        if not home.is_dir():
            pytest.skip("this user can write everywhere")
        home = home.resolve()
    assert refused(home) == ("ZHIQIAO_HOME", str(home / "secret.key"))
