"""Writes snapshots. A snapshot is never changed once it is written."""

import datetime as dt
from typing import Any

from django.db import connection

from catalog.models import Artifact
from ranking.compute.formula import MILLI
from ranking.compute.formula import Formula as FormulaRecord
from ranking.models import Formula, RankEntry, RankSnapshot
from ranking.services.scoring import ScoredCatalogue, ScoredEntry

COLUMNS = (
    "snapshot_id",
    "artifact_id",
    "slug",
    "kind",
    "is_demonstration",
    "position",
    "n_ranked",
    "position_best",
    "position_worst",
    "score",
    "low",
    "high",
    "components",
)


def write_snapshot(scored: ScoredCatalogue, *, as_of: dt.date) -> RankSnapshot:
    """Write the snapshot that the digest of a scored catalogue names.

    Raises:
        ValueError: the formula was changed without a new version.
    """
    snapshot = RankSnapshot.objects.create(
        digest=scored.digest,
        formula=_formula_row(scored.formula, scored.definition),
        as_of=as_of,
        n_artifacts=len(scored),
        weights=scored.weights(),
    )
    ids = dict(Artifact.objects.values_list("slug", "pk").iterator())
    table = RankEntry._meta.db_table
    with connection.cursor() as cursor:
        # A row by INSERT costs three times as much as a row by COPY.
        with cursor.copy(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for entry in scored.entries():
                copy.write_row(_row(snapshot.pk, ids.get(entry.slug), entry))
        # What reads the new entries next must not be planned as if there were none.
        cursor.execute(f"ANALYZE {table}")
    return snapshot


def _formula_row(formula: FormulaRecord, definition: dict[str, Any]) -> Formula:
    row, _ = Formula.objects.get_or_create(
        version=formula.version, defaults={"digest": formula.digest, "definition": definition}
    )
    if row.digest != formula.digest:
        raise ValueError(f"formula {formula.version} was changed without a new version")
    return row


def _row(snapshot_id: int, artifact_id: int | None, entry: ScoredEntry) -> tuple[object, ...]:
    """Return the values of ``COLUMNS``."""
    return (
        snapshot_id,
        artifact_id,
        entry.slug,
        entry.kind,
        entry.is_demonstration,
        entry.position.place,
        entry.position.of,
        entry.position.best,
        entry.position.worst,
        _points(entry.score),
        _points(entry.low),
        _points(entry.high),
        entry.components,
    )


def _points(milli_points: int) -> str:
    """Return milli-points as points with three decimals.

    >>> _points(61_004)
    '61.004'
    """
    return f"{milli_points // MILLI}.{milli_points % MILLI:03d}"
