"""What an export of the rank consists of: four files that belong together.

``formula.json`` is the formula's definition, ``inputs.ndjson`` what was known of each artifact,
``ranks.ndjson`` what was published, and ``manifest.json`` says what the others must be. Artifacts stand
in the order of their slugs.
"""

from dataclasses import astuple, dataclass
from typing import Any

from ranking.compute.canonical import plain
from ranking.compute.positions import Position
from ranking.compute.records import ArtifactInputs, RankResult

SCHEMA_VERSION = 2
LICENCE = "CC-BY-4.0"
FORMULA, INPUTS, RANKS, MANIFEST = "formula.json", "inputs.ndjson", "ranks.ndjson", "manifest.json"
# A position, how many were ranked together, and the range of places that the intervals leave open.
PLACE_KEYS = ("position", "n_ranked", "position_best", "position_worst")


@dataclass(frozen=True)
class Place:
    """What else stands in a line of ``ranks.ndjson``: ``is_demonstration`` decides the company."""

    position: Position
    is_demonstration: bool


def rank_record(result: RankResult, *, place: Place) -> dict[str, Any]:
    """Return a computed rank as a line of ``ranks.ndjson``."""
    components = [plain(component) for component in result.components]
    bounds = (result.score, result.low, result.high)
    return rank_line(result.slug, kind=result.kind, bounds=bounds, components=components, place=place)


def rank_line(
    slug: str, *, kind: str, bounds: tuple[int, int, int], components: list[dict[str, Any]], place: Place
) -> dict[str, Any]:
    """Return a rank as a line of ``ranks.ndjson``: integers are milli-points.

    ``components`` are the computation's records as JSON. The inputs behind them are left out, because
    they stand in ``inputs.ndjson``.
    """
    score, low, high = bounds
    return {
        "slug": slug,
        "kind": kind,
        "is_demonstration": place.is_demonstration,
        **dict(zip(PLACE_KEYS, astuple(place.position), strict=True)),
        "score": score,
        "low": low,
        "high": high,
        "components": [_component(component) for component in components],
    }


def _component(raw: dict[str, Any]) -> dict[str, Any]:
    signals = [
        {key: signal[key] for key in ("name", "state", "share", "sd", "weight", "points")}
        for signal in raw["signals"]
    ]
    return {**{key: raw[key] for key in ("name", "points", "sd", "weight")}, "signals": signals}


def group_of(inputs: ArtifactInputs) -> tuple[str, bool]:
    """Return whose company an artifact's position is counted in."""
    return inputs.kind, inputs.is_demonstration
