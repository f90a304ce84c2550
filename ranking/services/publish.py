"""Computes a snapshot and publishes it: inputs, digest, scores, one pointer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from catalog.models import Artifact
from ranking.compute.formula import Formula as FormulaRecord
from ranking.compute.formula import digest_of, parse_formula, read_definition
from ranking.compute.positions import positions
from ranking.compute.records import ArtifactInputs, ComponentResult
from ranking.compute.score import MILLI, score_artifact
from ranking.inputs import read_inputs
from ranking.models import CurrentSnapshot, Formula, RankEntry, RankSnapshot

# Taken while a snapshot is published, so that two workers cannot publish at once.
ADVISORY_LOCK = 7_281_001


@dataclass(frozen=True)
class PublishReport:
    """What a computation did."""

    digest: str
    n_artifacts: int
    is_new: bool

    def __str__(self) -> str:
        state = "published" if self.is_new else "unchanged"
        return f"{self.n_artifacts} artifacts ranked, snapshot {self.digest[:12]} {state}"


def compute_rank(*, as_of: dt.date) -> PublishReport:
    """Rank every artifact from today's inputs and publish the snapshot.

    The same inputs and formula give the same digest; that snapshot is then published as it is and
    nothing is computed again.
    """
    definition = read_definition()
    formula = parse_formula(definition)
    with transaction.atomic():
        _lock()
        inputs = read_inputs(formula, as_of=as_of)
        digest = digest_of({"formula": formula.digest, "inputs": [_plain(item) for item in inputs]})
        snapshot = RankSnapshot.objects.filter(digest=digest).first()
        is_new = snapshot is None
        if snapshot is None:
            snapshot = _write_snapshot(digest, definition, formula, inputs, as_of)
        _publish(snapshot)
    return PublishReport(digest, len(inputs), is_new)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _write_snapshot(
    digest: str,
    definition: dict[str, Any],
    formula: FormulaRecord,
    inputs: Sequence[ArtifactInputs],
    as_of: dt.date,
) -> RankSnapshot:
    row, _ = Formula.objects.get_or_create(
        version=formula.version, defaults={"digest": formula.digest, "definition": definition}
    )
    if row.digest != formula.digest:
        raise ValueError(f"formula {formula.version} was changed without a new version")
    snapshot = RankSnapshot.objects.create(digest=digest, formula=row, as_of=as_of, n_artifacts=len(inputs))
    results = [score_artifact(item, formula=formula) for item in inputs]
    ids = dict(Artifact.objects.values_list("slug", "pk"))
    RankEntry.objects.bulk_create(
        RankEntry(
            snapshot=snapshot,
            artifact_id=ids[result.slug],
            position=position,
            score=_points(result.score),
            low=_points(result.low),
            high=_points(result.high),
            components=[_component(component) for component in result.components],
        )
        for result, position in zip(results, positions([r.score for r in results]), strict=True)
    )
    return snapshot


def _publish(snapshot: RankSnapshot) -> None:
    """Move the pointer and write the ranks down to the artifacts."""
    pointer = CurrentSnapshot.objects.filter(pk=1).first()
    if pointer is not None and pointer.snapshot_id == snapshot.pk:
        return
    CurrentSnapshot.objects.update_or_create(pk=1, defaults={"snapshot": snapshot})
    rows = []
    for entry in snapshot.entries.select_related("artifact"):
        artifact = entry.artifact
        artifact.rank_score, artifact.rank_low, artifact.rank_high = entry.score, entry.low, entry.high
        rows.append(artifact)
    Artifact.objects.bulk_update(rows, ["rank_score", "rank_low", "rank_high"], batch_size=1000)
    Artifact.objects.exclude(pk__in=[row.pk for row in rows]).update(
        rank_score=None, rank_low=None, rank_high=None
    )


def _points(milli_points: int) -> Decimal:
    return Decimal(milli_points) / MILLI


def _component(component: ComponentResult) -> dict[str, Any]:
    return {**_plain(component), "share": component.share}


def _plain(record: Any) -> dict[str, Any]:
    """Return a record as JSON values; dates in ISO 8601."""
    return asdict(record, dict_factory=lambda items: {k: _json(v) for k, v in items})


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
