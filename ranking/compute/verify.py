"""Recomputes an export of the rank and compares every line: no database, no Django, nothing trusted."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ranking.compute.canonical import canonical_line, inputs_from_json
from ranking.compute.export_format import (
    FORMULA,
    INPUTS,
    MANIFEST,
    PLACE_KEYS,
    RANKS,
    SCHEMA_VERSION,
    Place,
    group_of,
    rank_record,
)
from ranking.compute.formula import Formula, parse_formula
from ranking.compute.positions import Position, grouped_positions, place_words
from ranking.compute.records import ArtifactInputs, RankResult
from ranking.compute.score import score_artifact
from ranking.compute.weights import grouped_by_profile

CHUNK = 1 << 20


class VerificationError(Exception):
    """The export does not hold: what is wrong, in one line."""


@dataclass(frozen=True)
class Verified:
    """What was found to hold."""

    n_artifacts: int
    digest: str
    formula_version: str

    def __str__(self) -> str:
        n = self.n_artifacts
        return (
            f"{n} of {n} ranks recomputed and equal; formula {self.formula_version}, snapshot {self.digest}"
        )


def verify(folder: Path) -> Verified:
    """Check the files against the manifest, recompute every rank and compare.

    Raises:
        VerificationError: naming the file or the artifact that does not agree.
    """
    manifest = _json(_read(folder / MANIFEST), MANIFEST)
    if (schema := manifest.get("schema_version")) != SCHEMA_VERSION:
        raise VerificationError(
            f"{MANIFEST} has schema version {schema}; this program reads {SCHEMA_VERSION}"
        )
    for name in (FORMULA, INPUTS, RANKS):
        if _sha256(folder / name) != manifest.get("files", {}).get(name, {}).get("sha256"):
            raise VerificationError(f"{name} is not the file that {MANIFEST} names: its SHA-256 differs")
    digest = _sha256(folder / FORMULA, folder / INPUTS)
    if digest != manifest.get("snapshot"):
        raise VerificationError(f"formula and inputs give snapshot {digest}, not {manifest.get('snapshot')}")
    formula = _formula(folder)
    n_artifacts = _compare(folder, formula)
    if n_artifacts != manifest.get("n_artifacts"):
        raise VerificationError(
            f"{MANIFEST} names {manifest.get('n_artifacts')} artifacts, not {n_artifacts}"
        )
    return Verified(n_artifacts, digest, formula.version)


@dataclass(frozen=True)
class Export:
    """An export that was read: the formula, what was known, and the ranks by profile, no demonstrations."""

    digest: str
    definition: dict[str, Any]
    formula: Formula
    inputs: tuple[ArtifactInputs, ...]
    results: dict[str, list[RankResult]]


def read_export(folder: Path) -> Export:
    """Return an export with its ranks computed again.

    Raises:
        VerificationError: a file cannot be read as what it should be.
    """
    definition = _json(_read(folder / FORMULA), FORMULA)
    formula = _formula(folder)
    inputs = tuple(
        _inputs(line, number) for number, line in enumerate(_read(folder / INPUTS).splitlines(), start=1)
    )
    digest = _sha256(folder / FORMULA, folder / INPUTS)
    return Export(digest, definition, formula, inputs, _ranked(inputs, formula))


def rescored(export: Export, definition: dict[str, Any]) -> Export:
    """Return the same inputs under another definition of the formula.

    Raises:
        ValueError: the definition does not hold.
    """
    formula = parse_formula(definition)
    return Export(export.digest, definition, formula, export.inputs, _ranked(export.inputs, formula))


def _ranked(inputs: Iterable[ArtifactInputs], formula: Formula) -> dict[str, list[RankResult]]:
    return grouped_by_profile(
        ((item, score_artifact(item, formula=formula)) for item in inputs), formula=formula
    )


def _compare(folder: Path, formula: Formula) -> int:
    """Recompute line by line; the positions are compared last, when all scores are known."""
    ranks, groups, stated, slugs = [], [], [], [""]
    lines = zip_longest(_lines(folder / INPUTS), _lines(folder / RANKS))
    for number, (given, published) in enumerate(lines, start=1):
        if given is None or published is None:
            raise VerificationError(f"{INPUTS} and {RANKS} differ in length: only one has line {number}")
        inputs = _inputs(given, number)
        try:
            result = score_artifact(inputs, formula=formula)
        except (KeyError, TypeError, ValueError) as error:
            raise VerificationError(f"{INPUTS}, line {number} cannot be ranked: {error!r}") from error
        if inputs.slug <= slugs[-1]:
            raise VerificationError(f"{INPUTS}, line {number}: {inputs.slug} is out of order or twice there")
        claimed = _json(published, f"{RANKS}, line {number}")
        position = Position(*(claimed.get(key, 0) for key in PLACE_KEYS))
        place = Place(position, inputs.is_demonstration)
        if canonical_line(rank_record(result, place=place)) != published:
            raise VerificationError(_difference(inputs.slug, result.score, claimed))
        ranks.append((result.score, result.low, result.high))
        groups.append(group_of(inputs))
        stated.append(position)
        slugs.append(inputs.slug)
    for slug, said, found in zip(slugs[1:], stated, grouped_positions(ranks, groups=groups), strict=True):
        if said != found:
            raise VerificationError(f"{slug} is said to be {_place(said)}, but is {_place(found)}")
    return len(ranks)


def _place(position: Position) -> str:
    return f"{position.place} ({place_words(position.best, position.worst)}) of {position.of}"


def _inputs(line: bytes, number: int) -> ArtifactInputs:
    where = f"{INPUTS}, line {number}"
    try:
        return inputs_from_json(_json(line, where))
    except (KeyError, TypeError, ValueError) as error:
        raise VerificationError(f"{where} is not an artifact's inputs: {error!r}") from error


def _difference(slug: str, score: int, claimed: dict[str, Any]) -> str:
    if claimed.get("slug") != slug:
        return f"{RANKS} names {claimed.get('slug')} where {INPUTS} names {slug}"
    if claimed.get("score") != score:
        return f"{slug}: the inputs give {score} milli-points, the export says {claimed.get('score')}"
    return f"{slug}: the score agrees, but its interval or its parts do not"


def _formula(folder: Path) -> Formula:
    try:
        return parse_formula(_json(_read(folder / FORMULA), FORMULA))
    except (KeyError, TypeError, ValueError) as error:
        raise VerificationError(f"{FORMULA} is no formula: {error}") from error


def _json(line: bytes, where: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError as error:
        raise VerificationError(f"{where} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise VerificationError(f"{where} is not an object")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise VerificationError(f"{path.name} cannot be read: {error.strerror}") from error


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _sha256(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise VerificationError(f"{path.name} cannot be read: {error.strerror}") from error
    return digest.hexdigest()
