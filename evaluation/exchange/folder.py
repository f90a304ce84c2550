"""Reads an exported run from a folder that nobody vouches for. Nothing here writes; no Django."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from evaluation.exchange.schema import MANIFEST, TABLES, FileEntry, Manifest

LONGEST_MANIFEST: Final = 64 * 2**20
LONGEST_LINE: Final = 4 * 2**20
LONGEST_PICTURE: Final = 256 * 2**20
_CHUNK: Final = 2**20
# The only names that a folder may list: no other can be opened, wherever it would lead.
_PICTURE: Final = re.compile(r"images/([0-9a-f]{2})/(\1[0-9a-f]{62})\.png")
Row = TypeVar("Row", bound=BaseModel)


class FolderError(Exception):
    """A folder that is not what it says; the message names file and fault in one line."""


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest and hold every file that it names against its length and SHA-256.

    Raises:
        FolderError: for a missing or malformed manifest, a name that is not allowed, a link, a file that is
            missing or has other contents.
    """
    path = folder / MANIFEST
    _check_regular(path, MANIFEST)
    if path.stat().st_size > LONGEST_MANIFEST:
        raise FolderError(f"{MANIFEST} is longer than {LONGEST_MANIFEST:,} bytes")
    manifest = _parsed(Manifest, path.read_bytes(), MANIFEST)
    for name in TABLES:
        if name not in manifest.files:
            raise FolderError(f"{MANIFEST} does not list {name}")
    for name, entry in manifest.files.items():
        _check_file(folder, name, entry)
    return manifest


def picture_path(folder: Path, digest: str) -> Path:
    """Return where a picture lies in the folder."""
    return folder / f"images/{digest[:2]}/{digest}.png"


def picture_name(digest: str) -> str:
    """Return the name under which the manifest lists a picture."""
    return f"images/{digest[:2]}/{digest}.png"


def read_rows(folder: Path, name: str, model: type[Row]) -> Iterator[Row]:
    """Yield the rows of one of the folder's tables.

    Raises:
        FolderError: naming the line that is wrong.
    """
    with (folder / name).open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise FolderError(f"{name}, line {number}: longer than {LONGEST_LINE:,} bytes")
            yield _parsed(model, line, f"{name}, line {number}")


def _check_file(folder: Path, name: str, entry: FileEntry) -> None:
    picture = _PICTURE.fullmatch(name)
    if name not in TABLES and picture is None:
        raise FolderError(f"{MANIFEST} lists {name[:120]!r}, which is no file of an exported run")
    if picture is not None and (picture.group(2) != entry.sha256 or entry.n_bytes > LONGEST_PICTURE):
        raise FolderError(f"{name}: its name is not its SHA-256, or it is too long")
    path = folder
    for part in Path(name).parts[:-1]:
        path /= part
        if path.is_symlink():
            raise FolderError(f"{name} lies behind a link")
    _check_regular(folder / name, name)
    digest, n_bytes = hashlib.sha256(), 0
    with (folder / name).open("rb") as file:
        while n_bytes <= entry.n_bytes and (chunk := file.read(_CHUNK)):
            digest.update(chunk)
            n_bytes += len(chunk)
    if n_bytes != entry.n_bytes or digest.hexdigest() != entry.sha256:
        raise FolderError(f"{name} is not the file that {MANIFEST} describes")


def _check_regular(path: Path, name: str) -> None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        raise FolderError(f"{name} is missing") from None
    if not stat.S_ISREG(mode):
        raise FolderError(f"{name} is no plain file")


def _parsed(model: type[Row], content: bytes, where: str) -> Row:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FolderError(f"{where}: {place or 'JSON'}: {first['msg']}") from None
