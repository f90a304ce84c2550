"""Contract tests against recorded answers of the real sources, where they are at hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from catalog.models import Artifact
from catalog.selectors import artifacts_with_details, price_of
from catalog.services.ingest import ingest_source
from catalog.services.load import load_catalogue
from catalog.sources import huggingface, openrouter
from catalog.sources.base import Refusal, Source
from tests.catalog.sources.server import Answer, SourceServer

CHECKOUT = Path(__file__).resolve().parents[3]
PAYLOADS = Path(os.environ.get("CATALOGUE_DATA_DIR", CHECKOUT.parent / "shared" / "data")) / "payloads"

if not PAYLOADS.is_dir():
    pytest.skip("no recorded payloads: set CATALOGUE_DATA_DIR to a folder with them", allow_module_level=True)


def recorded(name: str) -> Any:
    """Return a recorded body."""
    return json.loads((PAYLOADS / name).read_bytes())


def test_every_model_of_openrouter_is_read() -> None:
    rows = recorded("openrouter_models_2026-05-15.json")["data"]
    models = [openrouter.read_model(row) for row in rows]
    assert [model for model in models if isinstance(model, Refusal)] == []
    by_id = {model.id: model for model in models if isinstance(model, openrouter.RouterModel)}
    assert list(openrouter.quotes(by_id["openrouter/auto"])) == []
    prices = {
        str(q.unit): str(q.amount.normalize()) for q in openrouter.quotes(by_id["openai/gpt-5.4-image-2"])
    }
    assert prices == {
        "prompt-token": "0.000008",
        "completion-token": "0.000015",
        "cached-prompt-token": "0.000002",
    }


def test_openrouters_tiers_are_read() -> None:
    exchange = yaml.safe_load((PAYLOADS / "openrouter_models_with_price_tiers.yaml").read_text())
    rows = json.loads(exchange["interactions"][0]["response"]["body"]["string"])["data"]
    models = [openrouter.read_model(row) for row in rows]
    assert [model for model in models if isinstance(model, Refusal)] == []
    details = {
        q.detail for m in models if isinstance(m, openrouter.RouterModel) for q in openrouter.quotes(m)
    }
    assert "prompts from 200,000 tokens" in details


@pytest.mark.parametrize(
    "name",
    [
        "hf_api_models_full_top100_likes_2025-11-24.json",
        "hf_api_models_full_t2i_subset_2025-11-24.json",
        "hf_list_black_forest_labs_2026-09-26.json",
        "hf_model_expand_sd35_large.json",
    ],
)
def test_every_model_of_the_hub_is_read(name: str) -> None:
    body = recorded(name)
    rows = body if isinstance(body, list) else [body]
    models = [huggingface.read_model(row) for row in rows]
    assert [model for model in models if isinstance(model, Refusal)] == []
    for row, model in zip(rows, models, strict=True):
        assert isinstance(model, huggingface.HubModel)
        record = huggingface.as_record(model, row, asked=row["id"])
        assert {count.metric for count in record.counts} == {"likes", "downloads_30d"}


@pytest.mark.django_db
def test_the_recorded_list_prices_the_seed_catalogue(sources: SourceServer) -> None:
    load_catalogue([settings.CATALOGUE_DIR])
    sources.say("/openrouter/models", Answer((PAYLOADS / "openrouter_models_2026-05-15.json").read_bytes()))
    before = set(Artifact.objects.values_list("slug", flat=True))
    run = ingest_source(Source.OPENROUTER).run
    assert (run.state, run.refusal_count) == ("done", 0)
    listed = {row["id"] for row in recorded("openrouter_models_2026-05-15.json")["data"]}
    ours = set(Artifact.objects.exclude(router_id="").values_list("router_id", flat=True))
    assert len(ours & listed) >= 6
    assert run.candidate_count == len(listed - ours)
    assert set(Artifact.objects.values_list("slug", flat=True)) == before
    (gpt,) = artifacts_with_details(["gpt-5-4-image-2"])
    prices = {price_of(offer).text for offer in gpt.offers.all()}
    assert "$15.00 per 1M completion tokens" in prices
    assert not any("Free" in price for price in prices)


@pytest.mark.django_db
def test_the_recorded_hub_agrees_with_what_people_read(sources: SourceServer) -> None:
    load_catalogue([settings.CATALOGUE_DIR])
    columns = ("slug", "openness", "licence_id", "licence_weights_commercial", "licence_condition")
    before = list(Artifact.objects.order_by("slug").values(*columns))
    body = (PAYLOADS / "hf_list_black_forest_labs_2026-09-26.json").read_bytes()
    empty = Answer([])
    sources.route(
        "/huggingface/api/models",
        lambda asked: Answer(body) if asked.query["author"] == ["black-forest-labs"] else empty,
    )
    run = ingest_source(Source.HUGGINGFACE).run
    assert (run.state, run.refusal_count) == ("done", 0)
    assert run.record_count >= 4
    assert list(Artifact.objects.order_by("slug").values(*columns)) == before


def test_a_licence_of_the_publishers_own_is_named() -> None:
    model = huggingface.read_model(recorded("hf_model_expand_sd35_large.json"))
    assert isinstance(model, huggingface.HubModel)
    facts = huggingface.facts(model)
    assert (facts["licence"], facts["licence_declared"]["name"]) == (None, "stabilityai-ai-community")
    assert (facts["gated"], facts["last_activity_on"]) == ("auto", "2024-10-22")
