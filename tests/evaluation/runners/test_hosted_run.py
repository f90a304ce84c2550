"""A hosted model through the whole loop: costs and refusals reach the samples, and a bad key stops the run."""

import json
from decimal import Decimal

import pytest

from evaluation.models import Recipe, Run, Sample
from evaluation.runners.base import RecipeSpec
from evaluation.services.generate import generate_samples
from evaluation.services.plan import plan_run
from evaluation.services.recipes import save_recipe
from tests.builders import make_artifact
from tests.catalog.sources.server import Answer, Asked, SourceServer
from tests.evaluation.builders import STAR, make_suite
from tests.evaluation.runners.test_remote import CHAT, chatted, encoded

pytestmark = pytest.mark.django_db


def hosted(slug: str) -> Recipe:
    """The process keeps sessions by recipe, and each test has a server of its own: so each has an artifact."""
    spec = RecipeSpec(
        runner="openai-chat",
        location="local:openai/gpt-5.4-image-2",
        revision="served",
        width=64,
        height=64,
        batch_size=2,
    )
    return save_recipe(make_artifact(slug), spec)


def test_costs_and_refusals_reach_the_samples(api: SourceServer) -> None:
    def answer(asked: Asked) -> Answer:
        text = json.loads(asked.body)["messages"][0]["content"]
        if "blue" in text:
            return chatted(refusal="Not this one.")
        return chatted(encoded(), usage={"cost": 0.0421, "completion_tokens": 4175})

    api.route(CHAT, answer)
    run = plan_run(hosted("charged"), make_suite([STAR, STAR | {"background": "blue"}]))
    assert generate_samples(run.pk) == 4
    drawn, refused = run.samples.filter(status="ok"), run.samples.filter(status="filtered")
    assert (drawn.count(), refused.count()) == (2, 2)
    assert set(drawn.values_list("cost_usd", flat=True)) == {Decimal("0.0421")}
    assert {sample.details["usage"]["completion_tokens"] for sample in drawn} == {4175}
    assert set(refused.values_list("reason", flat=True)) == {"refused: Not this one."}


def test_a_wrong_key_stops_the_run_and_counts_against_nobody(api: SourceServer) -> None:
    api.say(CHAT, Answer({"error": {"message": "No auth credentials found", "code": 401}}, status=401))
    run = plan_run(hosted("locked"), make_suite())
    assert generate_samples(run.pk) == 0
    run.refresh_from_db()
    assert (run.state, run.reason) == (Run.State.FAILED, "local answers HTTP 401: No auth credentials found")
    assert set(run.samples.values_list("status", flat=True)) == {Sample.Status.PLANNED}
