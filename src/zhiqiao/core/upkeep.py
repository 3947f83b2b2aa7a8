"""Checks that the clock asks for: the audit trail against itself, the search index against the records."""

from __future__ import annotations

from collections.abc import Sequence

from zhiqiao.core.actors import SystemActor
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.indexing import LOADED_AT_ONCE, reader
from zhiqiao.core.jobs import JobContext
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.pending import collection, collection_names, waiting
from zhiqiao.core.seal import verify_here
from zhiqiao.core.unanswered import complete
from zhiqiao.engine.documents import SEES_ALL, cleaned
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Invalid


def verify_audit(context: JobContext) -> None:
    """Fails with ``audit_broken`` where anything is wrong; what is wrong stands in the result."""
    total, result = AuditEntry.objects.count(), context.result
    found = verify_here(lambda entries: context.progress(min(entries, total), total, "verify_audit"))
    result.say(head=found.head)
    result.count("blocks", found.blocks)
    result.count("sealed", found.sealed)
    result.count("unsealed", found.unsealed)
    for code, facts in found.problems:
        result.fail(str(facts.get("block", facts.get("entry", facts.get("transaction", "")))), code, facts)
    if found.problems:
        raise Invalid("audit_broken", problems=len(found.problems))


def check_index(context: JobContext) -> None:
    """Compare every indexed document with its record. What differs is indexed anew and named in the result."""
    for name in collection_names():
        with complete():
            known = sorted(reader(name).text.digests())
        there = sorted(collection(name).all_ids())
        keys = sorted({*known, *there})
        done = 0
        for piece in in_batches(keys, LOADED_AT_ONCE):
            _check_piece(context, name, piece)
            done += len(piece)
            context.progress(done, len(keys), f"check_index_{name}")


def _check_piece(context: JobContext, name: str, keys: Sequence[int]) -> None:
    # In this order: a record that changes meanwhile is either still waiting, or in the index by the time it is read.
    records = {document.key: cleaned(document) for document in collection(name).load(keys)}
    unsettled = {key for payload in waiting(name).values_list("payload", flat=True) for key in payload.get("ids", [])}
    with complete():
        indexed = reader(name).documents(keys, SEES_ALL)
    wrong = []
    for key in keys:
        context.result.count(f"{name}_checked")
        if key in unsettled or records.get(key) == indexed.get(key):
            continue
        code = "not_indexed" if key not in indexed else "index_leftover" if key not in records else "index_stale"
        context.result.fail(f"{name} · {key}", code)
        wrong.append(key)
    if wrong:
        with unit_of_work(SystemActor("check_index")) as work:
            work.emit(f"index.{name}", ids=wrong)
