"""How far runs are, and what is left to do for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from evaluation.measures import Measure, measure_of, watching
from evaluation.models import Observation, Run, Sample, Score


@dataclass(frozen=True)
class RunProgress:
    """Counts of a run's samples. Claimable ones are planned, or were dropped by a worker that is gone."""

    run_id: int
    artifact: str
    suite: str
    state: str
    reason: str
    n_samples: int
    n_claimable: int
    n_ended: int
    n_failed: int
    n_unread: int
    n_unscored: int

    @property
    def n_held(self) -> int:
        """Samples on which a worker is busy right now."""
        return self.n_samples - self.n_ended - self.n_claimable

    @property
    def is_ready_to_score(self) -> bool:
        """Whether everything is generated and read."""
        return self.n_ended == self.n_samples and self.n_unread == 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in Run.OVER


def run_progress(run_id: int) -> RunProgress:
    """Return how far a run is."""
    return progress_of([run_id])[0]


def progress_of(run_ids: Sequence[int]) -> list[RunProgress]:
    """Return how far runs are, in the order asked for."""
    claimable = Sample.objects.claimable().values("pk")
    runs = (
        Run.objects.filter(pk__in=run_ids)
        .select_related("suite")
        .annotate(
            artifact_slug=F("recipe__artifact__slug"),
            n_samples=Count("samples"),
            n_claimable=Count("samples", filter=Q(samples__in=claimable)),
            n_ended=Count("samples", filter=Q(samples__status__in=Sample.ENDED)),
            n_failed=Count("samples", filter=Q(samples__status__in=Sample.FAILED)),
        )
    )
    found = {run.pk: _progress(run) for run in runs}
    return [found[run_id] for run_id in run_ids]


def unread(run: Run) -> QuerySet[Sample]:
    """Samples with a picture that some reader of the suite has not seen in its present version."""
    missing = Q()
    for reader in watching(measure_of(run.suite.scorer)):
        seen = Observation.objects.filter(
            sample=OuterRef("pk"), reader=reader.name, reader_version=reader.version
        )
        missing |= ~Q(Exists(seen))
    return Sample.objects.filter(missing, run=run, status=Sample.Status.OK)


def stalled(*, since: datetime) -> QuerySet[Run]:
    """Runs that workers were told of, that are not over, and for which nothing has happened ``since`` then.

    A run whose samples a living worker holds has moved: each heartbeat counts.
    """
    moved = Sample.objects.filter(run=OuterRef("pk")).filter(
        Q(ended_at__gte=since) | Q(claimed_at__gte=since)
    )
    read = Observation.objects.filter(sample__run=OuterRef("pk"), created_at__gte=since)
    return (
        Run.objects.filter(dispatched_at__lt=since)
        .exclude(state__in=Run.OVER)
        .filter(~Exists(moved), ~Exists(read))
        .order_by("pk")
    )


def unscored(run: Run, measure: Measure) -> QuerySet[Sample]:
    """Ended samples without a score in the present version."""
    scored = Score.objects.filter(
        sample=OuterRef("pk"), scorer=measure.scorer.name, scorer_version=measure.version
    )
    return Sample.objects.ended().filter(~Exists(scored), run=run)


def _progress(run: Run) -> RunProgress:
    counts = {name: getattr(run, name) for name in ("n_samples", "n_claimable", "n_ended", "n_failed")}
    if run.state in Run.STOPPED:
        counts["n_claimable"] = 0
    return RunProgress(
        run_id=run.pk,
        artifact=getattr(run, "artifact_slug"),  # noqa: B009 - an annotation, which the type does not know
        suite=run.suite.slug,
        state=run.state,
        reason=run.reason,
        n_unread=unread(run).count(),
        n_unscored=unscored(run, measure_of(run.suite.scorer)).count(),
        **counts,
    )
