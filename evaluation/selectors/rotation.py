"""Rotating splits as pages show them, and each model's gap between published and hidden prompts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, F

from evaluation.contamination import Gap, split_gap
from evaluation.models import Run, Score, Suite
from evaluation.suites.names import ROTATING_SUFFIX


@dataclass(frozen=True)
class RotatingSplit:
    """A rotating split: until it is retired, its digest stands for its prompts."""

    slug: str
    label: str
    digest: str
    n_prompts: int
    loaded_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True)
class ContaminationGap:
    """A model's headline mean on a suite minus that on its rotating split, both by one scorer version."""

    suite_slug: str
    suite_name: str
    split_slug: str
    label: str
    metric: str
    gap: Gap


@dataclass(frozen=True)
class _Values:
    """Headline values of one run by one scorer version, with each value's family."""

    values: tuple[float, ...]
    families: tuple[str, ...]


def rotating_splits(slug: str) -> tuple[RotatingSplit, ...]:
    """Return the rotating splits of a public suite, the newest first. One query."""
    rows = Suite.objects.filter(slug=f"{slug}{ROTATING_SUFFIX}", split=Suite.Split.ROTATING)
    columns = ("slug", "version", "digest", "n_prompts", "loaded_at", "retired_at")
    counted = rows.annotate(n_prompts=Count("prompts")).order_by("-loaded_at")
    return tuple(RotatingSplit(*row) for row in counted.values_list(*columns))


def contamination_gaps(artifact_ids: Sequence[int]) -> dict[int, list[ContaminationGap]]:
    """Return each artifact's gaps, on the suites of which it finished both splits. Two queries.

    Of several rotating splits the one loaded last counts. Values of different scorer versions are never
    compared, and unscored samples are left out of both means.
    """
    runs = list(
        Run.objects.filter(
            recipe__artifact__in=list(artifact_ids), recipe__is_canonical=True, state=Run.State.FINISHED
        )
        .exclude(suite__split=Suite.Split.PUBLIC, suite__is_current=False)
        .select_related("suite", "recipe")
        .order_by("suite__loaded_at")
    )
    hidden = {(run.recipe.artifact_id, run.suite.slug): run for run in runs if run.suite.split != "public"}
    pairs = [
        (run, twin)
        for run in runs
        if (twin := hidden.get((run.recipe.artifact_id, f"{run.suite.slug}{ROTATING_SUFFIX}")))
    ]
    if not pairs:
        return {}
    values = _values([run.pk for pair in pairs for run in pair])
    found: dict[int, list[ContaminationGap]] = defaultdict(list)
    for run, twin in sorted(pairs, key=lambda pair: pair[0].suite.slug):
        shared = [version for version in values[run.pk] if version in values[twin.pk]]
        if shared:
            suite, version = run.suite, shared[-1]
            gap = _gap(values[run.pk][version], values[twin.pk][version])
            found[run.recipe.artifact_id].append(
                ContaminationGap(
                    suite_slug=suite.slug,
                    suite_name=suite.name,
                    split_slug=twin.suite.slug,
                    label=twin.suite.version,
                    metric=suite.headline_metric,
                    gap=gap,
                )
            )
    return dict(found)


def _values(run_ids: Sequence[int]) -> dict[int, dict[str, _Values]]:
    """Return the scored headline values of runs by scorer version, the version written last at the end."""
    rows = (
        Score.objects.filter(
            sample__run__in=run_ids,
            metric=F("sample__run__suite__headline_metric"),
            value__isnull=False,
        )
        .order_by("id")
        .values_list("sample__run_id", "scorer_version", "value", "sample__prompt__family")
    )
    found: dict[int, dict[str, list[tuple[float, str]]]] = {run_id: {} for run_id in run_ids}
    for run_id, version, value, family in rows:
        found[run_id].setdefault(version, []).append((value or 0.0, family))
    return {
        run_id: {
            version: _Values(tuple(value for value, _ in pairs), tuple(family for _, family in pairs))
            for version, pairs in by_version.items()
        }
        for run_id, by_version in found.items()
    }


@lru_cache(maxsize=256)
def _gap(public: _Values, hidden: _Values) -> Gap:
    """Keep results: the same pages are asked for again, and resampling takes its time."""
    return split_gap(public.values, public.families, hidden.values, hidden.families)
