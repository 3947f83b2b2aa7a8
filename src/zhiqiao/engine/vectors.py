"""Search by meaning: exact nearest vectors in 8 bits, filtered by who may see them.

One large file of rows and one small file of what changed since; a manifest, replaced in one step, names both. So a
commit writes little, a reader takes it up cheaply, and a crash leaves the last manifest standing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import numpy.typing as npt

from zhiqiao.engine.documents import SEES_ALL
from zhiqiao.engine.durable import mark_of, write_durably
from zhiqiao.engine.encoder import Encoder, Vectors
from zhiqiao.engine.vectorrows import (
    Row,
    Rows,
    from_codes,
    load_rows,
    merged,
    rows_of,
    save_rows,
    scale_for,
    to_steps,
)
from zhiqiao.kernel.errors import Conflict, Unavailable

MANIFEST: Final = "vectors.json"
_FORMAT: Final = 1
_SMALLEST_FOLD: Final = 4_096
_FOLD_SHARE: Final = 16
_SAMPLE: Final = 512
_ATTEMPTS: Final = 20
# Every key has its lot, a hash: multiplied by an odd number near 2**64 divided by the golden ratio.
_LOT: Final = np.uint64(0x9E3779B97F4A7C15)

Mask = npt.NDArray[np.bool_]
Drawn = tuple[npt.NDArray[np.uint64], Vectors]
"""Rows drawn by chance, the same ones whatever the order they were written in: their lots and their vectors."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which files hold the vectors, and whose vectors they are."""

    encoder: str
    dimension: int
    serial: int = 0
    base: str = ""
    changes: str = ""
    watermark: str = ""

    def refuse_other(self, encoder: Encoder) -> None:
        """Raises ``Conflict("vectors_of_another_encoder")`` unless the vectors come from this encoder."""
        if (self.encoder, self.dimension) != (encoder.identity, encoder.dimension):
            raise Conflict("vectors_of_another_encoder", stored=self.encoder, given=encoder.identity)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a folder, ``None`` before the first commit."""
    try:
        stored: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    if stored.pop("format") != _FORMAT:
        raise Conflict("vectors_of_another_format", folder=folder.name)
    return Manifest(**stored)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows with the faiss index over them and the rows that newer ones replaced."""

    rows: Rows
    index: Any
    alive: Mask

    def search(self, query: Vectors, k: int, mask: Mask) -> list[tuple[int, float]]:
        count = int(mask.sum())
        if not count:
            return []
        if count == len(mask):
            scores, found = self.index.search(query, min(k, count))
        else:
            scores, found = self.index.search(query, min(k, count), params=_chosen(mask))
        return [
            (int(self.rows.keys[at]), float(score)) for at, score in zip(found[0], scores[0], strict=True) if at >= 0
        ]


def _chosen(mask: Mask) -> Any:
    """The rows that faiss may return; its stubs describe the C++ signatures, not the Python ones."""
    python_faiss: Any = faiss
    return python_faiss.SearchParameters(sel=python_faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little")))


def _part(rows: Rows, alive: Mask) -> _Part:
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    index = faiss.IndexScalarQuantizer(rows.codes.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    if len(rows):
        index.add_sa_codes(np.ascontiguousarray(rows.codes))
        rows.let_go()  # faiss has its own copy
    return _Part(rows, index, alive)


class VectorSnapshot:
    """The vectors of one moment; never changes, so that any number of threads may search it."""

    def __init__(self, manifest: Manifest, parts: tuple[_Part, ...]) -> None:
        self.manifest = manifest
        self._parts = parts
        self._masks = lru_cache(maxsize=64)(self._visible)
        self._ordinary = cache(lambda: with_meaning(self.sample()))

    def __len__(self) -> int:
        return sum(int(part.alive.sum()) for part in self._parts)

    def search(
        self, query: Vectors, k: int, tokens: frozenset[str], allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The ``k`` nearest documents the reader may see, best first, as (key, cosine).

        ``query`` is one unit vector; the zero vector is near nothing. ``allowed`` narrows to these keys.
        """
        if not np.any(query):
            return []
        steps = to_steps(query.reshape(1, -1))
        found: list[tuple[int, float]] = []
        for part, seen in zip(self._parts, self._masks(tokens), strict=True):
            found += part.search(steps, k, seen if allowed is None else seen & _only(part.rows, allowed))
        scale = scale_for(self.manifest.dimension) ** 2
        return [(key, score / scale) for key, score in sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]]

    def vectors(self, wanted: Mapping[int, int]) -> dict[int, Vectors]:
        """The stored vectors of keys, given with the digest of the text that each must come from."""
        keys, digests = list(wanted), list(wanted.values())
        found: dict[int, Vectors] = {}
        for part in self._parts:
            rows = part.rows
            at = [
                (key, row)
                for key, row, digest in zip(keys, rows.positions(keys).tolist(), digests, strict=True)
                if row >= 0 and part.alive[row] and int(rows.digests[row]) == digest
            ]
            if at:
                vectors = from_codes(rows.codes[[row for _, row in at]])
                found.update((key, vector) for (key, _), vector in zip(at, vectors, strict=True))
        return found

    def sample_cosines(self, query: Vectors) -> Vectors:
        """The cosines of a unit vector to some 512 rows spread over the collection: what is ordinary for it."""
        return self._ordinary() @ query

    def sample(self) -> Drawn:
        """The 512 rows with the lowest lots; the lowest of several shards' samples are the sample of them all."""
        nothing = np.zeros((0, self.manifest.dimension), dtype=np.float32)
        return drawn([(np.zeros(0, dtype=np.uint64), nothing), *map(_drawn_of, self._parts)])

    def _visible(self, tokens: frozenset[str]) -> tuple[Mask, ...]:
        if tokens >= SEES_ALL:
            return tuple(part.alive for part in self._parts)
        return tuple(part.alive & part.rows.seen_with(tokens) for part in self._parts)


def _drawn_of(part: _Part) -> Drawn:
    rows = np.flatnonzero(part.alive)
    lots = part.rows.keys[rows].astype(np.uint64) * _LOT
    lowest = np.argpartition(lots, _SAMPLE)[:_SAMPLE] if len(lots) > _SAMPLE else slice(None)
    return lots[lowest], from_codes(part.rows.codes[rows[lowest]])


def drawn(parts: Sequence[Drawn]) -> Drawn:
    """The rows with the lowest lots of all parts, in the order of their lots."""
    lots, vectors = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    lowest = np.argsort(lots)[:_SAMPLE]
    return lots[lowest], vectors[lowest]


def with_meaning(sample: Drawn) -> Vectors:
    """A document without any text has the zero vector: one of them would stretch what passes for ordinary."""
    vectors = sample[1]
    kept: Vectors = vectors[vectors.any(axis=1)]
    return kept


def _only(rows: Rows, allowed: Sequence[int]) -> Mask:
    mask = np.zeros(len(rows), dtype=np.bool_)
    at = rows.positions(allowed)
    mask[at[at >= 0]] = True
    return mask


class VectorReader:
    """Follows the vectors on disk; ``snapshot`` is the newest one taken up."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._mark = (0, 0, 0)
        self._base_name = ""
        self._base = _part(_no_rows(encoder.dimension), np.zeros(0, dtype=np.bool_))
        self.snapshot = VectorSnapshot(Manifest(encoder.identity, encoder.dimension), ())
        self.refresh()

    def refresh(self) -> bool:
        """Move to the newest committed vectors; cheap when there are none newer. True when it moved."""
        for _ in range(_ATTEMPTS):
            mark = mark_of(self._folder / MANIFEST)
            if mark == self._mark:
                return False
            manifest = read_manifest(self._folder)
            if manifest is None:
                return False
            manifest.refuse_other(self._encoder)
            try:
                self.snapshot = self._take_up(manifest)
            except FileNotFoundError:
                continue  # The writer committed between our reading the manifest and the file it names.
            self._mark = mark
            return True
        raise Unavailable("vectors_changing", folder=self._folder.name)

    def _take_up(self, manifest: Manifest) -> VectorSnapshot:
        base, changes = load_parts(self._folder, manifest, known=(self._base_name, self._base.rows))
        if manifest.base != self._base_name:
            self._base = _part(base, np.ones(len(base), dtype=np.bool_))
            self._base_name = manifest.base
        replaced = np.isin(base.keys, np.concatenate([changes.keys, changes.dropped]))
        older = _Part(base, self._base.index, ~replaced)
        return VectorSnapshot(manifest, (older, _part(changes, np.ones(len(changes), dtype=np.bool_))))


def load_parts(folder: Path, manifest: Manifest, known: tuple[str, Rows] | None = None) -> tuple[Rows, Rows]:
    """The two files of a manifest; ``known`` spares reading a base that the caller already holds."""
    nothing = _no_rows(manifest.dimension)
    if known is not None and known[0] == manifest.base:
        base = known[1]
    else:
        base = load_rows(folder / manifest.base) if manifest.base else nothing
    return base, load_rows(folder / manifest.changes) if manifest.changes else nothing


def _no_rows(dimension: int) -> Rows:
    return rows_of([], [], dimension)


@dataclass(slots=True)
class VectorWriter:
    """Writes vectors; nothing is seen by readers before ``commit``. The caller makes sure that there is only one."""

    folder: Path
    manifest: Manifest
    base: Rows
    changed: dict[int, Row] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    _dirty: bool = False

    def put(self, row: Row) -> None:
        """Add a vector, or replace the one of its key."""
        self.changed[row.key] = row
        self.dropped.discard(row.key)
        self._dirty = True

    def drop(self, key: int) -> None:
        """Take a vector out; an unknown key is no error."""
        known = self.changed.pop(key, None) is not None
        if self.base.positions([key])[0] >= 0:
            known = known or key not in self.dropped
            self.dropped.add(key)
        self._dirty = self._dirty or known

    def row(self, key: int) -> Row | None:
        """What is stored for a key, committed or not."""
        if key in self.changed or key in self.dropped:
            return self.changed.get(key)
        at = int(self.base.positions([key])[0])
        return None if at < 0 else _row_at(self.base, at)

    def digests(self) -> dict[int, int]:
        """For every stored key the digest of the text that its vector comes from."""
        known = dict(zip(self.base.keys.tolist(), self.base.digests.tolist(), strict=True))
        for key in self.dropped:
            known.pop(key, None)
        known.update((key, row.digest) for key, row in self.changed.items())
        return known

    def commit(self, watermark: str) -> None:
        """Make everything durable and findable. ``watermark`` is that up to which no vector is missing."""
        if not self._dirty and watermark == self.manifest.watermark:
            return
        serial = self.manifest.serial + 1
        base_name, changes_name = self.manifest.base, self.manifest.changes
        if self._dirty:
            base_name, changes_name = self._write_rows(serial)
        old, kind = self.manifest, (self.manifest.encoder, self.manifest.dimension)
        self.manifest = Manifest(*kind, serial, base_name, changes_name, watermark)
        text = {"format": _FORMAT, **{name: getattr(self.manifest, name) for name in Manifest.__slots__}}
        write_durably(self.folder / MANIFEST, [json.dumps(text).encode()])
        self._dirty = False
        for name in {old.base, old.changes} - {base_name, changes_name, ""}:
            (self.folder / name).unlink(missing_ok=True)

    def _write_rows(self, serial: int) -> tuple[str, str]:
        changes = rows_of(list(self.changed.values()), list(self.dropped), self.manifest.dimension)
        if len(changes) + len(changes.dropped) <= max(_SMALLEST_FOLD, len(self.base) // _FOLD_SHARE):
            name = f"changes-{serial:08d}.vec"
            save_rows(self.folder / name, changes)
            return self.manifest.base, name
        self.base = merged(self.base, changes)
        self.changed, self.dropped = {}, set()
        name = f"base-{serial:08d}.vec"
        save_rows(self.folder / name, self.base)
        return name, ""


def _row_at(rows: Rows, at: int) -> Row:
    visibility = rows.group_tokens[int(rows.groups[at])]
    return Row(int(rows.keys[at]), int(rows.digests[at]), np.array(rows.codes[at]), visibility)


def open_vector_writer(folder: Path, encoder: Encoder) -> VectorWriter:
    """Take up writing where the last commit left off; files of an unfinished commit are removed.

    Raises ``Conflict("vectors_of_another_encoder")``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(folder) or Manifest(encoder.identity, encoder.dimension)
    manifest.refuse_other(encoder)
    base, changes = load_parts(folder, manifest)
    for stray in folder.glob("*.vec"):
        if stray.name not in (manifest.base, manifest.changes):
            stray.unlink()
    changed = {int(key): _row_at(changes, at) for at, key in enumerate(changes.keys)}
    return VectorWriter(folder, manifest, base, changed, set(map(int, changes.dropped)))
