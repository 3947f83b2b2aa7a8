"""What a process has loaded by its first answers it keeps: from then on the collector of cycles passes over it.

Without that it looks through some 370 000 objects once in a few hundred pages, and whoever asks just then waits a
tenth of a second longer; with it, through what is new alone, in some 5 ms.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import count
from typing import Final

from django.http import HttpRequest, HttpResponse

SETTLED_AFTER: Final = frozenset({20, 200, 2_000})  # answers of this process: pages and templates load when first asked
answers = count(1)


class SettlingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if next(answers) in SETTLED_AFTER:
            gc.collect()
            gc.freeze()
        return answer
