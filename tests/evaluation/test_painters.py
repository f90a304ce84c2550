"""The whole loop on painters with planted error rates: it must recover the rates and the order."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from evaluation.models import Aggregate, Recipe, Run, Sample, Suite
from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.painter import PainterRunner
from evaluation.selectors import paired_scores, sample_pairs
from evaluation.services.plan import plan_run
from evaluation.services.suites import load_suites
from tests.evaluation.builders import finish, make_painter

RATES = {"good": 0.1, "fair": 0.35, "poor": 0.7}
PLANTED = {
    "tiny-text-rendering": "misspelling",
    "tiny-prompt-adherence": "wrong_colour",
    "tiny-anatomy": "extra_finger",
}


@dataclass(frozen=True)
class Measured:
    """A mean with its interval."""

    mean: float
    low: float
    high: float


def headline(run: Run) -> Aggregate:
    return run.aggregates.get(metric=run.suite.headline_metric, stratum="")


def measured(run: Run) -> Measured:
    row = headline(run)
    assert row.mean is not None
    assert row.ci_low is not None
    assert row.ci_high is not None
    return Measured(row.mean, row.ci_low, row.ci_high)


@pytest.fixture
def suites() -> dict[str, Suite]:
    load_suites(settings.SUITES_DIR)
    return {suite.slug: suite for suite in Suite.objects.all()}


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["tiny-prompt-adherence", "tiny-anatomy"])
def test_planted_rates_are_recovered_and_painters_ordered(suites: dict[str, Suite], slug: str) -> None:
    means, recipes = {}, {}
    for name, rate in RATES.items():
        recipes[name] = make_painter(name, rates={PLANTED[slug]: rate})
        run = finish(plan_run(recipes[name], suites[slug]))
        assert run.state == Run.State.FINISHED
        result = measured(run)
        assert result.low <= 1 - rate <= result.high, (name, result)
        means[name] = result.mean
    assert means["good"] > means["fair"] > means["poor"]
    (pair,) = paired_scores(recipes["good"].artifact_id, recipes["poor"].artifact_id)
    assert not pair.is_tie
    assert pair.ci_low > 0
    shown = sample_pairs(recipes["good"].artifact_id, recipes["poor"].artifact_id)
    assert shown[0].difference == 1.0
    assert all(pair.first.seed == pair.second.seed == pair.seed for pair in shown)
    assert all(str(pair.first.image_url).startswith("/media/images/") for pair in shown)
    assert all(pair.second.score_reason for pair in shown)


@pytest.mark.django_db
@pytest.mark.slow
def test_planted_misspellings_are_recovered(suites: dict[str, Suite]) -> None:
    run = finish(plan_run(make_painter(rates={"misspelling": 0.4}), suites["tiny-text-rendering"], limit=14))
    result = measured(run)
    assert result.low <= 0.6 <= result.high
    assert run.state == Run.State.PARTIAL


@pytest.mark.django_db
def test_refusals_and_failures_count_as_zero(suites: dict[str, Suite]) -> None:
    run = finish(
        plan_run(make_painter(rates={"filtered": 0.3, "error": 0.2}), suites["tiny-prompt-adherence"])
    )
    failed = run.samples.filter(status__in=Sample.FAILED)
    assert failed.exclude(reason="").count() == failed.count() > 10
    aggregate = headline(run)
    assert aggregate.n_failed == failed.count()
    assert aggregate.mean == pytest.approx(1 - failed.count() / aggregate.n_samples)
    score = failed[0].scores.get(metric="all_correct")
    assert score.value == 0.0
    assert score.reason.startswith("No picture (")


@pytest.mark.django_db
def test_wrong_counts_are_blamed_on_the_count(suites: dict[str, Suite]) -> None:
    run = finish(
        plan_run(make_painter(rates={"wrong_count": 1.0}), suites["tiny-prompt-adherence"], limit=20)
    )
    skills: dict[str, Any] = dict(run.aggregates.filter(stratum="").values_list("metric", "mean"))
    assert skills["skill_count"] < 0.5
    assert skills["skill_colour"] > 0.9
    assert skills["all_correct"] < 0.1


@pytest.mark.parametrize(
    ("options", "words"),
    [({"blur": 0.5}, "unknown painter option 'blur'"), ({"error": 2.0}, "must be 0 to 1, not 2.0")],
)
def test_unknown_rates_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        PainterRunner().load(RecipeSpec("painter", "painter", "1", options=options))


@pytest.mark.django_db
def test_a_painter_s_recipe_is_stored_once() -> None:
    recipe = make_painter(rates={"error": 0.1})
    assert Recipe.objects.filter(artifact=recipe.artifact, is_canonical=True).count() == 1
