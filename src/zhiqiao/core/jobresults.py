"""What a job did, what failed and why: said in one form by every kind of work.

As JSON: ``{"about": {…}, "counts": {name: int}, "failed": [{"subject", "code", "facts"}], "failures": int,
"report": sha256 or null}``. ``failed`` has the first of them; where there are more, all stand in a file, the blob that
``report`` names.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from zhiqiao.core.blobs import store_path
from zhiqiao.core.models import Blob
from zhiqiao.exchange.reasons import REASONS, reason_text
from zhiqiao.exchange.spreadsheets import XLSX, Column, write_list

SHOWN = 200  # failures in the row itself
STALE = 30 * 24 * 3600  # seconds after which the failures of a job that never ended are of no use to anybody


class JobResult:
    """Gathered while the work goes on. Failures lie in a file, so any number of them costs no memory.

    ``kept`` goes into a checkpoint: the next attempt then knows what this one had found by that moment, no more.
    """

    def __init__(self, job: UUID, kept: dict[str, Any] | None = None) -> None:
        found = kept or {}
        self.about: dict[str, Any] = dict(found.get("about", {}))
        self.counts: Counter[str] = Counter(found.get("counts", {}))
        self.failures: int = found.get("failures", 0)
        self.report: Blob | None = None
        self._path = _folder() / f"{job}.jsonl"
        self._length: int = found.get("length", 0)
        self._begun = False

    def say(self, **facts: Any) -> None:
        """Facts about the whole: a day, a name, the number of an import."""
        self.about.update(facts)

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] += by

    def fail(self, subject: str, code: str, facts: Mapping[str, Any] | None = None) -> None:
        """``subject`` as a person knows it: a number, a file with its row."""
        failure = {"subject": _storable(subject), "code": code, "facts": _storable(dict(facts or {}))}
        self._append(json.dumps(failure, ensure_ascii=False, default=str).encode() + b"\n")
        self.failures += 1

    def _append(self, line: bytes) -> None:
        if not self._begun:
            self._begin()
        with self._path.open("ab") as out:
            out.write(line)
        self._length += len(line)

    def _begin(self) -> None:
        """Cut off what an attempt wrote after the checkpoint that this one goes on from."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as out:
            self._length = min(self._length, out.tell())
            out.truncate(self._length)
        self._begun = True

    def kept(self) -> dict[str, Any]:
        found = {"about": self.about, "counts": dict(self.counts)}
        return {**found, "failures": self.failures, "length": self._length}

    def failed(self) -> Iterator[dict[str, Any]]:
        if not self._length or not self._path.exists():
            return
        with self._path.open("rb") as lines:
            read = 0
            for line in lines:
                read += len(line)
                if read > self._length:
                    return
                yield json.loads(line)

    def as_json(self) -> dict[str, Any]:
        if self.report is None and self.failures > SHOWN:
            self.report = self._written()
        return {
            "about": self.about,
            "counts": dict(self.counts),
            "failed": list(islice(self.failed(), SHOWN)),
            "failures": self.failures,
            "report": self.report.sha256 if self.report else None,
        }

    def _written(self) -> Blob:
        columns = [Column("对象", 32), Column("原因", 60), Column("代码", 24), Column("细节", 60)]
        with tempfile.TemporaryDirectory(prefix="zhiqiao-report-") as folder:
            path = Path(folder) / "failed.xlsx"
            write_list(path, "xlsx", "未成功", columns, map(_report_row, self.failed()))
            return store_path(path, XLSX)

    def forget(self) -> None:
        """The job's row says it all now."""
        self._path.unlink(missing_ok=True)


def _storable(value: Any) -> Any:
    """PostgreSQL's JSON holds neither NUL nor half characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list | tuple) else value


def _report_row(failure: dict[str, Any]) -> tuple[str, str, str, str]:
    code, facts = failure["code"], failure["facts"]
    reason = reason_text(code, facts, "zh") if code in REASONS else ""
    details = ", ".join(f"{name}: {value}" for name, value in facts.items())
    return failure["subject"], reason, code, details


def sweep_failures(now: float | None = None) -> int:
    """Remove the failures of jobs that never ended; returns how many files."""
    before = (time.time() if now is None else now) - STALE
    folder = _folder()
    stale = [path for path in folder.glob("*.jsonl") if path.stat().st_mtime < before]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def report_of(result: dict[str, Any] | None) -> Blob | None:
    """The file with everything that failed; None where the result itself has it all."""
    sha256 = (result or {}).get("report")
    return Blob.objects.filter(sha256=sha256).first() if sha256 else None


def _folder() -> Path:
    return Path(settings.ZHIQIAO_HOME) / "job-failures"
