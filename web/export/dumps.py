"""Dated dumps as files: both bulk exports of one moment beside the rank with all that recomputes it."""

import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ranking.compute.export_format import FORMULA, INPUTS, MANIFEST, RANKS
from ranking.selectors import current_snapshot
from ranking.services.export import export_ranks
from web.api.schemas.common import Out
from web.api.schemas.exports import ArtifactLine, EvaluationLine
from web.export.statements import ARTIFACTS_EXPORT, EVALUATIONS_EXPORT
from web.export.stream import one_moment, pieces

SCHEMAS: dict[str, type[Out]] = {ARTIFACTS_EXPORT.file: ArtifactLine, EVALUATIONS_EXPORT.file: EvaluationLine}
FILES = (*SCHEMAS, RANKS, INPUTS, FORMULA, MANIFEST)
ATTEMPTS = 3
PART = ".part"


class MovedError(Exception):
    """The published rank moved again and again while the dump was written."""


@dataclass(frozen=True)
class Dump:
    """A finished dump: its folder, named by day and snapshot, and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """Return the name under which it is served."""
        return self.folder.name


def dumps_folder() -> Path:
    """Return where dumps lie."""
    folder: Path = settings.DATA_DIR / "dumps"
    return folder


def write_dump(*, keep: int) -> Dump:
    """Write a dump of this moment and remove all but the last ``keep``.

    It is built beside its place and moved there whole, so that nobody ever reads half of one.

    Raises:
        NothingToExportError: no rank has been published.
        MovedError: the rank would not hold still.
        OSError: the folder cannot be written to.
    """
    for _ in range(ATTEMPTS):
        draft = Path(tempfile.mkdtemp(suffix=PART, dir=_made(dumps_folder())))
        try:
            if manifest := _written(draft):
                return _placed(draft, manifest, keep=keep)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    raise MovedError(f"the published rank moved {ATTEMPTS} times while the dump was written")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _written(draft: Path) -> dict[str, Any] | None:
    """Write all files; None where the rank moved between its own files and the others."""
    export_ranks(draft)
    with one_moment() as own:
        files = {
            export.file: _write(draft / export.file, pieces(own, export))
            for export in (ARTIFACTS_EXPORT, EVALUATIONS_EXPORT)
        }
    manifest: dict[str, Any] = json.loads((draft / MANIFEST).read_bytes())
    snapshot = current_snapshot()
    if snapshot is None or snapshot.digest != manifest["snapshot"]:
        return None
    manifest |= {
        "written_at": timezone.now().isoformat(),
        "files": manifest["files"] | files,
        "schemas": {name: schema.model_json_schema() for name, schema in SCHEMAS.items()},
    }
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="ascii")
    return manifest


def _write(path: Path, content: Iterable[bytes]) -> dict[str, Any]:
    digest, n_lines, n_bytes = hashlib.sha256(), 0, 0
    with path.open("wb") as file:
        for piece in content:
            file.write(piece)
            digest.update(piece)
            n_lines, n_bytes = n_lines + piece.count(b"\n"), n_bytes + len(piece)
    return {"sha256": digest.hexdigest(), "lines": n_lines, "bytes": n_bytes}


def _placed(draft: Path, manifest: dict[str, Any], *, keep: int) -> Dump:
    written_at = dt.datetime.fromisoformat(manifest["written_at"])
    place = dumps_folder() / f"{written_at:%Y%m%dT%H%M%S%f}-{manifest['snapshot'][:12]}"
    draft.rename(place)
    for old in list(_folders())[keep:]:
        shutil.rmtree(old)
    return Dump(place, manifest)


def _folders() -> Iterator[Path]:
    """Yield the dumps, the latest first."""
    found = dumps_folder().glob(f"*/{MANIFEST}") if dumps_folder().is_dir() else ()
    yield from sorted((path.parent for path in found if path.parent.suffix != PART), reverse=True)


def latest_dump() -> Dump | None:
    """Return the latest dump, None before the first."""
    folder = next(_folders(), None)
    return Dump(folder, json.loads((folder / MANIFEST).read_bytes())) if folder else None


def dump_file(name: str) -> Path | None:
    """Return a file of the latest dump; only names that dumps have lead anywhere."""
    dump = latest_dump()
    return dump.folder / name if dump and name in FILES else None
