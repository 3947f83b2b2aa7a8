from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

from zhiqiao.exchange.reasons import REASONS
from zhiqiao.kernel.errors import Conflict, Invalid, NotFound, ZhiqiaoError
from zhiqiao.wording import cut, label, refusal, row_reason, sentence
from zhiqiao.wording.refusals import TEXTS

ROOT = Path(__file__).resolve().parents[2]


def test_everything_is_said_in_both_languages() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_carried_files_are_listed_with_their_licences() -> None:
    vendor = ROOT / "src/zhiqiao/web/static/zhiqiao/vendor"
    assert {path.name for path in vendor.iterdir()} == {
        "vendor.toml", "tabler.min.css", "tabler.LICENSE", "htmx.min.js", "htmx.LICENSE", "icons.svg",
        "tabler-icons.LICENSE", "echarts.common.min.js", "echarts.LICENSE", "echarts.NOTICE", "echarts-d3.LICENSE",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Conflict("tier_decided_meanwhile"), "他人"),
        (Invalid("tier_needs_note"), "理由"),
        (Invalid("file_empty", file="a.xlsx"), "空"),
        (ZhiqiaoError("never_heard_of"), "规则"),
    ],
)
def test_refusals_speak_chinese_and_keep_their_code(error: ZhiqiaoError, words: str) -> None:
    with translation.override("zh-hans"):
        told = refusal(error)
    assert words in told.text and told.code == error.reason


RAISED = re.compile(r'(?:Invalid|Conflict|Forbidden|Unavailable)\(\s*"([a-z_]+)"')
ROOMS = ("inventory/actions", "needs", "matching", "core/importjobs.py", "inventory/selectors")


def test_what_the_pages_can_be_refused_has_its_words() -> None:
    package = ROOT / "src/zhiqiao"
    files = [
        file
        for room in ROOMS
        for file in ([package / room] if room.endswith(".py") else (package / room).rglob("*.py"))
    ]
    raised = {code for file in files for code in RAISED.findall(file.read_text(encoding="utf-8"))}
    silent = raised - set(TEXTS) - set(REASONS)
    assert raised and not silent


def test_hidden_and_absent_are_worded_alike() -> None:
    assert NotFound("patent_not_found").kind == NotFound("document").kind == "not_found"


def test_passage_is_cut_where_it_answers() -> None:
    passage = {"text": "模具更耐磨", "highlights": [[3, 5], [0, 2], [4, 99]]}
    assert list(cut(passage)) == [("模具", True), ("更", False), ("耐磨", True)]
    assert "".join(part for part, _ in cut(passage)) == "模具更耐磨"
    assert list(cut("只有文字")) == [("只有文字", False)]
    assert list(cut(None)) == []


def test_reasons_become_sentences() -> None:
    with translation.override("zh-hans"):
        shared = {"code": "shared_words", "facts": {"words": [{"word": "模具"}, {"word": "耐磨"}], "coverage": 0.5}}
        assert sentence(shared) == "共有词语：模具、耐磨，占需求的 50%"
        assert sentence({"code": "unheard_of", "facts": {}}) == "unheard_of"
        assert sentence("plain words") == "plain words"
        assert label("extra.神秘列") == "神秘列"


def test_reason_without_its_facts_shows_no_gaps() -> None:
    with translation.override("zh-hans"):
        assert not [code for code in REASONS if "：…" in row_reason(code)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_reasons_counted_over_many_rows_have_no_gaps(language: str) -> None:
    with translation.override(language):
        counted = {code: row_reason(code) for code in REASONS}
    assert [text for text in counted.values() if "…" in text or not text or text[-1] in ":：,，为"] == []
    assert row_reason("check_digit_filled", {"number": "2018100000018"}).count("2018100000018") == 1
