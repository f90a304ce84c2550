"""Means with intervals of a run, whole and by stratum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from evaluation.flags import read_flags, rejection
from evaluation.measures import Measure
from evaluation.models import Aggregate, Run, Sample, Score
from evaluation.statistics import METHOD, mean_interval

WHOLE = ""


@dataclass(frozen=True)
class _Row:
    """One score with what it is grouped by."""

    metric: str
    value: float | None
    family: str
    stratum: str
    is_failed: bool


def aggregate_run(run: Run, measure: Measure) -> None:
    """Write the run's aggregates in the present version, replacing what was there for it."""
    rows = _rows(run, measure)
    Aggregate.objects.bulk_create(
        list(_aggregates(run, measure, rows)),
        update_conflicts=True,
        unique_fields=["run", "metric", "stratum", "scorer_version"],
        update_fields=[
            "scorer",
            "mean",
            "ci_low",
            "ci_high",
            "n_families",
            "n_samples",
            "n_failed",
            "n_unscored",
            "method",
            "computed_at",
        ],
    )


def _rows(run: Run, measure: Measure) -> list[_Row]:
    scores = Score.objects.filter(
        sample__run=run, scorer=measure.scorer.name, scorer_version=measure.version
    ).values_list(
        "metric",
        "value",
        "sample__prompt__family",
        "sample__prompt__stratum",
        "sample__status",
        "sample__flags",
    )
    return [
        _Row(metric, value, family, stratum, _is_failed(status, flags))
        for metric, value, family, stratum, status, flags in scores.order_by(
            "sample__prompt__position", "sample__k"
        )
    ]


def _is_failed(status: str, flags: list[dict[str, str]]) -> bool:
    """Whether there is no picture, or one that counts as a failure."""
    return status in Sample.FAILED or rejection(read_flags(flags)) is not None


def _aggregates(run: Run, measure: Measure, rows: Sequence[_Row]) -> Iterator[Aggregate]:
    groups: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.metric, WHOLE].append(row)
        groups[row.metric, row.stratum].append(row)
    for (metric, stratum), members in groups.items():
        scored = [row for row in members if row.value is not None]
        values = [row.value for row in scored if row.value is not None]
        interval = mean_interval(values, [row.family for row in scored]) if scored else None
        yield Aggregate(
            run=run,
            metric=metric,
            stratum=stratum,
            scorer=measure.scorer.name,
            scorer_version=measure.version,
            mean=interval.mean if interval else None,
            ci_low=interval.low if interval else None,
            ci_high=interval.high if interval else None,
            n_families=interval.n_families if interval else 0,
            n_samples=len(members),
            n_failed=sum(row.is_failed for row in members),
            n_unscored=len(members) - len(scored),
            method=METHOD,
            computed_at=timezone.now(),
        )
