"""Computes a snapshot and publishes it: inputs, digest, scores, one pointer."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Literal

from django.db import connection, transaction
from django.utils import timezone

from ranking.compute.formula import parse_formula, read_definition
from ranking.inputs import read_inputs
from ranking.models import CurrentSnapshot, RankSnapshot
from ranking.services.guard import look_over
from ranking.services.reader_role import reading_as_rank
from ranking.services.scoring import ScoredCatalogue, scored_catalogue
from ranking.services.snapshots import write_snapshot

logger = logging.getLogger(__name__)

# Taken while a snapshot is published, so that two workers cannot publish at once.
ADVISORY_LOCK = 7_281_001
Outcome = Literal["published", "unchanged", "held"]
# One join each: a subquery for every artifact costs minutes where artifacts are many.
FIND_AGAIN = """
    -- An artifact that had left the catalogue and came back finds its entry by its slug.
    UPDATE ranking_rankentry AS entry SET artifact_id = artifact.id FROM catalog_artifact AS artifact
    WHERE entry.snapshot_id = %(snapshot)s AND entry.artifact_id IS NULL AND artifact.slug = entry.slug
"""
CLEAR = """
    UPDATE catalog_artifact AS artifact SET rank_score = NULL, rank_low = NULL, rank_high = NULL
    WHERE artifact.rank_score IS NOT NULL AND NOT EXISTS (
        SELECT FROM ranking_rankentry AS entry
        WHERE entry.snapshot_id = %(snapshot)s AND entry.artifact_id = artifact.id
    )
"""
WRITE_DOWN = """
    UPDATE catalog_artifact AS artifact
    SET rank_score = entry.score, rank_low = entry.low, rank_high = entry.high
    FROM ranking_rankentry AS entry
    WHERE entry.snapshot_id = %(snapshot)s AND entry.artifact_id = artifact.id
    AND (artifact.rank_score, artifact.rank_low, artifact.rank_high)
        IS DISTINCT FROM (entry.score, entry.low, entry.high)
"""


@dataclass(frozen=True)
class PublishReport:
    """What a computation did; ``reasons`` say why the snapshot was held."""

    digest: str
    n_artifacts: int
    outcome: Outcome
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        n = self.n_artifacts
        return f"{n} artifact{'' if n == 1 else 's'} ranked, snapshot {self.digest[:12]} {self.outcome}"


def compute_rank(*, as_of: dt.date, accept: bool = False) -> PublishReport:
    """Rank every artifact from today's inputs and publish the snapshot.

    The same inputs and formula give the same digest; that snapshot is then published as it is and
    nothing is computed again. Where the guard objects, the snapshot is stored and held, and what was
    published stays, unless somebody has looked at it and accepts it.

    Raises:
        ValueError: the formula was changed without a new version.
    """
    with transaction.atomic():
        _lock()
        with _scored(as_of) as scored:
            snapshot = RankSnapshot.objects.filter(digest=scored.digest).first()
            if snapshot is None:
                snapshot = write_snapshot(scored, as_of=as_of)
        outcome = _publish_if_sound(snapshot, accept=accept)
    reasons = tuple(snapshot.held_reasons) if outcome == "held" else ()
    return PublishReport(scored.digest, len(scored), outcome, reasons)


def accept_snapshot(snapshot_id: int) -> Outcome:
    """Publish a snapshot that the guard held, because somebody has looked at it."""
    with transaction.atomic():
        _lock()
        return _publish_if_sound(RankSnapshot.objects.get(pk=snapshot_id), accept=True)


@contextmanager
def _scored(as_of: dt.date) -> Iterator[ScoredCatalogue]:
    """Score the whole catalogue under the formula in force; only the reading is under the rank's role."""
    definition = read_definition()
    with ExitStack() as stack:
        with reading_as_rank():
            inputs = read_inputs(parse_formula(definition), as_of=as_of)
            scored = stack.enter_context(scored_catalogue(inputs, definition=definition))
        yield scored


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _publish_if_sound(snapshot: RankSnapshot, *, accept: bool) -> Outcome:
    pointer = CurrentSnapshot.objects.select_related("snapshot").first()
    if pointer is not None and pointer.snapshot_id == snapshot.pk:
        return "unchanged"
    reasons = look_over(pointer.snapshot, snapshot) if pointer and not accept else []
    if reasons:
        snapshot.held_reasons = reasons
        snapshot.save(update_fields=["held_reasons"])
        logger.error("Snapshot %s is held: %s", snapshot.digest[:12], "; ".join(reasons))
        return "held"
    _publish(snapshot)
    return "published"


def _publish(snapshot: RankSnapshot) -> None:
    """Move the pointer and write the ranks down to the artifacts."""
    snapshot.published_at = timezone.now()
    snapshot.save(update_fields=["published_at"])
    CurrentSnapshot.objects.update_or_create(pk=1, defaults={"snapshot": snapshot})
    with connection.cursor() as cursor:
        for statement in (FIND_AGAIN, CLEAR, WRITE_DOWN):
            cursor.execute(statement, {"snapshot": snapshot.pk})
