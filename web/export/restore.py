"""Puts a dump into an empty site: the catalogue as it was listed, and the same published ranks bit for bit."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from catalog.models import Artifact, Capability, Category, Fact, Link, Offer, Publisher, SourceRecord
from ranking.compute.canonical import inputs_from_json
from ranking.compute.export_format import FORMULA, INPUTS, MANIFEST, RANKS
from ranking.compute.verify import VerificationError, verify
from ranking.services.publish import accept_snapshot
from ranking.services.scoring import scored_catalogue
from ranking.services.snapshots import write_snapshot
from web.api.schemas.exports import ArtifactLine, DumpManifest, LineSource
from web.export.statements import ARTIFACTS_EXPORT
from web.export.unpack import UnpackError, plain_files

BATCH = 500
# The files of lines that are read, plain or packed.
READ = (ARTIFACTS_EXPORT.file, INPUTS, RANKS)
# Columns that a line names as the table does.
SAME = (
    *(
        "slug",
        "name",
        "aliases",
        "kind",
        "summary",
        "about",
        "openness",
        "status",
        "licence_id",
        "licence_name",
    ),
    *(
        "licence_url",
        "licence_outputs_commercial",
        "licence_weights_commercial",
        "licence_condition",
        "inputs",
    ),
    *("outputs", "best_for", "limitations", "requirements", "parameter_count", "released_on"),
    *(
        "last_activity_on",
        "memory_gb",
        "hub_id",
        "github_repo",
        "router_id",
        "package_name",
        "is_demonstration",
    ),
)


class RestoreError(Exception):
    """The dump cannot be put into this site: why, in one line."""


@dataclass(frozen=True)
class Restored:
    """What was written."""

    n_artifacts: int
    digest: str

    def __str__(self) -> str:
        return f"{self.n_artifacts} artifacts with snapshot {self.digest[:12]}"


@dataclass
class _Known:
    """Rows that several lines name."""

    publishers: dict[str, Publisher] = field(default_factory=dict)
    shelves: dict[str, Category] = field(default_factory=dict)
    sources: dict[int, SourceRecord] = field(default_factory=dict)


def restore_dump(folder: Path) -> Restored:
    """Write a dump's catalogue and ranks, from plain or packed files; all of it or nothing.

    The ranks are recomputed from their inputs first, and nothing in the folder is believed that does not
    agree with the manifest. Pictures, evaluations and histories are not in a dump: those take a backup.

    Raises:
        RestoreError: the site is not empty, or the dump does not hold.
    """
    if Artifact.objects.exists():
        raise RestoreError("this site has artifacts already; a dump goes into an empty one")
    try:
        manifest = DumpManifest.model_validate_json((folder / MANIFEST).read_bytes())
        sizes = {name: manifest.files[name].bytes for name in READ if name in manifest.files}
        with plain_files(folder, sizes=sizes) as plain:
            _check(plain, manifest)
            n_artifacts = _written(plain, manifest)
    except (VerificationError, UnpackError, ValidationError, OSError) as error:
        raise RestoreError(str(error).splitlines()[0]) from error
    return Restored(n_artifacts, manifest.snapshot)


def _written(folder: Path, manifest: DumpManifest) -> int:
    """Write catalogue and ranks in one transaction; return how many artifacts."""
    try:
        with transaction.atomic():
            n_artifacts = _write_catalogue(_lines(folder / ARTIFACTS_EXPORT.file))
            _publish(folder, manifest)
    except (ValidationError, IntegrityError, KeyError, TypeError) as error:
        raise RestoreError(f"the dump does not fit this program: {str(error).splitlines()[0]}") from error
    return n_artifacts


def _check(folder: Path, manifest: DumpManifest) -> None:
    """Make sure that everything in the folder agrees with the manifest."""
    verify(folder)
    with (folder / ARTIFACTS_EXPORT.file).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    listed = manifest.files.get(ARTIFACTS_EXPORT.file)
    if listed is None or listed.sha256 != found:
        raise RestoreError(
            f"{ARTIFACTS_EXPORT.file} is not the file that {MANIFEST} names: its SHA-256 differs"
        )


def _lines(path: Path) -> Iterator[ArtifactLine]:
    with path.open("rb") as file:
        for line in file:
            yield ArtifactLine.model_validate_json(line)


def _write_catalogue(lines: Iterable[ArtifactLine]) -> int:
    known, count = _Known(), 0
    for batch in _batches(lines):
        _write_batch(batch, known)
        count += len(batch)
    return count


def _batches(lines: Iterable[ArtifactLine]) -> Iterator[tuple[ArtifactLine, ...]]:
    rest = iter(lines)
    while batch := tuple(islice(rest, BATCH)):
        yield batch


def _write_batch(lines: Sequence[ArtifactLine], known: _Known) -> None:
    artifacts = [
        Artifact(publisher=_publisher(line, known), **{name: getattr(line, name) for name in SAME})
        for line in lines
    ]
    Artifact.objects.bulk_create(artifacts)
    pairs = list(zip(artifacts, lines, strict=True))
    shelved = Artifact.categories.through
    shelved.objects.bulk_create(
        shelved(artifact_id=row.pk, category_id=_shelf(shelf.slug, shelf.name, shelf.description, known).pk)
        for row, line in pairs
        for shelf in line.categories
    )
    Link.objects.bulk_create(
        Link(artifact=row, rel=link.rel, url=link.url) for row, line in pairs for link in line.links
    )
    Capability.objects.bulk_create(
        capability for row, line in pairs for capability in _capabilities(row, line)
    )
    Offer.objects.bulk_create(offer for row, line in pairs for offer in _offers(row, line, known))
    Fact.objects.bulk_create(fact for row, line in pairs for fact in _facts(row, line, known))


def _capabilities(row: Artifact, line: ArtifactLine) -> Iterator[Capability]:
    for position, item in enumerate(line.capabilities):
        content = item.model_dump(exclude={"inputs", "outputs"})
        yield Capability(
            artifact=row, position=position, input_types=item.inputs, output_types=item.outputs, **content
        )


def _offers(row: Artifact, line: ArtifactLine, known: _Known) -> Iterator[Offer]:
    for item in line.offers:
        content = item.model_dump(exclude={"source"})
        yield Offer(artifact=row, source=_source(item.source, known), as_of=item.source.as_of, **content)


def _facts(row: Artifact, line: ArtifactLine, known: _Known) -> Iterator[Fact]:
    for item in line.facts:
        content = item.model_dump(exclude={"source"})
        yield Fact(artifact=row, source=_source(item.source, known), observed_on=item.source.as_of, **content)


def _publisher(line: ArtifactLine, known: _Known) -> Publisher:
    named = line.publisher
    if named.slug not in known.publishers:
        known.publishers[named.slug], _ = Publisher.objects.get_or_create(
            slug=named.slug, defaults={"name": named.name, "url": named.url}
        )
    return known.publishers[named.slug]


def _shelf(slug: str, name: str, description: str, known: _Known) -> Category:
    if slug not in known.shelves:
        known.shelves[slug], _ = Category.objects.get_or_create(
            slug=slug, defaults={"name": name, "description": description}
        )
    return known.shelves[slug]


def _source(source: LineSource, known: _Known) -> SourceRecord:
    """Return the row of a source; what a dump calls one record stays one here."""
    if source.record not in known.sources:
        known.sources[source.record] = SourceRecord.objects.create(
            kind=source.kind,
            name=source.name,
            url=source.url,
            observed_on=source.as_of,
            payload_digest=f"dump-{source.record}",
        )
    return known.sources[source.record]


def _publish(folder: Path, manifest: DumpManifest) -> None:
    definition = json.loads((folder / FORMULA).read_bytes())
    with (folder / INPUTS).open("rb") as file:
        inputs = (inputs_from_json(json.loads(line)) for line in file)
        with scored_catalogue(inputs, definition=definition) as scored:
            snapshot = write_snapshot(scored, as_of=manifest.as_of)
    accept_snapshot(snapshot.pk)
