"""Builders ask for evaluations of a commit: in turns, limited, planned as all others, refused in words."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Artifact, Claim
from catalog.services.claims import give_up_claim
from evaluation.fairness import Waiting, fair_order
from evaluation.models import EvaluationRequest, Recipe, Run, Suite
from evaluation.services.requests import (
    MOST_A_MONTH,
    EvaluationRequestError,
    end_requests,
    queued_requests,
    request_evaluation,
    start_requests,
    withdraw_request,
)
from tests.catalog.claims import make_claimable, make_user, make_verified
from tests.evaluation.builders import make_suite

pytestmark = pytest.mark.django_db
PINNED, ASKED = "a" * 40, "b" * 40
RECIPE = """
source: {{url: https://hub.example/card, as_of: 2026-11-01}}
runner: {runner}
location: acme/painter
revision: {revision}
pipeline_class: StableDiffusionPipeline
width: 512
height: 512
"""


@pytest.fixture
def recipes(settings: Any, tmp_path: Path) -> Path:
    """A site with a GPU, a suite, and no recipe yet."""
    settings.RECIPES_DIR = tmp_path
    settings.EVALUATION_GPU = {"memory_gb": 80.0, "tflops": 0.0, "usd_per_hour": Decimal(0)}
    settings.EVALUATION_REQUESTS_AT_ONCE = 1
    make_suite(tier=Suite.Tier.STANDARD)
    return tmp_path


def write_recipe(folder: Path, artifact: Artifact, *, runner: str = "diffusers") -> None:
    (folder / f"{artifact.slug}.yaml").write_text(RECIPE.format(runner=runner, revision=PINNED))


def make_claim(recipes: Path, name: str = "one") -> Claim:
    claim = make_verified(make_user(name), make_claimable(f"painter-{name}"))
    write_recipe(recipes, claim.artifact)
    return claim


def ask(claim: Claim, revision: str = ASKED) -> EvaluationRequest:
    return request_evaluation(claim, revision=revision, by=claim.user)


def test_a_request_is_planned_as_a_variant_that_no_rank_reads(recipes: Path) -> None:
    claim = make_claim(recipes)
    request = ask(claim)
    run_ids = start_requests()
    request.refresh_from_db()
    assert (request.state, list(request.runs.values_list("pk", flat=True))) == ("running", run_ids)
    run = Run.objects.get(pk=run_ids[0])
    assert (run.recipe.revision, run.recipe.is_canonical) == (ASKED, False)
    assert run.samples.count() == run.suite.prompts.count() * run.suite.seeds_per_prompt
    assert not Recipe.objects.filter(is_canonical=True).exists()


def test_a_request_ends_with_its_runs_and_makes_room_for_the_next(recipes: Path) -> None:
    first, second = ask(make_claim(recipes, "one")), ask(make_claim(recipes, "two"))
    start_requests()
    assert start_requests() == []
    Run.objects.update(
        state=Run.State.FAILED, reason="the hub has no such commit", finished_at=timezone.now()
    )
    assert start_requests() != []
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("done", "running")
    assert end_requests() == 0
    actions = list(first.claim.events.values_list("action", flat=True))
    assert actions[-3:] == ["evaluation asked for", "evaluation began", "evaluation ended"]


@pytest.mark.parametrize(
    ("runner", "memory_gb", "revision", "said"),
    [
        ("diffusers", 0.0, ASKED, "no GPU is declared"),
        ("openai-images", 80.0, ASKED, "through an API"),
        ("diffusers", 80.0, PINNED, "evaluated already"),
        ("", 80.0, ASKED, "nobody has written down yet"),
    ],
)
def test_what_cannot_be_run_here_is_refused_in_words(
    recipes: Path, settings: Any, runner: str, memory_gb: float, revision: str, said: str
) -> None:
    settings.EVALUATION_GPU["memory_gb"] = memory_gb
    claim = make_verified()
    if runner:
        write_recipe(recipes, claim.artifact, runner=runner)
    request = ask(claim, revision)
    assert (request.state, said in request.reason) == ("refused", True)
    assert start_requests() == []


def test_weights_that_lie_here_have_no_other_revision(recipes: Path) -> None:
    claim = make_claim(recipes)
    claim.artifact.weights_path = "models/tiny"
    assert "no other revision" in ask(claim).reason


def test_what_no_longer_fits_when_its_turn_comes_is_refused_and_told(recipes: Path, settings: Any) -> None:
    claim = make_claim(recipes)
    request = ask(claim)
    settings.EVALUATION_GPU["memory_gb"] = 0.0
    assert start_requests() == []
    request.refresh_from_db()
    assert request.state == "refused"
    assert "no GPU is declared" in mail.outbox[-1].body


def test_a_claim_that_lapsed_meanwhile_gets_nothing(recipes: Path) -> None:
    claim = make_claim(recipes)
    request = ask(claim)
    give_up_claim(claim, actor=claim.user)
    start_requests()
    request.refresh_from_db()
    assert (request.state, request.reason) == ("refused", "The claim no longer holds.")


@pytest.mark.parametrize("revision", ["main", "b" * 39, "b" * 41, "g" * 40, "'; drop table", ""])
def test_only_a_commit_can_be_named(recipes: Path, revision: str) -> None:
    with pytest.raises(EvaluationRequestError, match="40 digits"):
        ask(make_claim(recipes), revision)


def test_one_at_a_time_for_an_artifact_and_few_a_month_for_a_builder(recipes: Path) -> None:
    claim = make_claim(recipes)
    first = ask(claim)
    with pytest.raises(EvaluationRequestError, match="waits or runs already"):
        ask(claim, "c" * 40)
    assert withdraw_request(first, by=claim.user)
    assert not withdraw_request(first, by=claim.user)
    for number in range(MOST_A_MONTH - 1):
        withdraw_request(ask(claim, f"{number}" * 40), by=claim.user)
    other = make_verified(claim.user, make_claimable("painter-second"))
    with pytest.raises(EvaluationRequestError, match="in 30 days"):
        ask(other)


def test_another_account_has_no_other_allowance_for_the_same_artifact(recipes: Path) -> None:
    claim = make_claim(recipes)
    for number in range(MOST_A_MONTH):
        withdraw_request(ask(claim, f"{number}" * 40), by=claim.user)
    give_up_claim(claim, actor=claim.user)
    second = make_verified(make_user("second"), claim.artifact)
    with pytest.raises(EvaluationRequestError, match="whoever asked"):
        ask(second)


def test_builders_are_served_in_turns(recipes: Path) -> None:
    one, two = make_claim(recipes, "one"), make_claim(recipes, "two")
    again = make_verified(one.user, make_claimable("painter-again"))
    write_recipe(recipes, again.artifact)
    asked = [ask(claim).pk for claim in (one, again, two)]
    assert queued_requests() == [asked[0], asked[2], asked[1]]


TIMES = st.datetimes(min_value=dt.datetime(2026, 1, 1), max_value=dt.datetime(2026, 12, 31))  # noqa: DTZ001 - days alone


@given(st.lists(st.tuples(st.integers(0, 4), TIMES), max_size=20), st.dictionaries(st.integers(0, 4), TIMES))
def test_nobodys_second_comes_before_anybodys_first(
    asked: list[tuple[int, dt.datetime]], served: dict[int, dt.datetime]
) -> None:
    waiting = [Waiting(key, builder, at) for key, (builder, at) in enumerate(asked)]
    order = fair_order(waiting, served_at=served)
    assert sorted(each.key for each in order) == list(range(len(asked)))
    seen: dict[int, int] = {}
    turns = []
    for each in order:
        seen[each.builder] = seen.get(each.builder, 0) + 1
        turns.append(seen[each.builder])
    assert turns == sorted(turns)
