"""Writes a run as a folder that another site reads back: NDJSON, pictures, a manifest with their SHA-256."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from evaluation.exchange import schema
from evaluation.images import image_name
from evaluation.models import Observation, Run, Sample, Score
from evaluation.services.recipes import stored_spec


class ExportError(Exception):
    """A run that cannot be exported, or not there; the message is one line."""


def export_run(run_id: int, folder: Path) -> schema.Manifest:
    """Write a finished run into a new folder, whole or not at all, and return its manifest.

    Raises:
        ExportError: where there is no such run, it is not over, its suite is hidden, a picture is gone, or
            the folder exists.
    """
    run = Run.objects.select_related("suite", "recipe__artifact").filter(pk=run_id).first()
    if run is None:
        raise ExportError(f"no run {run_id}")
    if run.state not in (Run.State.FINISHED, Run.State.PARTIAL):
        raise ExportError(f"run {run_id} is {run.state}; only finished runs are exported")
    if run.suite.is_secret:
        raise ExportError(f"run {run_id} is on {run.suite}, which stays hidden until it is retired")
    if folder.exists():
        raise ExportError(f"{folder} exists already")
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        manifest = _write(run, draft)
        draft.rename(folder)
    except OSError as error:
        raise ExportError(f"{folder} could not be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _write(run: Run, draft: Path) -> schema.Manifest:
    samples = list(run.samples.select_related("prompt").order_by("prompt__position", "k"))
    tables = {
        schema.SAMPLES: (_sample(sample) for sample in samples),
        schema.OBSERVATIONS: _observations(run),
        schema.SCORES: _scores(run),
    }
    files = {name: _write_lines(draft / name, rows) for name, rows in tables.items()}
    for digest in sorted({sample.image_digest for sample in samples if sample.image_digest}):
        files[image_name(digest)] = _copy_picture(digest, draft)
    manifest = schema.Manifest(
        format=schema.FORMAT,
        schema_version=schema.SCHEMA_VERSION,
        run=_run_entry(run),
        n_samples=len(samples),
        files=files,
    )
    (draft / schema.MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return manifest


def _run_entry(run: Run) -> schema.RunEntry:
    recipe = run.recipe
    return schema.RunEntry(
        artifact=recipe.artifact.slug,
        suite=run.suite.slug,
        suite_version=run.suite.version,
        suite_digest=run.suite.digest,
        recipe=schema.RecipeEntry(
            digest=recipe.digest, spec=stored_spec(recipe), library_versions=recipe.library_versions
        ),
        environment={name: str(value) for name, value in run.environment.items()},
        origin=run.origin or f"{settings.SITE_NAME}, run {run.pk}",
        created_at=run.created_at,
    )


def _sample(sample: Sample) -> dict[str, Any]:
    same = [
        name for name in schema.SampleEntry.model_fields if name not in ("prompt", "prompt_digest", "image")
    ]
    return {
        "prompt": sample.prompt.key,
        "prompt_digest": sample.prompt.digest,
        "image": sample.image_digest or None,
        **{name: getattr(sample, name) for name in same},
    }


def _observations(run: Run) -> Iterator[dict[str, Any]]:
    rows = Observation.objects.filter(sample__run=run).select_related("sample__prompt").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "prompt": row.sample.prompt.key,
            "k": row.sample.k,
            "reader": row.reader,
            "reader_version": row.reader_version,
            "content": row.content,
        }


def _scores(run: Run) -> Iterator[dict[str, Any]]:
    names = ("scorer", "scorer_version", "metric", "value", "reason", "evidence")
    rows = Score.objects.filter(sample__run=run).order_by("pk")
    for prompt, k, *values in rows.values_list("sample__prompt__key", "sample__k", *names).iterator():
        yield {"prompt": prompt, "k": k, **dict(zip(names, values, strict=True))}


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> schema.FileEntry:
    digest, n_bytes = hashlib.sha256(), 0
    with path.open("wb") as file:
        for row in rows:
            line = json.dumps(row, default=_plain, ensure_ascii=False, sort_keys=True).encode() + b"\n"
            digest.update(line)
            n_bytes += file.write(line)
    return schema.FileEntry(sha256=digest.hexdigest(), n_bytes=n_bytes)


def _plain(value: object) -> str:
    """Return a time to the microsecond, and an amount digit by digit."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _copy_picture(digest: str, draft: Path) -> schema.FileEntry:
    path = draft / image_name(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with default_storage.open(image_name(digest)) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise ExportError(f"picture {digest[:12]} is not in storage") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ExportError(f"picture {digest[:12]} is broken in storage")
    path.write_bytes(content)
    return schema.FileEntry(sha256=digest, n_bytes=len(content))
