"""What people and programs send instead of a need."""

from __future__ import annotations

from typing import Final

from tests.engine.fakes import TITLES

NOTHING: Final = {
    "empty": "",
    "spaces": " \t\n\u3000" * 50,
    "punctuation": "。，！？……——《》",
    "NUL": "\0" * 100,
    "emoji": "😀🔥🚀👩‍👩‍👧‍👦",
    "marks without letters": "\u0301" * 1_000,
    "unseen": "\u200b\u200e\ufeff\u2028",
    "a word after all that is read": "(" * 50_000 + "隔膜" + ")" * 50_000,
    "lone surrogates": "\ud800\udfff" * 10,
}
SOMETHING: Final = {
    "one character": "膜",
    "one letter": "a",
    "one digit": "7",
    "pure numbers": "3.14159 2026 0.5 1e9 100%",
    "a long number": "9" * 5_000,
    "grammar alone": "的了和是在",
    "English": "separator for lithium batteries that withstands heat",
    "Russian and Arabic": "сепаратор для аккумулятора فاصل بطارية",
    "NUL within": "锂电池\0隔\0膜",
    "emoji within": "锂电池🔋隔膜👍",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>锂电池隔膜</p>",
    "template": "{{ 7*7 }}{% load zhiqiao %}锂电池隔膜${jndi:ldap://x}",
    "query language": 'title:锂电池 AND (abstract:* OR NOT 隔膜) "a b"~5^99 [* TO *] +-&&||!(){}^~?:\\/',
    "SQL": "隔膜' OR 1=1; DROP TABLE patent; --",
    "full width": "ＬＥＤ　驱动板　１２３",
    "combining": "e\u0301" * 2_000,
    "letters that grow": "\ufdfa" * 4_000,
    "one word very long": "a" * 100_000,
    "one word very often": "隔膜" * 50_000,
    "no two words alike": "".join(map(chr, range(0x4E00, 0x4E00 + 20_000))) * 5,
    "one long sentence": "、".join(TITLES) * 1_000,
    "brackets": "(" * 3_000 + "隔膜" + ")" * 97_000,
    "lines": "隔膜\n" * 30_000,
    "commas": "隔膜，" * 33_000,
}
EVERY: Final = NOTHING | SOMETHING
