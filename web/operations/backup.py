"""Backups: the database as PostgreSQL's own dump, the stored files beside it, and a manifest over both."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from psycopg import pq
from psycopg.conninfo import make_conninfo

from catalog.models import Artifact
from config.embedded.postgres import client_program
from evaluation.images import image_name
from evaluation.models import Sample
from ranking.compute.verify import verify
from ranking.models import CurrentSnapshot
from ranking.services.export import export_ranks
from ranking.services.reader_role import ensure_reader_role

SCHEMA: Final = 1
DUMP: Final = "database.dump"
FILES: Final = "files"
MANIFEST: Final = "manifest.json"
# What lies in storage and cannot be made again from the database.
STORED: Final = ("images", "thumbnails")


class BackupError(Exception):
    """A backup that cannot be made or restored; the message says why, and nothing was changed."""


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds, and what was found right after restoring it."""

    folder: Path
    n_artifacts: int
    n_samples: int
    n_files: int

    def __str__(self) -> str:
        return f"{self.n_artifacts} artifacts, {self.n_samples} samples, {self.n_files} files: {self.folder}"


def back_up(folder: Path) -> BackupReport:
    """Write a backup into a new folder. Pages and workers may go on meanwhile.

    The database comes first: a picture is stored before its row is written and never changed, so every
    picture that the dump knows is among the files. The manifest comes last: a folder without one is
    what a killed backup left.

    Raises:
        BackupError: the folder is not empty, or `pg_dump` fails.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    # Taken before the dump: what comes in between is in the dump too, and more than promised does no harm.
    counts = _counts()
    arguments: list[str | Path] = [
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={folder / DUMP}",
    ]
    _run("pg_dump", arguments)
    files = {name: _copy_out(name, folder / FILES / name) for name in _stored_names()}
    manifest = counts | {
        "schema": SCHEMA,
        "created_at": timezone.now().isoformat(),
        "database_sha256": _sha256(folder / DUMP),
        "files": files,
    }
    draft = folder / f"{MANIFEST}.part"
    draft.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    draft.rename(folder / MANIFEST)
    return _report(folder, manifest)


def restore(folder: Path) -> BackupReport:
    """Fill an empty database and storage from a backup, then check that the site is whole.

    Everything in the folder is checked against the manifest before anything is written; the database is
    filled in one transaction. Afterwards every picture that a sample names must be there, and every
    published rank must recompute to the same number.

    Raises:
        BackupError: the folder is not a whole backup, the database is not empty, or the check fails.
        VerificationError: a rank does not recompute.
    """
    manifest = _checked(folder)
    if connection.introspection.table_names():
        raise BackupError("the database is not empty; a backup is restored into a new one")
    _run(
        "pg_restore",
        ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", folder / DUMP],
    )
    for name in manifest["files"]:
        if not default_storage.exists(name):
            with (folder / FILES / name).open("rb") as file:
                default_storage.save(name, file)
    ensure_reader_role()
    _check_site(manifest)
    return _report(folder, manifest)


def _counts() -> dict[str, Any]:
    published = CurrentSnapshot.objects.values_list("snapshot__digest", flat=True).first()
    return {
        "artifacts": Artifact.objects.count(),
        "samples": Sample.objects.count(),
        "snapshot": published or "",
    }


def _check_site(manifest: dict[str, Any]) -> None:
    for name in ("artifacts", "samples"):
        if (found := _counts()[name]) < manifest[name]:
            raise BackupError(f"{found} {name} were restored, the backup promised {manifest[name]}")
    digests = Sample.objects.exclude(image_digest="").values_list("image_digest", flat=True).distinct()
    missing = [digest for digest in digests if not default_storage.exists(image_name(digest))]
    if missing:
        raise BackupError(f"{len(missing)} pictures are missing, the first is {missing[0]}")
    if CurrentSnapshot.objects.exists():
        with TemporaryDirectory() as export:
            export_ranks(Path(export))
            verify(Path(export))


def _checked(folder: Path) -> dict[str, Any]:
    if not (folder / MANIFEST).is_file():
        raise BackupError(f"{folder} has no {MANIFEST}: not a backup, or one that was not finished")
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    if manifest.get("schema") != SCHEMA:
        raise BackupError(f"{folder} has schema {manifest.get('schema')!r}, this program reads {SCHEMA}")
    promised = {DUMP: manifest["database_sha256"]} | {
        f"{FILES}/{name}": digest for name, digest in manifest["files"].items()
    }
    for name, digest in promised.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BackupError(f"{name} points out of the folder")
        if not path.is_file():
            raise BackupError(f"{name} is missing from {folder}")
        if _sha256(path) != digest:
            raise BackupError(f"{name} is damaged")
    return manifest


def _stored_names() -> Iterator[str]:
    waiting = list(STORED)
    while waiting:
        place = waiting.pop()
        try:
            folders, files = default_storage.listdir(place)
        except FileNotFoundError:
            continue
        waiting.extend(f"{place}/{name}" for name in folders)
        yield from (f"{place}/{name}" for name in files)


def _copy_out(name: str, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with default_storage.open(name) as source, path.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    return _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(program: str, arguments: list[str | Path]) -> None:
    """Run a PostgreSQL client program on our database; its password travels in the environment."""
    given = connection.get_connection_params()
    password = str(given.pop("password", ""))
    # Django adds parameters of its own; what libpq knows is what the client program knows.
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    target = make_conninfo(**{key: value for key, value in given.items() if key in known})
    command = [str(client_program(program)), *arguments, "--no-password", f"--dbname={target}"]
    env = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        subprocess.run(command, env=env, check=True, capture_output=True, text=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise BackupError(f"{program}: {lines[0]}") from error


def _report(folder: Path, manifest: dict[str, Any]) -> BackupReport:
    n_files = len(manifest["files"])
    return BackupReport(folder, manifest["artifacts"], manifest["samples"], n_files)
