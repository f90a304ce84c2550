"""A real worker, killed in the middle of a run and started again: every sample exactly once."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from evaluation.dispatch import dispatch_run
from evaluation.images import image_name
from evaluation.models import Observation, Run, Sample, Score
from evaluation.selectors import progress_of, run_progress
from evaluation.services.plan import plan_run
from evaluation.watch import watch_runs
from tests.evaluation.builders import make_painter, make_suite

PATIENCE_S = 90
SPECS = [
    {"objects": [{"shape": shape, "colour": colour, "count": count}]}
    for shape in ("star", "heart", "circle", "square")
    for colour in ("red", "blue", "green", "black")
    for count in (1, 2, 3)
]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_costs_nothing_and_repeats_nothing(worker: Any, settings: Any) -> None:
    settings.EVALUATION_CLAIM_EXPIRY_S = 2.0
    earlier = _stored()
    run = plan_run(make_painter(side=256, rates={"error": 0.05}), make_suite(SPECS))
    dispatch_run(run_progress(run.pk))

    before = _wait_until(run, at_least=10)
    worker.kill()
    ended = set(run.samples.ended().values_list("pk", "image_digest", "ended_at"))
    assert len(ended) >= before
    assert run_progress(run.pk).n_ended < len(SPECS) * 2, "killed too late to test anything"

    worker.start()
    watch_runs([run.pk], show=lambda _progress, _is_still: None)

    run.refresh_from_db()
    assert run.state == Run.State.FINISHED
    assert ended <= set(run.samples.ended().values_list("pk", "image_digest", "ended_at"))
    _assert_each_sample_once(run)
    _assert_no_orphan_file(earlier)


def _wait_until(run: Run, *, at_least: int) -> int:
    deadline = time.monotonic() + PATIENCE_S
    while (done := run_progress(run.pk).n_ended) < at_least:
        assert time.monotonic() < deadline, f"only {done} samples were generated"
        time.sleep(0.05)
    return done


def _assert_each_sample_once(run: Run) -> None:
    samples = run.samples.all()
    assert samples.count() == samples.ended().count() == len(SPECS) * 2
    assert not samples.filter(status__in=[Sample.Status.CLAIMED, Sample.Status.PLANNED]).exists()
    assert not samples.exclude(claimed_by="").exists()
    pictures = samples.filter(status=Sample.Status.OK)
    assert Observation.objects.filter(sample__run=run).count() == 2 * pictures.count()
    assert Score.objects.filter(sample__run=run, metric="all_correct").count() == samples.count()
    (progress,) = progress_of([run.pk])
    assert (progress.n_claimable, progress.n_unread, progress.n_unscored) == (0, 0, 0)


def _stored() -> set[str]:
    media = Path(default_storage.path(""))
    return {path.relative_to(media).as_posix() for path in media.rglob("*.png")}


def _assert_no_orphan_file(earlier: set[str]) -> None:
    """Every picture has its file, and every file that was added is some sample's picture."""
    digests = Sample.objects.exclude(image_digest="").values_list("image_digest", flat=True)
    named = {image_name(digest) for digest in digests}
    assert named <= _stored()
    assert _stored() - earlier <= named
