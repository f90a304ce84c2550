"""Writes the published rank as files that anyone can recompute."""

import datetime as dt
import hashlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models.functions import Collate

from ranking.compute.canonical import canonical_line, plain
from ranking.compute.export_format import (
    FORMULA,
    INPUTS,
    LICENCE,
    MANIFEST,
    RANKS,
    SCHEMA_VERSION,
    Place,
    rank_line,
)
from ranking.compute.formula import MILLI
from ranking.compute.positions import Position
from ranking.history import inputs_of
from ranking.models import CurrentSnapshot, RankEntry, RankSnapshot

CHUNK = 1000


class NothingToExportError(Exception):
    """No snapshot has been published."""


@dataclass(frozen=True)
class ExportReport:
    """What was written."""

    folder: Path
    n_artifacts: int
    digest: str

    def __str__(self) -> str:
        n = self.n_artifacts
        return f"{n} rank{'' if n == 1 else 's'} of snapshot {self.digest[:12]} written to {self.folder}"


def export_ranks(folder: Path) -> ExportReport:
    """Write formula, inputs, ranks and manifest of the published snapshot into a folder.

    Each file is written beside its place and moved there; the manifest comes last.

    Raises:
        NothingToExportError: no snapshot has been published.
        OSError: the folder cannot be written to.
    """
    snapshot = _published()
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: _write(folder / name, _lines(snapshot, name)) for name in (FORMULA, INPUTS, RANKS)}
    _write(folder / MANIFEST, [canonical_line(_manifest(snapshot, files))])
    return ExportReport(folder, snapshot.n_artifacts, snapshot.digest)


@dataclass(frozen=True)
class PublishedFile:
    """One file of the published rank: which snapshot it belongs to, since when, and its lines."""

    digest: str
    published_at: dt.datetime | None
    lines: Iterator[bytes]


def published_file(name: str) -> PublishedFile:
    """Return the formula, the inputs or the ranks of the published snapshot, line by line as exported.

    Raises:
        NothingToExportError: no snapshot has been published.
    """
    snapshot = _published()
    return PublishedFile(snapshot.digest, snapshot.published_at, _lines(snapshot, name))


def _published() -> RankSnapshot:
    pointer = CurrentSnapshot.objects.select_related("snapshot__formula").first()
    if pointer is None:
        raise NothingToExportError("no rank has been published yet: run compute_rank first")
    return pointer.snapshot


def _lines(snapshot: RankSnapshot, name: str) -> Iterator[bytes]:
    if name == FORMULA:
        yield canonical_line(snapshot.formula.definition)
        return
    line = {INPUTS: _inputs_line, RANKS: _ranks_line}[name]
    for entry in _entries(snapshot):
        yield line(entry)


def _entries(snapshot: RankSnapshot) -> Iterator[RankEntry]:
    """Yield the entries as the digest takes them: by slug, in an order that no server's locale changes.

    A chunk at a time by their keys, which a million artifacts may hold in memory: a cursor of the server would
    not outlive its statement behind a pooler.
    """
    keys = array("q", snapshot.entries.order_by(Collate("slug", "C")).values_list("pk", flat=True).iterator())
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK].tolist()
        rows = snapshot.entries.in_bulk(chunk)
        yield from (rows[key] for key in chunk)


def _inputs_line(entry: RankEntry) -> bytes:
    return canonical_line(plain(inputs_of(entry)))


def _ranks_line(entry: RankEntry) -> bytes:
    score, low, high = (int(points * MILLI) for points in (entry.score, entry.low, entry.high))
    place = Place(
        Position(entry.position, entry.n_ranked, entry.position_best, entry.position_worst),
        entry.is_demonstration,
    )
    return canonical_line(
        rank_line(
            entry.slug, kind=entry.kind, bounds=(score, low, high), components=entry.components, place=place
        )
    )


def _manifest(snapshot: RankSnapshot, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "snapshot": snapshot.digest,
        "formula_version": snapshot.formula.version,
        "as_of": snapshot.as_of.isoformat(),
        "n_artifacts": snapshot.n_artifacts,
        "licence": LICENCE,
        "files": files,
    }


def _write(path: Path, lines: Iterable[bytes]) -> dict[str, Any]:
    """Write lines and return what the manifest says of the file."""
    digest, n_lines, n_bytes = hashlib.sha256(), 0, 0
    part = path.with_suffix(f"{path.suffix}.part")
    with part.open("wb") as file:
        for line in lines:
            file.write(line)
            digest.update(line)
            n_lines, n_bytes = n_lines + 1, n_bytes + len(line)
    part.replace(path)
    return {"sha256": digest.hexdigest(), "lines": n_lines, "bytes": n_bytes}
