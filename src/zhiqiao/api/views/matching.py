"""A need in words, and the patents that answer it; nothing is put on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.fields import Body
from zhiqiao.api.forms import QuestionForm
from zhiqiao.api.operations import JSON, PARTIAL, WRITING, Operation, described
from zhiqiao.api.problems import ScopeMissing
from zhiqiao.api.represent import link_of
from zhiqiao.api.schemas import NUMBER, TEXT, Schema, Shape, many, pointer, record
from zhiqiao.api.views.base import Address
from zhiqiao.api.writing import filled
from zhiqiao.core.unanswered import unanswered
from zhiqiao.engine.documents import NO_FILTERS
from zhiqiao.engine.elements import SORTS
from zhiqiao.engine.match import MOST_RESULTS
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.columns import Link
from zhiqiao.matching.searching import IN_FORCE, Asked, words_alone
from zhiqiao.matching.selectors import found_for_text
from zhiqiao.matching.telling import Told, tell_found
from zhiqiao.wording import sentence

MARKED: Schema = many({**many(NUMBER), "minItems": 2, "maxItems": 2})
PASSAGE: Schema = record(
    {"field": TEXT, "text": TEXT, "highlights": MARKED},
    text="The sentence that answers best; `highlights` are pairs of start and end in it.",
)
ELEMENT: Schema = record(
    {
        "sort": {**TEXT, "enum": list(SORTS)}, "text": TEXT, "highlights": MARKED,
        "answer": {
            "oneOf": [
                record(
                    {
                        "field": TEXT, "text": TEXT, "coverage": {"type": "number"}, "highlights": MARKED,
                        "answers": {"type": "boolean"},
                    }
                ),
                {"type": "null"},
            ]
        },
    },
    text="A part of what was asked, and the sentence of the patent that holds most of its words; null where none holds "
    "any that tell. `answers` is false where it holds too few to be an answer and only mentions it.",
)  # fmt: skip
REASON: Schema = record({"code": TEXT, "text": TEXT, "facts": {"type": "object"}})
BY_WORDS: Schema = {
    "type": ["string", "null"],
    "description": "Why the search went by words alone, not by meaning too, as a code; null where it did not.",
}
SILENT: Schema = {
    "oneOf": [record({"missing": {"type": "integer"}, "of": {"type": "integer"}}), {"type": "null"}],
    "description": "How many parts of the index did not answer in time, so that what they hold is missing from the "
    "answer; null where all did.",
}
ANSWER: Schema = record(
    {
        "patent": pointer("Link"), "number": TEXT, "score": {"type": "number", "minimum": 0, "maximum": 1},
        "level": {**TEXT, "enum": ["strong", "fair", "weak", "none"]}, "reasons": many(REASON),
        "passage": {"oneOf": [PASSAGE, {"type": "null"}]},
        "elements": many(ELEMENT),
        "standing": {**many(REASON), "description": "What the records say: field, industry, status, tier, maturity."},
        "why_not": {**many(REASON), "description": "What was missing; empty where the patent is recommended."},
    }
)  # fmt: skip


class Match(Address):
    """For those who may match on the pages: whoever the patents are open to."""

    scope = "search"

    @property
    def verb(self) -> str:
        return "read"

    def admit(self) -> None:
        patents = register_named("patent")
        if not self.caller.reaches(patents.path, self.verb):
            raise ScopeMissing(scope=f"{patents.path}:{self.verb}")
        super().admit()
        if not patents.open_to(self.actor):
            raise NotFound

    def post(self, request: Request) -> Response:
        said = filled(QuestionForm, self.actor, None, request.data).cleaned_data
        asked = Asked(k=said["size"] or 10, filters=IN_FORCE if said["alive"] else NO_FILTERS)
        told = tell_found(self.actor, found_for_text(self.actor, said["text"], asked), said["text"])
        found = [answer_of(each) for each in told]
        noted = unanswered()
        silent = {"missing": noted.missing, "of": noted.of} if noted else None
        return Response({"items": found, "by_words_alone": words_alone("patents") or None, "silent_parts": silent})

    def described(self, method: str) -> Operation:
        one = Shape("Answer", lambda: ANSWER, (Shape("Link"),))
        shape = Shape(
            "AnswerList",
            lambda: record({"items": many(pointer("Answer")), "by_words_alone": BY_WORDS, "silent_parts": SILENT}),
            (one,),
        )
        return Operation(
            "match", "Find patents that answer a need in words", "matching",
            f"At most {MOST_RESULTS}. Nothing is stored: to keep the answers, state the need.", [PARTIAL],
            body={JSON: Body(asked=QuestionForm.base_fields, name="Question")},
            answers={(200, JSON): described(shape, "The patents, best first, with reasons.")}, refusals=WRITING,
        )  # fmt: skip


def answer_of(told: Told) -> dict[str, Any]:
    passage, patent = told.passage, told.patent
    return {
        "patent": link_of(Link(patent.title, "patent", str(patent.public_id))),
        "number": patent.shown_number,
        "score": round(min(max(told.score, 0.0), 1.0), 4),
        "level": told.relevance,
        "reasons": worded(told.reasons),
        "passage": {name: passage[name] for name in ("field", "text", "highlights")} if passage else None,
        "elements": told.elements,
        "standing": worded(told.standing),
        "why_not": worded(told.why_not),
    }


def worded(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**reason, "text": sentence(reason)} for reason in reasons]
