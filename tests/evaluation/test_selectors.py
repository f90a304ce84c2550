"""What pages and ranks read: records with bounded queries, and pairs chosen by rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.models import Run
from evaluation.selectors import (
    headline_scores,
    paired_scores,
    pairwise_scores,
    prompt_gallery,
    run_record,
    sample_pairs,
    suite_overview,
)
from evaluation.selectors.pairs import ScoredPair
from evaluation.selectors.samples import choose_pairs
from evaluation.services.plan import plan_run
from tests.evaluation.builders import STAR, finish, make_painter, make_suite

SPECS = [STAR | {"background": colour} for colour in ("yellow", "blue", "green", "black")]


def pair(place: int, first: float | None, second: float | None) -> ScoredPair:
    return ScoredPair("suite", "Suite", "m", place, place, "f", 0, 2 * place, 2 * place + 1, first, second)


@pytest.fixture
def runs() -> tuple[Run, Run]:
    suite = make_suite(SPECS)
    good = plan_run(make_painter("good"), suite)
    poor = plan_run(make_painter("poor", rates={"wrong_colour": 1.0}), suite)
    return finish(good), finish(poor)


@pytest.mark.django_db
def test_headline_scores_take_one_query(runs: tuple[Run, Run], django_assert_num_queries: Any) -> None:
    good, poor = (run.recipe.artifact_id for run in runs)
    with django_assert_num_queries(1):
        scores = headline_scores([good, poor])
    assert [(s.metric, s.mean, s.n_samples) for s in scores[good]] == [("all_correct", 1.0, 8)]
    assert scores[poor][0].mean == 0.0
    assert (scores[poor][0].ci_high or 0.0) > 0.0
    assert {"adherence", "skill_colour"} <= {s.metric for s in headline_scores([good], secondary=True)[good]}


@pytest.mark.django_db
def test_paired_scores_and_pictures_take_three_queries(
    runs: tuple[Run, Run], django_assert_num_queries: Any
) -> None:
    good, poor = (run.recipe.artifact_id for run in runs)
    with django_assert_num_queries(1):
        (score,) = paired_scores(good, poor)
    assert (score.difference, score.n_prompts, score.is_tie) == (1.0, 4, False)
    with django_assert_num_queries(2):
        shown = sample_pairs(good, poor)
    assert [(p.prompt_key, p.difference) for p in shown] == [("prompt-0", 1.0), ("prompt-2", 1.0)]
    assert (shown[0].first.value, shown[0].second.value) == (1.0, 0.0)


@pytest.mark.django_db
def test_all_pairs_of_several_take_one_query_and_are_corrected_together(
    runs: tuple[Run, Run], django_assert_num_queries: Any
) -> None:
    third = finish(plan_run(make_painter("third", rates={"wrong_colour": 0.5}), runs[0].suite))
    good, poor, middling = ids = [run.recipe.artifact_id for run in (*runs, third)]
    with django_assert_num_queries(1):
        pairs = pairwise_scores(ids)
    assert [(pair.first_id, pair.second_id) for pair in pairs] == [
        (good, poor),
        (good, middling),
        (poor, middling),
    ]
    (alone,) = paired_scores(good, poor)
    together = pairs[0].score
    assert (together.difference, together.p_value) == (alone.difference, alone.p_value)
    assert together.level > alone.level == pytest.approx(0.95)
    assert together.ci_low <= alone.ci_low
    assert [pair.score.is_tie for pair in pairs] == [
        pair.score.ci_low <= 0 <= pair.score.ci_high for pair in pairs
    ]


@pytest.mark.django_db
def test_a_pair_is_taken_on_what_the_two_share_even_beside_one_that_has_not_run(
    runs: tuple[Run, Run],
) -> None:
    good, poor = (run.recipe.artifact_id for run in runs)
    idle = make_painter("idle").artifact_id
    (pair,) = pairwise_scores([good, idle, poor])
    assert (pair.first_id, pair.second_id, pair.score) == (good, poor, paired_scores(good, poor)[0])
    assert pairwise_scores([good]) == []


@pytest.mark.django_db
def test_unfinished_runs_have_no_score(runs: tuple[Run, Run]) -> None:
    artifact = runs[0].recipe.artifact_id
    Run.objects.filter(pk=runs[0].pk).update(state=Run.State.RUNNING)
    assert headline_scores([artifact]) == {}
    assert paired_scores(artifact, runs[1].recipe.artifact_id) == []


@pytest.mark.django_db
def test_pages_find_their_records(runs: tuple[Run, Run], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(7):
        record = run_record(runs[1].pk)
    assert record is not None
    assert (record.artifact_slug, record.n_samples, record.n_by_status) == ("poor", 8, {"ok": 8})
    assert record.samples[0].cell.score_reason.startswith("3 of 4 right. Wrong: “every star is red”")
    assert {view.stratum for view in record.aggregates} == {"", "all"}
    with django_assert_max_num_queries(5):
        overview = suite_overview("small-suite")
    assert overview is not None
    assert [score.artifact_slug for score in overview.scores] == ["good", "poor"]
    assert overview.strata == (("all", 4),)
    with django_assert_max_num_queries(4):
        gallery = prompt_gallery("small-suite", "prompt-0")
    assert gallery is not None
    assert [(row.artifact_slug, len(row.cells)) for row in gallery.rows] == [("good", 2), ("poor", 2)]
    assert (run_record(0), suite_overview("none"), prompt_gallery("small-suite", "none")) == (
        None,
        None,
        None,
    )


values = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0]))


@given(st.lists(st.tuples(values, values), max_size=12))
def test_chosen_pairs_are_the_extremes_and_the_middle(rows: list[tuple[float | None, float | None]]) -> None:
    pairs = [pair(place, *row) for place, row in enumerate(rows)]
    differences = sorted(p.difference for p in pairs if p.difference is not None)
    chosen = choose_pairs(pairs)
    assert len(chosen) == len(set(chosen)) <= 3
    assert bool(chosen) == bool(differences)
    if differences and differences[-1] > 0:
        assert chosen[0].difference == differences[-1]
    if differences and differences[0] < 0:
        assert differences[0] in {p.difference for p in chosen}
