"""Dated dumps as files: both bulk exports of one moment beside the rank with all that recomputes it.

Each file of lines is there plain and packed, the exports as Parquet too. A dump never changes once it lies in
its place, so what was cut off can be gone on with.
"""

import datetime as dt
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ranking.compute.export_format import FORMULA, INPUTS, MANIFEST, RANKS
from ranking.selectors import current_snapshot
from ranking.services.export import export_ranks
from web.api.schemas.exports import LINE_SCHEMAS
from web.export.formats import PACKED
from web.export.parquet import as_parquet
from web.export.statements import EXPORTS
from web.export.stream import LONGEST_S, one_moment, pieces

LINES = (*(export.file for export in EXPORTS), RANKS, INPUTS)
FILES = (
    *LINES,
    *(f"{name}{ending}" for name in LINES for ending in PACKED),
    *(export.parquet_file for export in EXPORTS),
    FORMULA,
    MANIFEST,
)
ATTEMPTS = 3
PART = ".part"
PIECE_BYTES = 1 << 20


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

    def path_of(self, file: str) -> Path | None:
        """Return where one of its files lies; only names that its manifest has lead anywhere."""
        return self.folder / file if file in FILES and file in self.manifest["files"] else None


def dumps_folder() -> Path:
    """Return where dumps lie."""
    folder: Path = settings.DUMPS_DIR
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
    manifest: dict[str, Any] = json.loads((draft / MANIFEST).read_bytes())
    files = manifest["files"] | _exports(draft)
    snapshot = current_snapshot()
    if snapshot is None or snapshot.digest != manifest["snapshot"]:
        return None
    manifest |= {
        "written_at": timezone.now().isoformat(),
        "files": files | _packed(draft, files),
        "schemas": {name: schema.model_json_schema() for name, schema in LINE_SCHEMAS.items()},
    }
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="ascii")
    return manifest


def _exports(draft: Path) -> dict[str, dict[str, Any]]:
    """Write both exports of one moment as lines and as Parquet."""
    files = {}
    with one_moment() as own:
        for export in EXPORTS:
            lines = _write(draft / export.file, pieces(own, export.statement()))
            columns = as_parquet(LINE_SCHEMAS[export.file])(
                pieces(own, export.statement(is_for_columns=True))
            )
            files[export.file] = lines
            files[export.parquet_file] = _write(draft / export.parquet_file, columns) | {
                "lines": lines["lines"]
            }
    return files


def _packed(draft: Path, files: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Write each file of lines once more in every packing."""
    return {
        f"{name}{ending}": _write(draft / f"{name}{ending}", pack(_read(draft / name)))
        | {"lines": files[name]["lines"]}
        for name in LINES
        for ending, pack in PACKED.items()
    }


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


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
    for old in [*list(_folders())[keep:], *_abandoned()]:
        shutil.rmtree(old)
    return Dump(place, manifest)


def _abandoned() -> Iterator[Path]:
    """Yield what was being written when its process was killed."""
    for draft in dumps_folder().glob(f"*{PART}"):
        if time.time() - draft.stat().st_mtime > LONGEST_S:
            yield draft


def _folders() -> Iterator[Path]:
    """Yield the dumps, the latest first."""
    found = dumps_folder().glob(f"*/{MANIFEST}") if dumps_folder().is_dir() else ()
    yield from sorted((path.parent for path in found if path.parent.suffix != PART), reverse=True)


def dumps() -> Iterator[Dump]:
    """Yield the dumps that are kept, the latest first."""
    for folder in _folders():
        try:
            yield Dump(folder, json.loads((folder / MANIFEST).read_bytes()))
        except FileNotFoundError:
            continue  # A newer one has just taken its place.


def latest_dump() -> Dump | None:
    """Return the latest dump, None before the first."""
    return next(dumps(), None)


def named_dump(name: str) -> Dump | None:
    """Return the dump of a name, None where it is not kept; a name is compared, never followed."""
    return next((dump for dump in dumps() if dump.name == name), None)
