"""docs/api.md tells the truth: its commands run, its table of codes is that of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from rest_framework import exceptions

from tests.api.conftest import Program, Programs, told
from tests.importing.conftest import home as home
from zhiqiao.api.problems import FRAMEWORK, ApiRefusal
from zhiqiao.wording.interface import INTERFACE_TEXTS

GUIDE = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")
BY_THE_RULES = {
    "not_found": 404, "forbidden": 403, "busy": 503, "move_not_offered": 409, "idempotency_in_progress": 409,
    "idempotency_key_reused": 422,
}  # fmt: skip


def commands() -> list[tuple[str, int]]:
    """Each command of the guide with the status that it promises."""
    shown = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.S))
    return [(command, int(status)) for command, status in re.findall(r"^(curl .*)\n# → (\d+)", shown, re.M)]


def run(command: str, program: Program, known: dict[str, str]) -> HttpResponse:
    for name, value in known.items():
        command = command.replace(f"${name}", value.replace('"', '\\"'))
    words = iter(shlex.split(command)[1:])
    method, headers, body, parts, where = "", {}, "", {}, ""
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-F":
            parts["file"] = SimpleUploadedFile("drawing.pdf", b"%PDF")
            next(words)
        elif word == "-X":
            method = next(words)
        elif word == "-o":
            next(words)
        else:
            where = word
    sent: Any
    if parts:
        sent = program.client.post(where, parts, headers=headers)
    else:
        content = headers.pop("Content-Type", "application/json")
        method = method or ("POST" if body else "GET")
        sent = program.client.generic(method, where, body, content_type=content, headers=headers)
    return sent  # type: ignore[no-any-return]  # Django's stubs know it by a name of their own


@pytest.mark.django_db
@pytest.mark.usefixtures("home")
def test_tour_runs_as_written(programs: Programs) -> None:
    program = programs.of("firm")
    known = {"ROOT": "/api/v1", "KEY": program.headers["Authorization"].removeprefix("Bearer ")}
    known["FIRM"] = str(programs.city.houses["firm"].public_id)
    assert len(commands()) >= 19
    for command, status in commands():
        answer = run(command, program, known)
        assert answer.status_code == status, (command, getattr(answer, "content", ""))
        if "Location" in answer.headers:
            known["ID"] = told(answer)["id"]
        known["ETAG"] = answer.headers.get("ETag", known.get("ETAG", ""))


def statuses() -> dict[str, int]:
    """Every code that the interface itself answers with."""
    kinds: list[type[ApiRefusal]] = [ApiRefusal, *ApiRefusal.__subclasses__()]
    own = {each.code: each.status for each in kinds}
    framework = {code: known.status_code for known, code, _ in FRAMEWORK if known is not exceptions.APIException}
    return own | framework | BY_THE_RULES


def test_table_of_codes_is_that_of_the_code() -> None:
    rows = {code: int(status) for status, code in re.findall(r"^\| (\d{3}) \| `(\w+)`", GUIDE, re.M)}
    assert rows == statuses()


def test_every_code_of_the_interface_has_words() -> None:
    worded_elsewhere = {"forbidden", "busy", "idempotency_key_reused"}
    assert set(statuses()) - worded_elsewhere == set(INTERFACE_TEXTS)
