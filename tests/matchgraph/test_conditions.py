"""What each constraint means: satisfied, violated or not known, never two of them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q

from catalog.models import Artifact
from matchgraph.search.candidates import judged
from matchgraph.search.condition import SATISFIED
from matchgraph.search.conditions import conditions_of
from matchgraph.search.constraints import parse
from matchgraph.search.prices import priced
from tests.builders import make_artifact, make_capability, make_offer

pytestmark = pytest.mark.django_db

YES, NO, NOT_KNOWN = "satisfied", "violated", "not known"


def state(query: str, artifact: Artifact) -> str:
    parsed = parse(query, lambda _name: None)
    condition = conditions_of(parsed)[-1]
    broken = condition.violated | condition.violated_unless_named
    violated = Artifact.objects.filter(broken, pk=artifact.pk).exists()
    candidates = judged(Artifact.objects.filter(pk=artifact.pk), [condition])
    row = next(iter(priced(candidates, [condition.constraint])), None)
    if row is None:
        return NO
    artifact.refresh_from_db()
    artifact.starting_price = row.starting_price  # type: ignore[attr-defined]
    is_satisfied = row.states[0] == SATISFIED
    assert not (violated and is_satisfied)
    if is_satisfied:
        assert condition.if_satisfied(artifact)
        return YES
    if violated:
        return NO
    assert condition.if_not_known(artifact)
    return NOT_KNOWN


OPEN, SOURCE, CLOSED = {"openness": "open-weights"}, {"openness": "open-source"}, {"openness": "api-only"}
GATED = {"openness": "weights-on-request"}


@pytest.mark.parametrize(
    ("query", "fields", "expected"),
    [
        ("open weights", OPEN, YES),
        ("open weights", SOURCE, YES),
        ("open weights", GATED, NOT_KNOWN),
        ("open weights", CLOSED, NO),
        ("open source", SOURCE, YES),
        ("open source", OPEN, NOT_KNOWN),
        ("open source", CLOSED, NO),
        ("run locally", OPEN, YES),
        ("run locally", CLOSED, NO),
        ("commercial use", {"licence_weights_commercial": "yes"}, YES),
        ("commercial use", {"licence_weights_commercial": "no", "licence_outputs_commercial": "yes"}, NO),
        ("commercial use", {"licence_weights_commercial": "conditional"}, NOT_KNOWN),
        ("commercial use", {"licence_outputs_commercial": "yes", **CLOSED}, YES),
        ("commercial use", {}, NOT_KNOWN),
        ("apache license", {"licence_id": "Apache-2.0", "licence_name": "Apache"}, YES),
        ("apache license", {"licence_id": "MIT"}, NO),
        ("apache license", {}, NOT_KNOWN),
        ("free", OPEN, YES),
        ("free", CLOSED, NOT_KNOWN),
        ("runs on 8 gb", {"memory_gb": "8"}, YES),
        ("runs on 8 gb", {"memory_gb": "9.9"}, NO),
        ("runs on 8 gb", {}, NOT_KNOWN),
        ("runs on 8 gb", CLOSED, NO),
        ("runs on 8 gb", {"parameter_count": 16_000_000_000}, NOT_KNOWN),
        ("runs on 8 gb", {"parameter_count": 16_000_000_001}, NO),
        ("runs on 8 gb", {"parameter_count": 20_000_000_000, "memory_gb": "8"}, YES),
        ("under 3b parameters", {"parameter_count": 2_600_000_000}, YES),
        ("under 3b parameters", {"parameter_count": 12_000_000_000}, NO),
        ("under 3b parameters", {}, NOT_KNOWN),
        ("no gpu", CLOSED, YES),
        ("no gpu", OPEN, NOT_KNOWN),
        ("hosted", CLOSED, YES),
        ("hosted", OPEN, NOT_KNOWN),
        ("model", {"kind": "model"}, YES),
        ("model", {"kind": "finetune"}, YES),
        ("model", {"kind": "repository"}, NO),
        ("web ui", {"kind": "repository"}, YES),
        ("web ui", {"kind": "model"}, NO),
        ("python library", {"kind": "framework"}, YES),
        ("github repo", {"kind": "library"}, NOT_KNOWN),
        ("extension", {"kind": "repository"}, NOT_KNOWN),
        ("extension", {"kind": "model"}, NO),
        ("txt2img", {"inputs": ["text"], "outputs": ["image"]}, YES),
        ("txt2img", {"inputs": ["image"], "outputs": ["image"]}, NO),
        ("txt2img", {"inputs": ["image"], "outputs": ["image"], "kind": "repository"}, NOT_KNOWN),
        ("txt2img", {"inputs": ["text", "image"], "outputs": ["image"], "kind": "api"}, NO),
        ("text to video", {"inputs": ["text"], "outputs": ["video", "image"]}, YES),
        ("text to video", {"inputs": ["text"], "outputs": ["image"]}, NO),
        ("hosted", {"kind": "product", **CLOSED}, NOT_KNOWN),
        ("gpl license", {"licence_id": "AGPL-3.0"}, NO),
        ("openrail license", {"licence_id": "LicenseRef-CreativeML-OpenRAIL-M"}, YES),
    ],
)
def test_state_by_columns(query: str, fields: dict[str, Any], expected: str) -> None:
    assert state(query, make_artifact(**fields)) == expected


@pytest.mark.parametrize(
    ("query", "amount", "offer", "expected"),
    [
        ("under $0.05 per image", "0.04", {}, YES),
        ("under $0.05 per image", "0.06", {}, NO),
        ("under $0.05 per image", "0.04", {"unit": "megapixel"}, YES),
        ("under $0.05 per image", "0.04", {"currency": "EUR"}, NOT_KNOWN),
        ("under $0.05 per image", "0.000008", {"unit": "prompt-token"}, NOT_KNOWN),
        ("under $10 per million tokens", "0.000008", {"unit": "prompt-token"}, YES),
        ("under $5 per million tokens", "0.000008", {"unit": "prompt-token"}, NO),
        ("under $10 a month", "20", {"unit": "month"}, NO),
        ("free", "0.04", {}, NO),
        ("free", "0", {"kind": "free-tier", "unit": ""}, YES),
        ("hosted, free", "0", {"kind": "free-tier", "unit": ""}, YES),
        ("hosted, free", "0.04", {}, NO),
        ("an api under $0.05 per image", "0.04", {}, YES),
        ("without a gpu, under $0.03 per image", "0.04", {}, NO),
        ("for cartoons, the cheapest", "0.04", {}, YES),
        ("for cartoons, the cheapest", "0.04", {"currency": "EUR"}, NOT_KNOWN),
    ],
)
def test_state_by_offers(query: str, amount: str, offer: dict[str, Any], expected: str) -> None:
    artifact = make_artifact(openness="api-only")
    make_offer(artifact, amount, **offer)
    assert state(query, artifact) == expected


def test_running_it_yourself_meets_any_price() -> None:
    artifact = make_artifact(openness="open-weights")
    make_offer(artifact, "0.50")
    assert state("under $0.05 per image", artifact) == YES


def test_running_it_yourself_is_no_hosted_price() -> None:
    artifact = make_artifact(openness="open-weights")
    assert state("hosted api under $0.05 per image", artifact) == NOT_KNOWN
    make_offer(artifact, "0.50")
    assert state("hosted api under $0.05 per image", artifact) == NO


@pytest.mark.parametrize("kind", ["benchmark", "dataset", "repository", "library"])
def test_a_price_per_picture_is_asked_of_what_makes_pictures(kind: str) -> None:
    artifact = make_artifact(kind=kind, openness="open-source", outputs=["image"])
    assert state("under $0.05 per image", artifact) == NO
    assert state("under $10 a month", artifact) == YES
    expected = NO if kind in {"benchmark", "dataset"} else NOT_KNOWN
    assert state("for cartoons, the cheapest", artifact) == expected
    judge = make_artifact("judge", openness="open-weights", outputs=["score"])
    assert state("under $0.05 per image", judge) == NO


def test_the_starting_price_is_what_a_bound_is_held_to() -> None:
    artifact = make_artifact(openness="api-only")
    make_offer(artifact, "0.005", detail="1024x1536, low quality", plan="tall")
    make_offer(artifact, "0.006", detail="1024x1024, low quality", plan="square")
    assert state("under $0.0055 per image", artifact) == NO
    assert state("under $0.006 per image", artifact) == YES


def test_what_costs_more_by_the_picture_may_cost_less_another_way() -> None:
    artifact = make_artifact(openness="api-only")
    make_offer(artifact, "0.09")
    make_offer(artifact, "0.02", currency="EUR", plan="euros")
    assert state("under $0.05 per image", artifact) == NO
    make_offer(artifact, "0.04", unit="megapixel", plan="pixels")
    assert state("under $0.05 per image", artifact) == YES


def test_a_price_that_a_later_one_replaced_does_not_count() -> None:
    artifact = make_artifact(openness="api-only")
    make_offer(artifact, "0.04", as_of=dt.date(2026, 1, 1))
    make_offer(artifact, "0.09", as_of=dt.date(2026, 2, 1))
    assert state("under $0.05 per image", artifact) == NO


def test_a_hosted_open_model_needs_no_gpu() -> None:
    artifact = make_artifact(openness="open-weights")
    make_offer(artifact)
    assert state("without a gpu", artifact) == YES


def test_quantised_builds_may_fit() -> None:
    artifact = make_artifact(memory_gb=Decimal(13))
    make_capability(artifact, "Quantised inference")
    assert state("runs on 8 gb", artifact) == NOT_KNOWN


def test_quantised_builds_do_not_fit_where_four_bits_each_are_too_much() -> None:
    artifact = make_artifact(memory_gb=Decimal(80), parameter_count=32_000_000_000)
    make_capability(artifact, "Quantised inference")
    assert state("runs on 8 gb", artifact) == NO
    assert state("runs on 16 gb", artifact) == NOT_KNOWN


def test_like_leaves_out_the_artifact_itself() -> None:
    artifact, other = make_artifact("sdxl"), make_artifact("other")
    (condition,) = conditions_of(parse("like sdxl", lambda _name: ("sdxl", "SDXL")))
    violated: Q = condition.violated
    assert list(Artifact.objects.filter(violated)) == [artifact]
    assert other not in Artifact.objects.filter(violated)
