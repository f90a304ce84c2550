"""Planning, claims and takeovers: every sample ends once, whatever is delivered twice or killed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from evaluation.flags import read_flags
from evaluation.images import image_name
from evaluation.models import Observation, Run, Sample, Score
from evaluation.readers import registry
from evaluation.runners.base import Generated, Outcome
from evaluation.selectors import run_progress
from evaluation.services.claims import Claim, claim_samples, release_claims
from evaluation.services.generate import generate_samples
from evaluation.services.images import store_image
from evaluation.services.plan import plan_run
from evaluation.services.read import read_run
from evaluation.services.samples import give_up_samples, record_result
from evaluation.services.score import score_run
from tests.evaluation.builders import STAR, finish, make_painter, make_suite

pytestmark = pytest.mark.django_db
TEN = [STAR | {"background": colour} for colour in ("yellow", "blue", "green", "black", "gray")] * 2


@pytest.fixture
def run() -> Run:
    return plan_run(make_painter(), make_suite(TEN))


def claimed(run: Run) -> Claim:
    claim = claim_samples(run.pk, worker="test")
    assert claim is not None
    return claim


def silence(claim: Claim) -> None:
    """Let the claim's worker have been gone for an hour."""
    Sample.objects.filter(claimed_by=claim.token).update(claimed_at=timezone.now() - timedelta(hours=1))


def painted(claim: Claim, place: int = 0, colour: str = "red") -> Generated:
    return Generated(claim.samples[place].pk, Image.new("RGB", (96, 96), colour))


def test_planning_twice_plans_once(run: Run) -> None:
    assert run.samples.count() == 20
    assert plan_run(run.recipe, run.suite).samples.count() == 20
    assert Run.objects.count() == 1


def test_a_limit_plans_the_first_prompts_and_can_be_lifted() -> None:
    recipe, suite = make_painter(), make_suite(TEN)
    run = finish(plan_run(recipe, suite, limit=2))
    assert (run.samples.count(), run.state) == (4, Run.State.PARTIAL)
    before = set(run.samples.values_list("pk", "image_digest", "ended_at"))
    run = finish(plan_run(recipe, suite))
    assert (run.samples.count(), run.state) == (20, Run.State.FINISHED)
    assert before <= set(run.samples.values_list("pk", "image_digest", "ended_at"))


def test_a_new_version_of_a_suite_takes_over_the_pictures_it_shares() -> None:
    recipe = make_painter()
    old = finish(plan_run(recipe, make_suite(TEN, is_current=False)))
    new = plan_run(
        recipe, make_suite([*TEN, {"objects": [{"shape": "heart", "colour": "red"}]}], version="2")
    )
    progress = run_progress(new.pk)
    assert (progress.n_samples, progress.n_ended, progress.n_claimable) == (22, 20, 2)
    digests = set(new.samples.exclude(image_digest="").values_list("image_digest", flat=True))
    assert digests == set(old.samples.values_list("image_digest", flat=True))


def test_two_workers_never_hold_the_same_sample(run: Run) -> None:
    first, second = claimed(run), claimed(run)
    assert {s.pk for s in first.samples}.isdisjoint(s.pk for s in second.samples)
    assert len(first.samples) + len(second.samples) == 20
    assert claim_samples(run.pk, worker="third") is None


def test_a_silent_worker_s_samples_are_taken_over_and_its_late_result_is_dropped(run: Run) -> None:
    lost = claimed(run)
    silence(lost)
    heir = next(
        claim
        for claim in (claimed(run), claimed(run))
        if lost.samples[0].pk in {sample.pk for sample in claim.samples}
    )
    place = [sample.pk for sample in heir.samples].index(lost.samples[0].pk)
    assert record_result(heir, painted(heir, place, "red"))
    assert not record_result(lost, painted(lost, 0, "blue"))
    sample = Sample.objects.get(pk=lost.samples[0].pk)
    assert sample.image_digest == store_image(Image.new("RGB", (96, 96), "red"))
    assert (sample.status, sample.claimed_by) == (Sample.Status.OK, "")


def test_a_result_that_arrives_twice_counts_once(run: Run) -> None:
    claim = claimed(run)
    assert record_result(claim, painted(claim))
    assert not record_result(claim, painted(claim, colour="blue"))


def test_released_samples_can_be_claimed_again_and_ended_ones_stay(run: Run) -> None:
    claim = claimed(run)
    record_result(claim, painted(claim))
    release_claims([claim.token])
    assert run_progress(run.pk).n_claimable == 19


def test_what_kills_workers_is_tried_alone_and_then_given_up(run: Run) -> None:
    others = run.samples.exclude(pk=run.samples.earliest("pk").pk)
    others.update(status=Sample.Status.ERROR, reason="not of interest")
    sizes = []
    for _ in range(5):
        claim = claimed(run)
        sizes.append(len(claim.samples))
        silence(claim)
    assert sizes == [1] * 5
    assert claim_samples(run.pk, worker="test") is None
    assert give_up_samples(run.pk) == 1
    sample = run.samples.earliest("pk")
    assert (sample.status, sample.reason) == (Sample.Status.ERROR, "The worker was lost in 5 attempts.")


def test_samples_begun_twice_are_tried_one_by_one(run: Run) -> None:
    run.samples.update(attempts=2)
    assert len(claimed(run).samples) == 1


def test_samples_that_always_run_out_of_time_are_timeouts(run: Run) -> None:
    run.samples.update(attempts=5, reason="time limit")
    assert generate_samples(run.pk) == 0
    assert set(run.samples.values_list("status", flat=True)) == {Sample.Status.TIMEOUT}


def test_a_recipe_that_cannot_be_run_fails_the_run_and_scores_nothing() -> None:
    run = plan_run(make_painter(rates={"blur": 0.5}), make_suite())
    finish(run)
    run.refresh_from_db()
    assert (run.state, run.reason[:29]) == (Run.State.FAILED, "unknown painter option 'blur'")
    assert not Score.objects.exists()
    assert run_progress(run.pk).n_claimable == 0
    assert plan_run(run.recipe, run.suite).state == Run.State.PLANNED


def test_an_unexpected_error_gives_the_claim_back(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_named: Any) -> None:
        raise ConnectionError("line cut")

    monkeypatch.setattr("evaluation.services.generate.record_result", broken)
    with pytest.raises(ConnectionError, match="line cut"):
        generate_samples(run.pk)
    assert run_progress(run.pk).n_claimable == 20
    assert run.samples.filter(attempts=1, reason="ConnectionError: line cut").count() == 16


def test_failures_need_no_picture(run: Run) -> None:
    claim = claimed(run)
    record_result(claim, Generated(claim.samples[0].pk, None, Outcome.FILTERED, "refused"))
    sample = Sample.objects.get(pk=claim.samples[0].pk)
    assert (sample.status, sample.reason, sample.image_digest) == ("filtered", "refused", "")


def test_strange_pictures_are_flagged(run: Run) -> None:
    claim = claimed(run)
    record_result(claim, Generated(claim.samples[0].pk, Image.new("RGB", (64, 64))))
    flags = read_flags(Sample.objects.get(pk=claim.samples[0].pk).flags)
    assert [flag.name for flag in flags] == ["constant", "black", "wrong-size"]
    assert flags[2].reason == "It is 64 × 64 pixels, not 96 × 96."


def test_a_half_written_file_is_replaced() -> None:
    image = Image.new("RGB", (32, 32), "red")
    name = image_name(store_image(image))
    path = Path(default_storage.path(name))
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    store_image(image)
    assert path.read_bytes() == whole


def test_reading_and_scoring_twice_changes_nothing(run: Run) -> None:
    finish(run)
    before = list(Observation.objects.values_list("pk")), list(Score.objects.values_list("pk", "value"))
    assert read_run(run.pk, limit=64) == 0
    assert score_run(run.pk) == 0
    assert (
        list(Observation.objects.values_list("pk")),
        list(Score.objects.values_list("pk", "value")),
    ) == before


def test_a_new_reader_version_reads_and_scores_again_without_generating(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(run)
    old = registry.READERS["shapes"]
    newer = registry.Reader(old.name, old.function, "next")
    monkeypatch.setitem(registry.READERS, "shapes", newer)
    assert run_progress(run.pk).n_unread == 20
    finish(run)
    assert Observation.objects.count() == 2 * 20 + 20
    versions = set(run.aggregates.values_list("scorer_version", flat=True))
    assert {version.split("/")[1] for version in versions} == {"shapes:1", "shapes:next"}


def test_a_reader_that_fails_leaves_the_sample_unscored(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> dict[str, Any]:
        raise ValueError("too strange")

    monkeypatch.setattr("evaluation.services.read.load_reader", lambda _name: broken)
    finish(run)
    aggregate = run.aggregates.get(metric="all_correct", stratum="")
    assert (aggregate.mean, aggregate.n_unscored) == (None, 20)
    assert "too strange" in Score.objects.all()[0].reason
