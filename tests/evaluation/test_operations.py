"""Cancelling, retrying, sweeping, a full disk, broken pictures: nothing is lost, and the run goes on."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from PIL import Image

from evaluation import tasks
from evaluation.images import image_name, thumbnail_name
from evaluation.models import Canary, Observation, Run, Sample, Score
from evaluation.runners.base import Generated, Outcome
from evaluation.selectors import run_progress
from evaluation.services.canaries import compare_pictures, repeat_canaries
from evaluation.services.claims import Turn, claim_samples
from evaluation.services.generate import generate_samples
from evaluation.services.images import StorageError, open_image
from evaluation.services.plan import plan_run
from evaluation.services.read import read_run
from evaluation.services.runs import cancel_run, note_dispatch, retry_run, sweep
from evaluation.services.samples import record_result
from evaluation.services.score import score_run
from tests.evaluation.builders import STAR, finish, make_painter, make_suite

pytestmark = pytest.mark.django_db
TEN = [STAR | {"background": colour} for colour in ("yellow", "blue", "green", "black", "gray")] * 2
HOUR = timedelta(hours=1)


@pytest.fixture
def run() -> Run:
    return plan_run(make_painter(), make_suite(TEN))


@contextmanager
def full_disk(*, after_bytes: int) -> Iterator[None]:
    """Let the system refuse to make any file longer than this, in the middle of writing it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def stored_files() -> set[Path]:
    return {path for path in Path(default_storage.path("")).rglob("*") if path.is_file()}


def test_a_sample_says_how_it_was_made(run: Run) -> None:
    claim = claim_samples(run.pk, worker="host:7")
    assert claim is not None
    image = Image.effect_noise((96, 96), 80)
    record_result(claim, Generated(claim.samples[2].pk, image, timings_s={"denoise": 0.5}, flags=("nan",)))
    sample = Sample.objects.get(pk=claim.samples[2].pk)
    assert (sample.made_by, sample.batch[12:], len(sample.signature or b"")) == ("host:7", ".2.0", 768)
    assert default_storage.exists(thumbnail_name(sample.image_digest))
    assert sample.flags == [{"name": "nan", "reason": "The model gave values that are not numbers."}]


def test_a_refusal_is_flagged_as_the_filter_s(run: Run) -> None:
    claim = claim_samples(run.pk, worker="host:7")
    assert claim is not None
    record_result(claim, Generated(claim.samples[0].pk, None, Outcome.FILTERED, "refused"))
    assert Sample.objects.get(pk=claim.samples[0].pk).flags[0]["name"] == "filter"


def test_a_full_disk_costs_no_attempt_and_leaves_no_half_file() -> None:
    # Of a name of its own: its pictures are in storage from no other test.
    run = plan_run(make_painter(), make_suite(TEN, slug="full-disk"))
    before = stored_files()
    with full_disk(after_bytes=100), pytest.raises(StorageError, match="could not be stored: File too large"):
        generate_samples(run.pk)
    assert stored_files() == before
    waiting = run.samples.filter(status=Sample.Status.PLANNED, attempts=0)
    assert waiting.count() == 20
    assert "could not be stored" in waiting[0].reason
    assert finish(run).state == Run.State.FINISHED


def test_a_broken_picture_is_unscored_and_the_others_are_scored(run: Run) -> None:
    while generate_samples(run.pk):
        pass
    broken, gone = run.samples.order_by("pk")[:2]
    Path(default_storage.path(image_name(broken.image_digest))).write_bytes(b"\x89PNG broken")
    Path(default_storage.path(image_name(gone.image_digest))).unlink()
    finish(run)
    assert run.state == Run.State.FINISHED or Run.objects.get(pk=run.pk).state == Run.State.FINISHED
    aggregate = run.aggregates.get(metric="all_correct", stratum="")
    assert (aggregate.n_unscored, aggregate.n_samples) == (2, 20)
    assert "missing or cannot be decoded" in broken.scores.get(metric="all_correct").reason


def test_an_unreadable_observation_is_unscored_and_the_others_are_scored(run: Run) -> None:
    while generate_samples(run.pk):
        pass
    read_run(run.pk, limit=64)
    Observation.objects.filter(sample=run.samples.earliest("pk"), reader="shapes").update(content={"x": 1})
    score_run(run.pk)
    aggregate = run.aggregates.get(metric="all_correct", stratum="")
    assert aggregate.n_unscored == 1
    assert (
        run.samples.earliest("pk")
        .scores.get(metric="all_correct")
        .reason.startswith("The stored observation cannot be scored: KeyError")
    )


def test_a_turn_goes_from_chunk_to_chunk_and_each_can_be_read_meanwhile(run: Run) -> None:
    held: list[int] = []
    n_made = generate_samples(run.pk, after_chunk=lambda: held.append(run_progress(run.pk).n_held))
    # All but the last picture of the first chunk is recorded when the second is claimed.
    assert (n_made, held) == (20, [1 + 4, 1])


def test_a_broker_that_goes_away_within_a_turn_costs_no_sample_an_attempt(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is back when the turn is over.
    answers = [BrokerError("gone"), BrokerError("gone"), None]
    monkeypatch.setattr(tasks.read_samples, "delay_on_commit", Mock(side_effect=answers))
    tasks.generate_chunk(run.pk)
    assert run_progress(run.pk).n_ended == 20
    assert set(run.samples.values_list("attempts", flat=True)) == {1}


def test_a_heart_goes_on_beating_after_a_moment_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    beats, twice = iter([OperationalError("restarting"), None, None]), Event()

    def update(**_fields: Any) -> None:
        if trouble := next(beats, None):
            raise trouble
        twice.set()

    monkeypatch.setattr("evaluation.services.claims.claim_expiry_s", lambda: 0.01)
    monkeypatch.setattr(Sample.objects, "filter", lambda **_which: SimpleNamespace(update=update))
    with Turn(1, worker="host:7"):
        assert twice.wait(5)


def test_a_cancelled_run_begins_nothing_and_keeps_what_it_has(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluation.services.claims.TURN_S", 0)
    assert generate_samples(run.pk) == 16
    assert cancel_run(run.pk, reason="enough")
    assert not cancel_run(run.pk, reason="again")
    assert generate_samples(run.pk) == 0
    progress = run_progress(run.pk)
    assert (progress.n_ended, progress.n_claimable, progress.is_over) == (16, 0, True)
    assert retry_run(run.pk) == 4
    assert finish(run).state == Run.State.FINISHED


def test_cancelling_stops_a_chunk_under_way(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel_and_record(claim: Any, result: Generated, **named: Any) -> bool:
        cancel_run(run.pk, reason="enough")
        return record_result(claim, result, **named)

    monkeypatch.setattr("evaluation.services.generate.record_result", cancel_and_record)
    assert 0 < generate_samples(run.pk) < 5
    assert not run.samples.filter(status=Sample.Status.CLAIMED).exists()


def test_retrying_repeats_failures_but_neither_pictures_nor_refusals() -> None:
    run = finish(plan_run(make_painter(rates={"error": 0.4, "filtered": 0.3}), make_suite(TEN)))
    failed = run.samples.filter(status=Sample.Status.ERROR)
    kept = set(run.samples.exclude(status=Sample.Status.ERROR).values_list("pk", "status", "image_digest"))
    n_failed = failed.count()
    assert n_failed > 0
    assert retry_run(run.pk) == n_failed
    assert not Score.objects.filter(sample__run=run, sample__status=Sample.Status.PLANNED).exists()
    finish(run)
    assert run.state == Run.State.FINISHED
    assert kept <= set(run.samples.values_list("pk", "status", "image_digest"))
    assert Score.objects.filter(sample__run=run, metric="all_correct").count() == 20
    finished = finish(plan_run(make_painter("steady"), run.suite))
    assert retry_run(finished.pk) == 0
    assert Run.objects.get(pk=finished.pk).state == Run.State.FINISHED


def test_a_sweep_frees_dead_claims_and_finds_runs_whose_messages_were_lost(run: Run) -> None:
    claim_samples(run.pk, worker="dead")
    assert sweep().n_freed == 0
    run.samples.filter(status=Sample.Status.CLAIMED).update(claimed_at=timezone.now() - HOUR)
    swept = sweep()
    assert (swept.n_freed, swept.stalled) == (16, ())
    assert not run.samples.exclude(claimed_by="").exists()
    note_dispatch(run.pk)
    assert sweep().stalled == ()
    Run.objects.filter(pk=run.pk).update(dispatched_at=timezone.now() - HOUR)
    assert sweep().stalled == (run.pk,)
    assert sweep().stalled == ()
    Run.objects.filter(pk=run.pk).update(dispatched_at=timezone.now() - HOUR)
    cancel_run(run.pk, reason="enough")
    assert sweep().stalled == ()


def test_a_living_worker_s_run_is_not_swept(run: Run) -> None:
    claim_samples(run.pk, worker="alive")
    Run.objects.filter(pk=run.pk).update(dispatched_at=timezone.now() - HOUR)
    assert sweep().stalled == ()


def test_canaries_are_chosen_by_hash_and_compared(run: Run, settings: Any) -> None:
    settings.EVALUATION_CANARY_SHARE = 0.5
    finish(run)
    n_chosen = sum(int(key[:8], 16) < 2**31 for key in run.samples.values_list("key", flat=True))
    assert repeat_canaries(run.pk, limit=64) == n_chosen > 0
    assert repeat_canaries(run.pk, limit=64) == 0
    assert set(Canary.objects.values_list("verdict", "is_other_worker")) == {("identical", False)}


def test_a_canary_that_differs_is_kept_and_flagged(run: Run, settings: Any) -> None:
    settings.EVALUATION_CANARY_SHARE = 1.0
    finish(run)
    first, second = run.samples.order_by("pk")[:2]
    Sample.objects.filter(pk=first.pk).update(image_digest=second.image_digest, made_by="other:1")
    repeat_canaries(run.pk, limit=64)
    canary = Canary.objects.get(sample=first)
    assert (canary.verdict, canary.is_other_worker) == ("different", True)
    assert canary.psnr_db is not None
    assert open_image(canary.image_digest).size == (96, 96)
    flags = Sample.objects.get(pk=first.pk).flags
    assert {"name": "unstable", "reason": canary.reason} in flags


def test_pictures_are_compared_by_their_noise() -> None:
    gray, other = Image.new("RGB", (8, 8), (100, 100, 100)), Image.new("RGB", (8, 8), (102, 100, 100))
    assert compare_pictures(gray, gray).verdict == "identical"
    near = compare_pictures(gray, other)
    assert (near.verdict, near.psnr_db, near.largest_difference) == ("near", 46.88, 2)
    assert compare_pictures(gray, Image.new("RGB", (8, 8), "red")).verdict == "different"
    assert compare_pictures(gray, Image.new("RGB", (9, 8))).psnr_db is None


def test_runs_are_listed_cancelled_and_retried_by_command(run: Run) -> None:
    out = StringIO()
    call_command("runs", "cancel", str(run.pk), stdout=out)
    call_command("runs", stdout=out)
    call_command("runs", "retry", str(run.pk), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"run {run.pk}: cancelled"
    assert lines[1].split() == [str(run.pk), "cancelled", "0", "of", "20", "painter-one", "on", "small-suite"]
    assert lines[2] == f"run {run.pk}: 20 samples planned"
    with pytest.raises(CommandError, match="no run 999"):
        call_command("runs", "cancel", "999")


def test_the_admin_cancels_and_retries_for_those_who_may(run: Run, client: Client) -> None:
    user = User.objects.create_user("operator", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_run"))
    client.force_login(user)
    form = {"action": "cancel", "_selected_action": [run.pk]}
    client.post("/admin/evaluation/run/", form)
    assert Run.objects.get(pk=run.pk).state == Run.State.PLANNED
    user.user_permissions.add(Permission.objects.get(codename="change_run"))
    client.post("/admin/evaluation/run/", form)
    stopped = Run.objects.get(pk=run.pk)
    assert (stopped.state, stopped.reason) == (Run.State.CANCELLED, "Cancelled by operator.")
    client.post("/admin/evaluation/run/", form | {"action": "retry"})
    assert Run.objects.get(pk=run.pk).state == Run.State.PLANNED
