"""The page of all components: there for those who work on the look, nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

WEB = Path(__file__).resolve().parents[2] / "src/zhiqiao/web"
SPRITE = WEB / "static/zhiqiao/vendor/icons.svg"
NAMED = re.compile(r"""\bicon[ =]["']([a-z0-9-]+)["']""")


@pytest.mark.django_db
def test_gallery_is_there_only_where_the_environment_asks_for_it(settings: Settings) -> None:
    assert Client().get(reverse("gallery")).status_code == 404
    settings.DEBUG = True
    assert Client().get(reverse("gallery")).status_code == 200


@pytest.mark.django_db
def test_gallery_shows_every_component(settings: Settings) -> None:
    settings.DEBUG = True
    shown = Client().get(reverse("gallery")).content.decode()
    classes = (
        "btn-primary", "btn-danger", "menu-body", "tip-text", "pill-good", "note-error", "figure-box", "progress-line",
        "skeleton", "empty", "refusal-code", "long", "tabs", "chip", "ledger", "bulkbar", "pager", "facts", "timeline",
        "thread", "files", "private", "errorlist", "data-chart", "data-confirm", "data-copy", "data-dialog",
    )  # fmt: skip
    assert [each for each in classes if each not in shown] == []
    assert 'style="' not in shown and "<style" not in shown and " onclick" not in shown


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))
    package = WEB.parent
    sources = [*package.rglob("*.html"), *package.rglob("*.py")]
    named = {name for source in sources for name in NAMED.findall(source.read_text(encoding="utf-8"))}
    assert len(named) > 30
    assert named - drawn == set()
