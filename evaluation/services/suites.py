"""Loads prompt suites: checked first, then written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from evaluation.models import Prompt, Suite
from evaluation.suites.read import SuiteError, read_suites
from evaluation.suites.schema import SuiteFile


@dataclass(frozen=True)
class SuiteReport:
    """What a load did."""

    created: tuple[str, ...]
    unchanged: tuple[str, ...]

    def __str__(self) -> str:
        listed = f" ({', '.join(self.created)})" if self.created else ""
        return f"{len(self.created)} loaded{listed}, {len(self.unchanged)} unchanged"


def load_suites(root: Path) -> SuiteReport:
    """Load every suite under ``root``. A suite whose prompts changed needs a new version.

    Raises:
        SuiteError: naming file, line and field; nothing has been written then.
    """
    return write_suites(read_suites(root))


def write_suites(files: Sequence[SuiteFile]) -> SuiteReport:
    """Write suites that were read, all of them or none.

    Raises:
        SuiteError: for changed prompts without a new version; nothing has been written then.
    """
    with transaction.atomic():
        known = {(suite.slug, suite.version): suite for suite in Suite.objects.select_for_update()}
        new = [file for file in files if _is_new(file, known)]
        for file in files:
            _write(file, is_new=file in new)
    return SuiteReport(_names(new), _names([file for file in files if file not in new]))


def _is_new(file: SuiteFile, known: dict[tuple[str, str], Suite]) -> bool:
    header = file.header
    stored = known.get((header.slug, header.version))
    if stored is not None and stored.digest != file.digest:
        raise SuiteError(
            f"{header.slug}: version {header.version} is already loaded with other prompts; "
            "a changed suite needs a new version in suite.toml"
        )
    return stored is None


def _write(file: SuiteFile, *, is_new: bool) -> None:
    """Write a new version with its prompts; of a known one only its words may have changed."""
    header = file.header
    Suite.objects.filter(slug=header.slug, is_current=True).exclude(version=header.version).update(
        is_current=False
    )
    fields = header.model_dump(exclude={"slug", "version", "strata", "grammar"}) | {
        "split": file.prompts[0].split,
        "digest": file.digest,
        "is_current": True,
    }
    suite, _ = Suite.objects.update_or_create(slug=header.slug, version=header.version, defaults=fields)
    if is_new:
        Prompt.objects.bulk_create(
            Prompt(suite=suite, position=position, digest=prompt.digest(), **prompt.model_dump())
            for position, prompt in enumerate(file.prompts)
        )


def _names(files: Sequence[SuiteFile]) -> tuple[str, ...]:
    return tuple(f"{file.header.slug} {file.header.version}" for file in files)
