"""Reads a run that another site exported: checked whole first, then written whole or not at all.

What the other site measured travels as observations and is scored again here; its scores are not taken on
trust. The folder may be hostile: see ``evaluation/exchange/folder.py`` for what is refused while reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction

from catalog.models import Artifact
from evaluation.exchange import schema
from evaluation.exchange.folder import FolderError, picture_name, picture_path, read_manifest, read_rows
from evaluation.flags import FOUND_IN_RUN
from evaluation.images import SMALL_SIDE, WIDE_SIDE, further_sides, image_name, thumbnail_name
from evaluation.models import Observation, Prompt, Recipe, Run, Sample, Suite
from evaluation.runners.base import RecipeSpec
from evaluation.seeds import sample_key, sample_seed
from evaluation.services.images import (
    BrokenImageError,
    EncodedImage,
    StorageError,
    decode_image,
    encode_as_stored,
    store_encoded,
)
from evaluation.services.recipes import recipe_digest

_COPIED = (
    *("k", "seed", "key", "status", "reason", "width", "height", "text_sent", "was_truncated", "timings_s"),
    *("peak_memory_mb", "made_by", "batch", "cost_usd", "details", "ended_at"),
)


class ImportRunError(Exception):
    """A folder that is not imported; the message is one line, and nothing has been written."""


@dataclass(frozen=True)
class Imported:
    """The run, and whether it was new here."""

    run_id: int
    is_new: bool
    n_samples: int


@dataclass(frozen=True)
class _Checked:
    """Everything that the folder says, held against what this site knows."""

    manifest: schema.Manifest
    artifact: Artifact
    suite: Suite
    prompts: dict[str, Prompt]
    spec: RecipeSpec
    samples: tuple[schema.SampleEntry, ...]


def import_run(folder: Path) -> Imported:
    """Import an exported run; the same folder again changes nothing.

    Raises:
        ImportRunError: for anything that is not as the manifest says, a prompt, suite or artifact that this
            site does not know, or another run of the same recipe on the same suite.
    """
    try:
        checked = _check(folder)
        known = Run.objects.filter(recipe__digest=checked.manifest.run.recipe.digest, suite=checked.suite)
        if run := known.first():
            return _already_here(run, checked)
        return _store(folder, checked)
    except (FolderError, BrokenImageError, StorageError) as error:
        raise ImportRunError(f"{folder}: {error}") from error
    except (DataError, IntegrityError) as error:
        # For example a zero byte inside a text, which no column of PostgreSQL takes.
        raise ImportRunError(f"{folder}: the database refuses it: {str(error).splitlines()[0]}") from error


def _check(folder: Path) -> _Checked:
    manifest = read_manifest(folder)
    entry = manifest.run
    artifact = Artifact.objects.filter(slug=entry.artifact).first()
    if artifact is None:
        raise FolderError(f"this site has no artifact {entry.artifact!r}")
    suite = Suite.objects.filter(digest=entry.suite_digest, slug=entry.suite).first()
    if suite is None:
        raise FolderError(f"this site has no suite {entry.suite!r} {entry.suite_version} with these prompts")
    prompts = {prompt.key: prompt for prompt in suite.prompts.all()}
    samples = tuple(read_rows(folder, schema.SAMPLES, schema.SampleEntry))
    spec = _checked_recipe(artifact, entry.recipe)
    if len(samples) != manifest.n_samples or len({(row.prompt, row.k) for row in samples}) != len(samples):
        raise FolderError(f"{schema.SAMPLES} does not hold {manifest.n_samples} different samples")
    for row in samples:
        _check_sample(row, manifest, suite, prompts)
    pictured = {(row.prompt, row.k) for row in samples if row.image}
    for seen in read_rows(folder, schema.OBSERVATIONS, schema.ObservationEntry):
        if (seen.prompt, seen.k) not in pictured:
            raise FolderError(f"{schema.OBSERVATIONS}: {seen.prompt} #{seen.k} has no picture to be observed")
    return _Checked(manifest, artifact, suite, prompts, spec, samples)


def _checked_recipe(artifact: Artifact, entry: schema.RecipeEntry) -> RecipeSpec:
    try:
        spec = RecipeSpec(**entry.spec)
        matches = recipe_digest(artifact, spec) == entry.digest
    except (TypeError, ValueError) as error:
        raise FolderError(f"the recipe cannot be read: {error}") from None
    location = PurePosixPath(str(spec.location))
    if not matches or spec.runner not in Recipe.Runner.values:
        raise FolderError("the recipe is not the one of its digest, or of no runner known here")
    if location.is_absolute() or ".." in location.parts:
        raise FolderError(f"the recipe's location {spec.location!r} leads out of its folder")
    return spec


def _check_sample(
    row: schema.SampleEntry, manifest: schema.Manifest, suite: Suite, prompts: dict[str, Prompt]
) -> None:
    where = f"{schema.SAMPLES}: {row.prompt} #{row.k}"
    prompt = prompts.get(row.prompt)
    if prompt is None or prompt.digest != row.prompt_digest:
        raise FolderError(f"{where}: this site has no such prompt in {suite}")
    if row.k >= suite.seeds_per_prompt or row.seed != sample_seed(suite.slug, prompt.key, row.k):
        raise FolderError(f"{where}: not the seed that the suite gives")
    if row.key != sample_key(manifest.run.recipe.digest, prompt.text, row.seed):
        raise FolderError(f"{where}: not the key of its recipe, text and seed")
    if (row.status == Sample.Status.OK.value) != (row.image is not None):
        raise FolderError(f"{where}: a picture belongs to a sample that is ok, and to no other")
    if row.status != Sample.Status.OK.value and not row.reason:
        raise FolderError(f"{where}: a failure without a reason")
    if row.image is not None and picture_name(row.image) not in manifest.files:
        raise FolderError(f"{where}: its picture is not in the manifest")


def _already_here(run: Run, checked: _Checked) -> Imported:
    here = set(run.samples.values_list("prompt__key", "k", "status", "image_digest"))
    there = {(row.prompt, row.k, row.status, row.image or "") for row in checked.samples}
    if here != there:
        raise FolderError(f"run {run.pk} of this recipe on this suite is here already, with other pictures")
    return Imported(run.pk, is_new=False, n_samples=len(here))


def _store(folder: Path, checked: _Checked) -> Imported:
    """Store the pictures, then all rows in one transaction; where that fails, the new pictures go again."""
    new: list[str] = []
    try:
        signatures: dict[str, bytes] = {}
        for row in checked.samples:
            if row.image is not None and row.image not in signatures:
                encoded = _picture(folder, row)
                signatures[row.image] = encoded.signature
                if not default_storage.exists(image_name(row.image)):
                    new.append(row.image)
                store_encoded(encoded)
        with transaction.atomic():
            run = _write(folder, checked, signatures)
    except BaseException:
        for digest in new:
            sides = (thumbnail_name(digest, side=side) for side in (0, SMALL_SIDE, WIDE_SIDE))
            for name in (image_name(digest), *sides):
                with suppress(OSError):
                    default_storage.delete(name)
        raise
    return Imported(run.pk, is_new=True, n_samples=len(checked.samples))


def _picture(folder: Path, row: schema.SampleEntry) -> EncodedImage:
    """Decode a picture, whose digest has been checked, and hold its size against its sample's."""
    content = picture_path(folder, row.image or "").read_bytes()
    image = decode_image(content)
    if image.size != (row.width, row.height):
        raise FolderError(f"{row.prompt} #{row.k}: the picture is {image.width} × {image.height}")
    return encode_as_stored(image, content)


def _write(folder: Path, checked: _Checked, signatures: dict[str, bytes]) -> Run:
    entry = checked.manifest.run
    has_own = checked.artifact.recipes.filter(is_canonical=True).exists()
    recipe, _ = Recipe.objects.get_or_create(
        digest=entry.recipe.digest,
        defaults={
            **entry.recipe.spec,
            "artifact": checked.artifact,
            "is_canonical": not has_own and not checked.spec.variant,
            "library_versions": entry.recipe.library_versions,
        },
    )
    run = Run.objects.create(
        recipe=recipe,
        suite=checked.suite,
        state=Run.State.RUNNING,
        origin=entry.origin,
        environment=entry.environment,
    )
    Sample.objects.bulk_create(
        (_sample(run, row, checked.prompts, signatures) for row in checked.samples), batch_size=1_000
    )
    ids = {(prompt, k): pk for pk, prompt, k in run.samples.values_list("pk", "prompt__key", "k")}
    Observation.objects.bulk_create(_observations(folder, ids), batch_size=500)
    return run


def _sample(
    run: Run, row: schema.SampleEntry, prompts: dict[str, Prompt], signatures: dict[str, bytes]
) -> Sample:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    return Sample(
        run=run,
        prompt=prompts[row.prompt],
        image_digest=row.image or "",
        has_thumbnail=row.image is not None,
        thumbnail_sides=list(further_sides(row.width or 0, row.height or 0)) if row.image else [],
        signature=signatures.get(row.image or ""),
        # Flags of single pictures are kept; what shows beside the others is looked for again here.
        flags=[flag.model_dump() for flag in row.flags if flag.name not in FOUND_IN_RUN],
        **fields,
    )


def _observations(folder: Path, ids: dict[tuple[str, int], int]) -> Iterable[Observation]:
    for row in read_rows(folder, schema.OBSERVATIONS, schema.ObservationEntry):
        yield Observation(
            sample_id=ids[row.prompt, row.k],
            reader=row.reader,
            reader_version=row.reader_version,
            content=row.content,
        )
