"""Plans runs: which pictures are missing, and which exist already under another version of the suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from evaluation.models import Recipe, Run, Sample, Suite
from evaluation.seeds import sample_key, sample_seed

# What a picture that was made before brings along.
_KEPT = (
    "status",
    "reason",
    "image_digest",
    "width",
    "height",
    "text_sent",
    "was_truncated",
    "has_thumbnail",
    "thumbnail_sides",
    "signature",
    "made_by",
    "batch",
    "timings_s",
    "peak_memory_mb",
    "flags",
    "cost_usd",
    "details",
    "ended_at",
)

_ROWS_PER_INSERT: Final = 20_000


def plan_run(recipe: Recipe, suite: Suite, *, limit: int | None = None) -> Run:
    """Make sure that the run exists with a sample for every prompt and seed; repeat nothing.

    ``limit`` plans the suite's first prompts alone. A picture that the same recipe made for the
    same words and seed, under another version of the suite, is taken over instead of made again.
    """
    with transaction.atomic():
        run, _ = Run.objects.get_or_create(recipe=recipe, suite=suite)
        Run.objects.select_for_update().get(pk=run.pk)
        missing = _missing(run, limit=limit)
        for start in range(0, len(missing), _ROWS_PER_INSERT):
            _insert(run, missing[start : start + _ROWS_PER_INSERT])
        _take_over(run)
        if run.state in Run.STOPPED or (missing and run.state != Run.State.RUNNING):
            Run.objects.filter(pk=run.pk).update(state=Run.State.PLANNED, reason="", finished_at=None)
    run.refresh_from_db()
    return run


@dataclass(frozen=True)
class _Planned:
    """What sets one planned sample apart from the others of its run."""

    prompt_id: int
    k: int
    seed: int
    key: str


def _missing(run: Run, *, limit: int | None) -> list[_Planned]:
    planned = set(run.samples.values_list("prompt_id", "k"))
    prompts = run.suite.prompts.values_list("pk", "key", "text")[:limit]
    missing = []
    for prompt_id, prompt_key, text in prompts:
        for k in range(run.suite.seeds_per_prompt):
            if (prompt_id, k) not in planned:
                seed = sample_seed(run.suite.slug, prompt_key, k)
                key = sample_key(run.recipe.digest, text, seed)
                missing.append(_Planned(prompt_id, k, seed, key))
    return missing


def _insert(run: Run, planned: Sequence[_Planned]) -> None:
    """Insert rows from four columns; in all others they are what an empty sample is.

    Ten times as fast as `bulk_create`, which sends every column of every row.
    """
    empty = Sample(run=run)
    varying = ("prompt_id", "k", "seed", "key")
    same = [f for f in Sample._meta.concrete_fields if f.attname not in (*varying, "id")]
    columns = ", ".join(connection.ops.quote_name(name) for name in (*varying, *(f.column for f in same)))
    values = ", ".join(f"%s::{field.db_type(connection)}" for field in same)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Sample._meta.db_table} ({columns}) SELECT n.*, {values} "  # noqa: S608 - our own names
            "FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::varchar[]) AS n",
            [
                *(field.get_db_prep_save(getattr(empty, field.attname), connection) for field in same),
                *([getattr(row, name) for row in planned] for name in varying),
            ],
        )


def _take_over(run: Run) -> None:
    """Give planned samples the pictures that exist under their key already."""
    table = Sample._meta.db_table
    taken = ", ".join(f"{name} = made.{name}" for name in _KEPT)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS mine SET {taken} FROM {table} AS made "  # noqa: S608 - our own names
            "WHERE mine.run_id = %s AND mine.status = %s AND made.key = mine.key AND made.status = %s",
            [run.pk, Sample.Status.PLANNED, Sample.Status.OK],
        )
