"""Each model's place on a suite, with the places that chance could have given it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from evaluation.differences import Position, position_intervals
from evaluation.models import Run, Score, Suite

_Values = dict[tuple[int, int, str], float]


def suite_places(suite: Suite) -> dict[int, Position]:
    """Return by artifact its place among those that finished the suite; empty for fewer than two. One query.

    Only prompts and seeds that all have with a value, in one scorer version, are laid beside each other.
    """
    rows = (
        Score.objects.filter(
            sample__run__suite=suite,
            sample__run__state=Run.State.FINISHED,
            sample__run__recipe__is_canonical=True,
            metric=suite.headline_metric,
            value__isnull=False,
        )
        .order_by("id")
        .values_list(
            "sample__run__recipe__artifact_id",
            "sample__prompt_id",
            "sample__k",
            "scorer_version",
            "value",
            "sample__prompt__family",
        )
    )
    values: dict[int, _Values] = defaultdict(dict)
    families: dict[int, str] = {}
    latest: dict[int, str] = {}
    for artifact_id, prompt_id, k, version, value, family in rows:
        if value is not None:
            values[artifact_id][prompt_id, k, version] = value
            families[prompt_id], latest[artifact_id] = family, version
    return _places({key: _of_version(found, latest[key]) for key, found in values.items()}, families)


def _of_version(values: _Values, version: str) -> _Values:
    return {key: value for key, value in values.items() if key[2] == version}


def _places(values: Mapping[int, _Values], families: Mapping[int, str]) -> dict[int, Position]:
    if len(values) < 2:
        return {}
    shared = sorted(set.intersection(*(set(found) for found in values.values())))
    if not shared:
        return {}
    table = tuple(tuple(found[key] for key in shared) for found in values.values())
    return dict(zip(values, _positions(table, tuple(families[key[0]] for key in shared)), strict=True))


@lru_cache(maxsize=64)
def _positions(values: tuple[tuple[float, ...], ...], families: tuple[str, ...]) -> list[Position]:
    """Keep results: the same values give the same places."""
    return position_intervals(np.array(values, dtype=np.float64), families)
