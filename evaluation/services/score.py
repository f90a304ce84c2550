"""Scores what has been read, and sums a finished run up. Needs no picture and no GPU."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from evaluation.flags import read_flags, rejection
from evaluation.measures import Measure, measure_of
from evaluation.models import Observation, Run, Sample, Score
from evaluation.scorers.base import Observations, Value
from evaluation.scorers.registry import score_failed
from evaluation.selectors.progress import unread, unscored
from evaluation.services.aggregate import aggregate_run
from evaluation.services.read import ERROR
from evaluation.services.suspicions import flag_run
from evaluation.suites.spec import PromptSpec

logger = logging.getLogger(__name__)


def score_run(run_id: int) -> int:
    """Score every ended sample that lacks scores in the present version; return how many were scored.

    When nothing is left to generate, read or score, the run is summed up.
    """
    with transaction.atomic():
        # Holding the run's row, two deliveries of the same message cannot score side by side.
        run = Run.objects.select_for_update(of=("self",)).select_related("suite").get(pk=run_id)
        measure = measure_of(run.suite.scorer)
        flag_run(run)
        samples = _scoreable(run, measure)
        rows = [row for sample in samples for row in _scores(sample, measure)]
        Score.objects.bulk_create(rows, batch_size=1_000, ignore_conflicts=True)
        if run.state not in Run.STOPPED and not _is_open(run, measure):
            aggregate_run(run, measure)
            _finish(run)
    return len(samples)


def _scoreable(run: Run, measure: Measure) -> list[Sample]:
    wanted = Observation.objects.filter(
        reader__in=[reader.name for reader in measure.readers],
        reader_version__in=[reader.version for reader in measure.readers],
    )
    samples = unscored(run, measure).exclude(pk__in=unread(run).values("pk"))
    return list(samples.select_related("prompt").prefetch_related(Prefetch("observations", queryset=wanted)))


def _scores(sample: Sample, measure: Measure) -> Iterable[Score]:
    for value in _judge(sample, measure):
        yield Score(
            sample=sample,
            scorer=measure.scorer.name,
            scorer_version=measure.version,
            metric=value.metric,
            value=value.value,
            reason=value.reason,
            evidence=value.evidence,
        )


def _judge(sample: Sample, measure: Measure) -> list[Value]:
    spec = PromptSpec.from_dict(sample.prompt.spec)
    unread = _judged_unread(sample, measure, spec)
    if unread is not None:
        return unread
    observations: Observations = {seen.reader: seen.content for seen in sample.observations.all()}
    for name, content in observations.items():
        if ERROR in content:
            words = f"The reader “{name}” failed on this picture: {content[ERROR]}"
            return _unscored(measure, spec, words)
    try:
        return measure.scorer.score(spec, observations)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        # An observation that this scorer cannot read must not keep the others from being scored.
        words = f"The stored observation cannot be scored: {type(error).__name__}: {error}"
        logger.warning("Sample %s by %s: %s", sample.pk, measure.scorer.name, words)
        return _unscored(measure, spec, words)


def _judged_unread(sample: Sample, measure: Measure, spec: PromptSpec) -> list[Value] | None:
    """Return the values that follow without any observation; None where the picture decides."""
    if words := measure.scorer.cannot_judge(spec):
        return _unscored(measure, spec, words)
    if sample.status != Sample.Status.OK:
        return score_failed(measure.scorer, spec, status=sample.get_status_display(), reason=sample.reason)
    if flag := rejection(read_flags(sample.flags)):
        words = f"{flag.kind.label}, counted as failure: {flag.reason}"
        failed = score_failed(measure.scorer, spec, status="", reason="")
        return [replace(value, reason=words) for value in failed]
    if spec.world and not measure.scorer.judges_world:
        return _unscored(measure, spec, "This scorer judges drawings; no judge of real scenes is set up.")
    return None


def _unscored(measure: Measure, spec: PromptSpec, words: str) -> list[Value]:
    return [Value(metric, None, words) for metric in measure.scorer.metrics_of(spec)]


def _is_open(run: Run, measure: Measure) -> bool:
    ended = run.samples.ended().count()
    return ended < run.samples.count() or unscored(run, measure).exists()


def _finish(run: Run) -> None:
    """A run that covers its suite is finished; one that was planned with a limit is partial."""
    whole = run.suite.prompts.count() * run.suite.seeds_per_prompt
    is_whole = run.samples.count() == whole
    run.state = Run.State.FINISHED if is_whole else Run.State.PARTIAL
    run.finished_at = (run.finished_at or timezone.now()) if is_whole else None
    run.save(update_fields=["state", "finished_at"])
