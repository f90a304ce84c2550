"""Reads of the published rank."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ranking.compute.canonical import signal_result_from_json
from ranking.compute.formula import MILLI
from ranking.compute.records import SignalInput
from ranking.compute.verdict import Z_90
from ranking.compute.weights import ComponentWeight
from ranking.models import CurrentSnapshot, RankEntry


@dataclass(frozen=True)
class InputView:
    """One signal behind a component: what was read, where, when, and what it is worth in points."""

    name: str
    label: str
    value: str
    is_missing: bool
    weight: float
    points: float
    source: str
    source_url: str
    as_of: str
    detail: str


@dataclass(frozen=True)
class ComponentView:
    """One component of a rank: ``value`` 0-1, ``weight`` and ``points`` out of 100, with its interval."""

    name: str
    label: str
    value: float
    weight: float
    points: float
    low: float
    high: float
    sd: float
    is_missing: bool
    inputs: tuple[InputView, ...]


@dataclass(frozen=True)
class EntryView:
    """One artifact's published rank, 0-100, with its 90 % interval.

    ``position`` is its place by score among the ``n_ranked`` artifacts of its kind, ``position_best`` to
    ``position_worst`` what the intervals leave open, and ``places`` the same in words.
    """

    artifact_id: int
    score: float
    low: float
    high: float
    position: int
    n_ranked: int
    position_best: int
    position_worst: int
    places: str
    components: tuple[ComponentView, ...]
    formula_version: str
    snapshot_digest: str
    as_of: dt.date
    raise_most: str


@dataclass(frozen=True)
class ProfileWeights:
    """How much each component decides among the artifacts of a profile; empty where none can."""

    n_artifacts: int
    components: tuple[ComponentWeight, ...]


@dataclass(frozen=True)
class SnapshotView:
    """Which snapshot is published; ``weights`` by the name of a profile."""

    digest: str
    as_of: dt.date
    n_artifacts: int
    formula_version: str
    formula: dict[str, Any]
    weights: dict[str, ProfileWeights]


def current_snapshot() -> SnapshotView | None:
    """Return the published snapshot, None before the first. One query."""
    pointer = CurrentSnapshot.objects.select_related("snapshot__formula").first()
    if pointer is None:
        return None
    snapshot = pointer.snapshot
    return SnapshotView(
        digest=snapshot.digest,
        as_of=snapshot.as_of,
        n_artifacts=snapshot.n_artifacts,
        formula_version=snapshot.formula.version,
        formula=snapshot.formula.definition,
        weights={
            name: ProfileWeights(
                raw["n_artifacts"], tuple(ComponentWeight(**each) for each in raw["components"])
            )
            for name, raw in snapshot.weights.items()
        },
    )


def rank_entries(artifact_ids: Sequence[int], *, with_inputs: bool = True) -> dict[int, EntryView]:
    """Return the published rank of each artifact that has one, without the signals where asked. One query."""
    rows = (
        RankEntry.objects.current()
        .filter(artifact__in=artifact_ids)
        .select_related("snapshot__formula")
        .defer("snapshot__formula__definition")
    )
    return {
        row.artifact_id: entry_view(row.artifact_id, row, with_inputs=with_inputs)
        for row in rows
        if row.artifact_id is not None
    }


def entry_view(artifact_id: int, row: RankEntry, *, with_inputs: bool = True) -> EntryView:
    """Return a stored entry as it is shown."""
    components = tuple(_component(raw, with_inputs=with_inputs) for raw in row.components)
    return EntryView(
        artifact_id=artifact_id,
        score=float(row.score),
        low=float(row.low),
        high=float(row.high),
        position=row.position,
        n_ranked=row.n_ranked,
        position_best=row.position_best,
        position_worst=row.position_worst,
        places=row.places,
        components=components,
        formula_version=row.snapshot.formula.version,
        snapshot_digest=row.snapshot.digest,
        as_of=row.snapshot.as_of,
        raise_most=_raise_most(components),
    )


def _component(raw: dict[str, Any], *, with_inputs: bool) -> ComponentView:
    sd = raw["sd"] / raw["weight"]
    return ComponentView(
        name=raw["name"],
        label=raw["label"],
        value=raw["share"],
        weight=raw["weight"] / MILLI,
        points=raw["points"] / MILLI,
        low=max(0.0, raw["share"] - Z_90 * sd),
        high=min(1.0, raw["share"] + Z_90 * sd),
        sd=sd,
        is_missing=raw["is_missing"],
        inputs=tuple(_input(signal) for signal in raw["signals"]) if with_inputs else (),
    )


def _input(raw: dict[str, Any]) -> InputView:
    signal = signal_result_from_json(raw)
    given = signal.given
    return InputView(
        name=signal.name,
        label=signal.label,
        value=shown_value(given),
        is_missing=given is None,
        weight=signal.weight / MILLI,
        points=signal.points / MILLI,
        source=given.source if given else "",
        source_url=given.source_url if given else "",
        as_of=given.as_of.isoformat() if given and given.as_of else "",
        detail=given.detail if given else "",
    )


SHARES = {
    "capability_evidence",
    "documentation_checks",
    "match_rate",
    "measured_suites",
    "quality_evidence",
    "reported_results",
}


def shown_value(given: SignalInput | None) -> str:
    """Return an input in words."""
    if given is None:
        return "not known"
    if given.name in SHARES:
        return f"{given.value:.0%}"
    if given.name == "last_activity":
        return f"{given.value:,.0f} day{'' if given.value == 1 else 's'} ago"
    if given.name == "match_success":
        return f"{given.value:,.0f} accepted of {given.trials or 0:,} shown"
    return f"{given.value:,.0f}"


def _raise_most(components: Sequence[ComponentView]) -> str:
    """Name the signal with the most points left to gain."""
    signals = [signal for component in components for signal in component.inputs]
    most = max(signals, key=lambda signal: signal.weight - signal.points, default=None)
    gain = most.weight - most.points if most else 0.0
    if most is None or gain < 0.05:
        return ""
    return f"{most.label}: up to {gain:.1f} more points"
