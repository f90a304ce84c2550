"""How long a picture took and how much memory it needed, where it was run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Aggregate, Count, FloatField, Max, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from evaluation.models import Run, Sample


class Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Speed:
    """Median seconds per picture over ``n_pictures``, and the largest peak memory in megabytes.

    None where nothing was timed or measured; ``hardware`` is what the run wrote down of its machine.
    """

    seconds: float | None
    peak_memory_mb: int | None
    n_pictures: int
    hardware: str


def measured_speed(artifact_ids: Sequence[int]) -> dict[int, Speed]:
    """Return the measured speed of each artifact that has pictures of canonical runs. One query.

    Where runs stand on several machines, the machine with the most pictures counts: times of different
    machines are never mixed.
    """
    seconds = Cast(KeyTextTransform("generate", "timings_s"), FloatField())
    rows = (
        Sample.objects.filter(
            run__recipe__artifact__in=artifact_ids,
            run__recipe__is_canonical=True,
            run__suite__is_current=True,
            run__state=Run.State.FINISHED,
            status=Sample.Status.OK,
        )
        .order_by()
        .annotate(
            machine=Coalesce(
                KeyTextTransform("device", "run__environment"), Value(""), output_field=TextField()
            )
        )
        .values("run__recipe__artifact_id", "machine")
        .annotate(seconds=Median(seconds), memory=Max("peak_memory_mb"), n=Count("pk"))
        .order_by("n", "machine")
    )
    return {
        row["run__recipe__artifact_id"]: Speed(row["seconds"], row["memory"], row["n"], row["machine"])
        for row in rows
    }
