"""The question last asked on the asking page, so that going back finds its answers again.

It may hold a trade secret: the session keeps it encrypted, and forgets it with a new question or the log-out.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from zhiqiao.core.encryption import CannotDecrypt, ring

TEXT, ALIVE = "asked_text", "asked_alive"


@dataclass(frozen=True)
class Question:
    """``alive``: only patents in force are wanted."""

    text: str
    alive: bool = False


def keep(request: HttpRequest, question: Question) -> None:
    request.session[TEXT] = ring().encrypt(question.text)
    request.session[ALIVE] = question.alive


def kept(request: HttpRequest) -> Question | None:
    stored = request.session.get(TEXT)
    if not stored:
        return None
    try:
        return Question(ring().decrypt(str(stored)), bool(request.session.get(ALIVE)))
    except CannotDecrypt:  # the key ring was replaced: nothing to go back to
        forget(request)
        return None


def forget(request: HttpRequest) -> None:
    request.session.pop(TEXT, None)
    request.session.pop(ALIVE, None)
