"""Writes snapshots. A snapshot is never changed once it is written."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from catalog.models import Artifact
from ranking.compute.canonical import plain
from ranking.compute.export_format import group_of
from ranking.compute.formula import MILLI, parse_formula
from ranking.compute.formula import Formula as FormulaRecord
from ranking.compute.positions import Position, grouped_positions
from ranking.compute.records import ArtifactInputs, ComponentResult, RankResult
from ranking.compute.score import score_artifact
from ranking.compute.weights import effective_weights, grouped_by_profile
from ranking.models import Formula, RankEntry, RankSnapshot

BATCH = 1000


def write_snapshot(
    digest: str, inputs: Sequence[ArtifactInputs], *, definition: dict[str, Any], as_of: dt.date
) -> RankSnapshot:
    """Score the inputs and write the snapshot that ``digest`` names.

    Raises:
        ValueError: the formula was changed without a new version.
    """
    formula = parse_formula(definition)
    row = _formula_row(formula, definition)
    results = [score_artifact(item, formula=formula) for item in inputs]
    snapshot = RankSnapshot.objects.create(
        digest=digest,
        formula=row,
        as_of=as_of,
        n_artifacts=len(inputs),
        weights=_weights(inputs, results, formula),
    )
    places = grouped_positions(
        [result.score for result in results], groups=[group_of(item) for item in inputs]
    )
    ids = dict(Artifact.objects.values_list("slug", "pk"))
    RankEntry.objects.bulk_create(
        (
            _entry(snapshot, ids.get(item.slug), item, result, place)
            for item, result, place in zip(inputs, results, places, strict=True)
        ),
        batch_size=BATCH,
    )
    return snapshot


def _weights(
    inputs: Sequence[ArtifactInputs], results: Sequence[RankResult], formula: FormulaRecord
) -> dict[str, Any]:
    """Return how much each component decides, by profile; demonstrations decide nothing."""
    by_profile = grouped_by_profile(zip(inputs, results, strict=True), formula=formula)
    return {
        profile.name: {
            "n_artifacts": len(by_profile.get(profile.name, ())),
            "components": [
                plain(weight)
                for weight in effective_weights(by_profile.get(profile.name, ()), profile=profile)
            ],
        }
        for profile in formula.profiles
    }


def _formula_row(formula: FormulaRecord, definition: dict[str, Any]) -> Formula:
    row, _ = Formula.objects.get_or_create(
        version=formula.version, defaults={"digest": formula.digest, "definition": definition}
    )
    if row.digest != formula.digest:
        raise ValueError(f"formula {formula.version} was changed without a new version")
    return row


def _entry(
    snapshot: RankSnapshot,
    artifact_id: int | None,
    item: ArtifactInputs,
    result: RankResult,
    position: Position,
) -> RankEntry:
    return RankEntry(
        snapshot=snapshot,
        artifact_id=artifact_id,
        slug=item.slug,
        kind=item.kind,
        is_demonstration=item.is_demonstration,
        position=position.place,
        n_ranked=position.of,
        score=_points(result.score),
        low=_points(result.low),
        high=_points(result.high),
        components=[_component(component) for component in result.components],
    )


def _points(milli_points: int) -> Decimal:
    return Decimal(milli_points) / MILLI


def _component(component: ComponentResult) -> dict[str, Any]:
    return {**plain(component), "share": component.share}
