"""Each connector against answers in the shape of its source: what is taken, what is refused."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from catalog.sources import CONNECTORS
from catalog.sources.base import (
    Count,
    IdField,
    Page,
    Query,
    Quote,
    Source,
    SourceError,
    comparable_id,
)
from catalog.sources.fetch import Fetcher, Limits
from catalog.sources.huggingface import MAX_PAGES_PER_PUBLISHER, HubModel, facts, licence_facts
from catalog.sources.openrouter import ImageModel, RouterModel, image_quotes, quotes, read_model
from catalog.vocabulary import OfferKind, OfferUnit
from tests.catalog.sources.payloads import (
    civitai_model,
    hub_model,
    image_endpoints,
    models_dev,
    package,
    replicate_model,
    repository,
    router_model,
)
from tests.catalog.sources.server import Answer, Asked, SourceServer

HUB = "/huggingface/api/models"


def read(server: SourceServer, source: Source, *ids: str, **query: Any) -> list[Page]:
    """Return a connector's pages."""
    names = ("openrouter", "huggingface", "github", "pypi", "pypistats", "replicate", "civitai", "modelsdev")
    urls = {name: f"{server.url}/{name}" for name in names}
    fetcher = Fetcher(limits=Limits(attempts=2), sleep=lambda _seconds: None)
    return list(CONNECTORS[source](fetcher, urls).pages(Query(ids=ids, **query)))


def router_quotes(**fields: Any) -> list[Quote]:
    """Return what a model of OpenRouter's list costs."""
    model = read_model(router_model(**fields))
    assert isinstance(model, RouterModel), model
    return list(quotes(model))


def test_openrouter_prices_are_per_token_and_exact() -> None:
    prompt, completion = router_quotes()
    assert (prompt.unit, prompt.amount) == (OfferUnit.PROMPT_TOKEN, Decimal("0.000008"))
    assert (completion.unit, completion.amount) == (OfferUnit.COMPLETION_TOKEN, Decimal("0.000015"))
    assert (prompt.provider, prompt.plan, prompt.detail) == ("OpenRouter", "Pay as you go", "")


def test_openrouter_minus_one_is_no_price() -> None:
    assert router_quotes(pricing={"prompt": "-1", "completion": "-1"}) == []


def test_openrouter_zero_is_free_only_where_the_id_says_so() -> None:
    zero = {"prompt": "0", "completion": "0"}
    assert router_quotes(pricing=zero) == []
    (free,) = router_quotes(id_="acme/painter-1:free", pricing=zero)
    assert (free.kind, free.amount) == (OfferKind.FREE_TIER, Decimal(0))


def test_openrouter_tiers_are_offers_of_their_own() -> None:
    pricing = {
        "prompt": "0.000003",
        "completion": "1.5e-5",
        "overrides": [{"min_prompt_tokens": 200_000, "prompt": "0.000006", "completion": "0.0000225"}],
    }
    tiers = {(quote.unit, quote.detail): quote.amount for quote in router_quotes(pricing=pricing)}
    assert tiers[OfferUnit.PROMPT_TOKEN, "prompts from 200,000 tokens"] == Decimal("0.000006")
    assert tiers[OfferUnit.COMPLETION_TOKEN, ""] == Decimal("0.000015")


@pytest.mark.parametrize("hub_id", ["", None, "acme/Painter-One"])
def test_openrouter_names_the_weights_it_hosts(server: SourceServer, hub_id: str | None) -> None:
    rows = [router_model(hugging_face_id=hub_id), router_model("other/model")]
    server.say("/openrouter/models", Answer({"data": rows}))
    (page,) = read(server, Source.OPENROUTER, "acme/painter-1", "acme/gone")
    (record,) = page.records
    assert record.hosts == (hub_id or "").casefold()
    assert (page.candidates, page.missing) == (("other/model",), ("acme/gone",))


def test_openrouter_changed_types_are_refused_by_name(server: SourceServer) -> None:
    rows = [router_model(pricing={"prompt": 8e-6}), router_model("acme/two"), ["not", "a", "model"]]
    server.say("/openrouter/models", Answer({"data": rows}, etag='"1"'))
    (page,) = read(server, Source.OPENROUTER, "acme/painter-1", "acme/two")
    assert [record.id for record in page.records] == ["acme/two"]
    assert [item.key for item in page.refusals] == ["acme/painter-1", "(no id)"]
    assert "pricing.prompt: Input should be a valid string" in page.refusals[0].reason
    # Otherwise a 304 would hide the refusal until something else changes.
    assert page.validators == ()


def test_openrouter_without_its_list_is_an_error(server: SourceServer) -> None:
    server.say("/openrouter/models", Answer({"models": []}))
    with pytest.raises(SourceError, match="no list under 'data'"):
        read(server, Source.OPENROUTER, "acme/painter-1")


def test_the_hub_is_read_publisher_by_publisher(server: SourceServer) -> None:
    def models(asked: Asked) -> Answer:
        (author,) = asked.query["author"]
        return Answer([hub_model(f"{author}/one"), hub_model(f"{author}/unknown")])

    server.route(HUB, models)
    pages = read(server, Source.HUGGINGFACE, "Acme/One", "brush/one")
    assert [page.cursor for page in pages] == ["acme", "brush"]
    assert pages[0].records[0].counts == (Count("likes", 120), Count("downloads_30d", 4500))
    assert pages[0].records[0].id == "Acme/One"
    assert pages[0].candidates == ("acme/unknown",)
    assert [
        page.cursor
        for page in read(server, Source.HUGGINGFACE, "acme/one", "brush/one", done=frozenset({"acme/one"}))
    ] == ["brush"]


def test_the_hub_is_read_page_after_page(server: SourceServer) -> None:
    def models(asked: Asked) -> Answer:
        if "cursor" in asked.query:
            return Answer([hub_model("acme/two")])
        return Answer([hub_model("acme/one")], headers={"Link": f'<{HUB}?cursor=x>; rel="next"'})

    server.route(HUB, models)
    (page,) = read(server, Source.HUGGINGFACE, "acme/one", "acme/two")
    assert [record.id for record in page.records] == ["acme/one", "acme/two"]


def test_pages_without_end_are_left_and_the_rest_asked_by_name(server: SourceServer) -> None:
    def models(asked: Asked) -> Answer:
        number = int(asked.query.get("cursor", ["0"])[0]) + 1
        return Answer([], headers={"Link": f'<{HUB}?cursor={number}>; rel="next"'})

    server.route(HUB, models)
    server.say(f"{HUB}/acme/one", Answer(hub_model("acme/one")))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one")
    assert [record.id for record in page.records] == ["acme/one"]
    assert server.paths.count(HUB) == MAX_PAGES_PER_PUBLISHER


def test_a_renamed_model_is_found_and_named(server: SourceServer) -> None:
    server.say(HUB, Answer([]))
    server.say(f"{HUB}/acme/old", Answer(status=307, headers={"Location": f"{HUB}/acme/new"}))
    server.say(f"{HUB}/acme/new", Answer(hub_model("acme/new")))
    # To a stranger the Hub says "unauthorised" of what does not exist.
    server.say(f"{HUB}/acme/gone", Answer({"error": "Invalid username or password."}, status=401))
    (page,) = read(server, Source.HUGGINGFACE, "acme/old", "acme/gone")
    (record,) = page.records
    assert (record.id, record.renamed_to, record.url) == (
        "acme/old",
        "acme/new",
        "https://huggingface.co/acme/new",
    )
    assert page.missing == ("acme/gone",)


def test_the_hub_is_read_back_to_a_day(server: SourceServer) -> None:
    rows = [hub_model("acme/new"), hub_model("acme/old", lastModified="2024-01-01T00:00:00.000Z")]
    server.say(HUB, Answer(rows, headers={"Link": f'<{HUB}?cursor=x>; rel="next"'}))
    (page,) = read(server, Source.HUGGINGFACE, "acme/new", "acme/old", since=dt.date(2026, 1, 1))
    assert [record.id for record in page.records] == ["acme/new"]
    assert (page.missing, len(server.asked)) == ((), 1)
    assert server.asked[0].query["sort"] == ["lastModified"]


@pytest.mark.parametrize(
    ("gated", "openness"), [(False, None), ("auto", None), ("manual", "weights-on-request")]
)
def test_gated_is_false_or_a_word(server: SourceServer, gated: Any, openness: str | None) -> None:
    server.say(HUB, Answer([hub_model("acme/one", gated=gated)]))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one")
    stated = page.records[0].facts
    assert (stated["gated"], stated["openness"]) == (gated, openness)
    assert stated["last_activity_on"] == "2026-10-11"


@pytest.mark.parametrize(
    "fields", [{"gated": "maybe"}, {"likes": "120"}, {"likes": -1}, {"downloads": 2**63}, {"tags": "a"}]
)
def test_the_hub_changed_types_are_refused(server: SourceServer, fields: dict[str, Any]) -> None:
    server.say(HUB, Answer([hub_model("acme/one", **fields), hub_model("acme/two"), None]))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one", "acme/two")
    assert [record.id for record in page.records] == ["acme/two"]
    assert [item.key for item in page.refusals] == ["acme/one"]
    assert next(iter(fields)) in page.refusals[0].reason


def licence(**fields: Any) -> dict[str, Any]:
    """Return the licence facts of a model."""
    return licence_facts(HubModel.model_validate(hub_model(**fields)))


def test_licences_that_we_know_get_their_identifier_and_answers() -> None:
    assert licence()["licence"] == {
        "id": "Apache-2.0",
        "name": "Apache License 2.0",
        "outputs_commercial": "yes",
        "weights_commercial": "yes",
    }
    tagged = licence(cardData=None, tags=["license:cc-by-nc-4.0"])
    assert (tagged["licence"]["id"], tagged["licence"]["outputs_commercial"]) == ("CC-BY-NC-4.0", "no")


def test_other_licences_are_kept_by_the_name_they_are_given() -> None:
    card = {"license": "other", "license_name": "acme-community", "license_link": "LICENSE.md"}
    assert licence(cardData=card) == {
        "licence": None,
        "licence_declared": {"id": "LicenseRef-acme-community", "name": "acme-community"},
    }
    linked = licence(cardData={**card, "license_link": "https://example.org/licence"})
    assert linked["licence_declared"]["url"] == "https://example.org/licence"


@pytest.mark.parametrize("card", [None, {}, {"license": "other"}, {"license": ["a"], "license_name": 3}])
def test_a_card_may_say_nothing_usable(card: dict[str, Any] | None) -> None:
    assert licence(cardData=card, tags=[]) == {"licence": None, "licence_declared": None}


def test_parameters_are_believed_of_a_single_network() -> None:
    weights = {"parameters": {"BF16": 4_000_000_000}, "total": 4_000_000_000}
    for library, expected in (("transformers", 4_000_000_000), ("diffusers", None)):
        model = HubModel.model_validate(hub_model(library_name=library, safetensors=weights))
        assert facts(model)["parameter_count"] == expected


def say_repository(server: SourceServer, name: str, **fields: Any) -> None:
    """Let GitHub know a repository."""
    base = f"/github/repos/{name}"
    server.say(base, Answer(repository(name, **fields), etag='"r1"'))
    last = {"Link": f'<{base}/contributors?per_page=1&page=143>; rel="last"'}
    server.say(f"{base}/contributors", Answer([{"login": "a"}], headers=last))
    server.say(f"{base}/releases", Answer([{"id": 1}]))
    server.say(f"{base}/readme", Answer({"name": "README.md", "size": 8123, "content": "…"}))


def test_github_counts(server: SourceServer) -> None:
    say_repository(server, "acme/studio")
    (page,) = read(server, Source.GITHUB, "Acme/Studio".lower())
    (record,) = page.records
    assert {count.metric: count.value for count in record.counts} == {
        "stars": 7000,
        "forks": 500,
        "open_issues": 60,
        "contributors": 143,
        "releases": 1,
    }
    assert record.facts["archived"] is False
    assert record.facts["licence"]["id"] == "Apache-2.0"
    assert record.facts["readme_bytes"] == 8123
    assert len(page.validators) == 1


def test_github_may_not_know_everything(server: SourceServer) -> None:
    fields: dict[str, Any] = {"license": {"spdx_id": "NOASSERTION"}, "pushed_at": None, "topics": []}
    server.say("/github/repos/acme/huge", Answer(repository("acme/huge", **fields)))
    server.say("/github/repos/acme/huge/contributors", Answer({"message": "too large"}, status=403))
    (page,) = read(server, Source.GITHUB, "acme/huge")
    (record,) = page.records
    assert {count.metric for count in record.counts} == {"stars", "forks", "open_issues"}
    nothing = {"licence", "last_activity_on", "topics", "readme_bytes"}
    assert {name for name, value in record.facts.items() if value is None} == nothing


def test_github_names_a_renamed_repository(server: SourceServer) -> None:
    server.say(
        "/github/repos/acme/automatic", Answer(status=301, headers={"Location": "/github/repositories/1"})
    )
    server.say("/github/repositories/1", Answer(repository("acme/studio")))
    (page,) = read(server, Source.GITHUB, "acme/automatic")
    assert (page.records[0].id, page.records[0].renamed_to) == ("acme/automatic", "acme/studio")


def test_one_bad_repository_does_not_stop_the_others(server: SourceServer) -> None:
    server.say("/github/repos/acme/bad", Answer(status=500))
    server.say("/github/repos/acme/odd", Answer(repository("acme/odd", stargazers_count="many")))
    say_repository(server, "acme/studio")
    pages = read(server, Source.GITHUB, "acme/bad", "acme/odd", "acme/studio", "acme/gone")
    assert [item.key for page in pages for item in page.refusals] == ["acme/bad", "acme/odd"]
    assert [record.id for page in pages for record in page.records] == ["acme/studio"]
    assert [name for page in pages for name in page.missing] == ["acme/gone"]


def test_several_failures_in_a_row_mean_that_the_source_is_down(server: SourceServer) -> None:
    for number in range(9):
        server.say(f"/github/repos/acme/{number}", Answer(status=503))
    with pytest.raises(SourceError, match="HTTP 503"):
        read(server, Source.GITHUB, *(f"acme/{number}" for number in range(9)))


def test_pypi_versions_dates_and_downloads(server: SourceServer) -> None:
    server.say("/pypi/pypi/acme-studio/json", Answer(package()))
    stats = {"data": {"last_day": 1, "last_week": 2, "last_month": 900}, "package": "acme-studio"}
    server.say("/pypistats/api/packages/acme-studio/recent", Answer(stats))
    (page,) = read(server, Source.PYPI, "Acme_Studio")
    record, downloads = page.records
    assert downloads.counts == (Count("package_downloads_30d", 900),)
    assert downloads.url == "https://pypistats.org/packages/acme-studio"
    # A release that was taken back is no activity.
    assert (record.facts["released_on"], record.facts["last_activity_on"]) == ("2024-03-01", "2026-09-30")
    assert record.facts["version"] == "2.1.0"
    assert record.payload["releases"]["2.1.0"] == "2026-09-30T08:00:00+00:00"


def test_pypi_without_counts_still_has_versions(server: SourceServer) -> None:
    server.say("/pypi/pypi/acme-studio/json", Answer(package(license_expression=None, license="MIT")))
    (page,) = read(server, Source.PYPI, "acme-studio")
    assert page.records[0].counts == ()
    assert page.records[0].facts["licence"]["id"] == "MIT"


def test_ids_are_compared_as_their_source_does() -> None:
    assert comparable_id(IdField.PACKAGE, "Acme__Studio.x") == "acme-studio-x"
    assert comparable_id(IdField.GITHUB, "Acme/Studio") == "acme/studio"


def image_api(server: SourceServer, *pricing: dict[str, Any]) -> list[Page]:
    """Return what is read of a model that only makes pictures."""
    server.say("/openrouter/models", Answer({"data": []}))
    server.say("/openrouter/images/models", Answer({"data": [{"id": "Acme/Painter-1"}, {"id": "../x"}, 3]}))
    path = "/openrouter/images/models/Acme/Painter-1/endpoints"
    server.say(path, Answer(image_endpoints("Acme/Painter-1", *pricing), etag='"1"'))
    return read(server, Source.OPENROUTER, "acme/painter-1")


def test_openrouter_prices_of_pictures_come_from_its_image_api(server: SourceServer) -> None:
    listed, priced = image_api(
        server,
        {"billable": "output_image", "unit": "image", "cost_usd": 0.03, "variant": "1k"},
        {"billable": "output_image", "unit": "megapixel", "cost_usd": 0.014},
        {"billable": "output_image", "unit": "token", "cost_usd": 3e-05},
        {"billable": "input_text", "unit": "token", "cost_usd": 5e-06},
        {"billable": "output_image", "unit": "furlong", "cost_usd": 1.0},
        {"billable": "input_image", "unit": "image", "cost_usd": 0},
    )
    assert (listed.missing, priced.missing) == ((), ())
    (record,) = priced.records
    assert [(quote.unit, str(quote.amount.normalize()), quote.detail) for quote in record.quotes] == [
        (OfferUnit.IMAGE, "0.03", "1k"),
        (OfferUnit.MEGAPIXEL, "0.014", ""),
        (OfferUnit.IMAGE_TOKEN, "0.00003", ""),
        (OfferUnit.PROMPT_TOKEN, "0.000005", ""),
    ]
    assert {quote.plan for quote in record.quotes} == {"Image API, pay as you go"}
    assert priced.validators


def test_openrouter_providers_of_pictures_are_told_apart() -> None:
    body = image_endpoints()
    other = {
        **body["endpoints"][0],
        "provider_name": "Brush",
        "pricing": [dict(body["endpoints"][0]["pricing"][0])],
    }
    model = ImageModel.model_validate({"endpoints": [body["endpoints"][0], other]})
    assert [quote.detail for quote in image_quotes(model)] == ["by Acme Cloud", "by Brush"]


def test_the_hub_tells_files_formats_and_size(server: SourceServer) -> None:
    files = [{"rfilename": name} for name in ("README.md", "a.safetensors", "old/model.CKPT", "x.bin")]
    weights = {"parameters": {"BF16": 1_000, "F32": 10}, "total": 1_010}
    server.say(HUB, Answer([hub_model("acme/one", siblings=files, safetensors=weights)]))
    (page,) = read(server, Source.HUGGINGFACE, "acme/one")
    stated = page.records[0].facts
    assert (stated["file_count"], stated["weight_formats"]) == (4, ["pickle", "safetensors"])
    assert stated["weights_bytes"] == 2_040
    assert facts(HubModel.model_validate(hub_model()))["weight_formats"] is None
    odd = {"parameters": {"F3": 7}}
    assert facts(HubModel.model_validate(hub_model(safetensors=odd)))["weights_bytes"] is None


def test_cards_are_read_at_each_new_commit_within_their_budget(server: SourceServer) -> None:
    server.say(HUB, Answer([hub_model("acme/one"), hub_model("acme/two", sha="2" * 40)], etag='"1"'))
    for name in ("one", "two"):
        server.say(f"/huggingface/acme/{name}/raw/main/README.md", Answer(f"# Painter {name}\0é".encode()))
    ids = ("acme/one", "acme/two")
    held = {"acme/two": "2" * 40}
    (page,) = read(server, Source.HUGGINGFACE, *ids, max_texts=9, held_revisions=held)
    (card,) = (record for record in page.records if "text" in record.payload)
    assert (card.payload["text"], card.payload["sha"]) == ("# Painter oneé", "0" * 40)
    assert page.validators
    (page,) = read(server, Source.HUGGINGFACE, *ids, max_texts=1)
    assert len([record for record in page.records if "text" in record.payload]) == 1
    assert page.validators == (), "the card that is left must not hide behind an unchanged list"


@pytest.mark.parametrize("answer", [Answer("# Café".encode("latin-1")), Answer(status=500)])
def test_a_card_that_cannot_be_read_costs_the_model_nothing(server: SourceServer, answer: Answer) -> None:
    server.say(HUB, Answer([hub_model("acme/one")]))
    server.say("/huggingface/acme/one/raw/main/README.md", answer)
    (page,) = read(server, Source.HUGGINGFACE, "acme/one", max_texts=9)
    assert [record.id for record in page.records] == ["acme/one"]
    assert [(item.key, item.subjects) for item in page.refusals] == [("acme/one card", ())]
    assert page.answered == ("acme/one",)


def test_replicate_counts_runs_and_declares_what_it_runs(server: SourceServer) -> None:
    server.say("/replicate/v1/models/acme/painter", Answer(replicate_model()))
    declared = {
        "weights_url": "https://huggingface.co/Acme/Brush",
        "github_url": "https://github.com/acme/cog",
    }
    listed = [
        replicate_model("acme/brush", **declared),
        replicate_model("acme/secret", visibility="private"),
        replicate_model(),
        {"owner": 3},
    ]
    server.say("/replicate/v1/models", Answer({"results": listed, "next": None}))
    asked, others = read(server, Source.REPLICATE, "acme/painter")
    (record,) = asked.records
    assert record.counts == (Count("replicate_runs", 5_681),)
    assert record.facts["replicate_version_on"] == "2026-09-02"
    assert "default_example" not in record.payload
    (lead,) = others.leads
    assert lead.declares == ((IdField.HUB, "Acme/Brush"), (IdField.GITHUB, "acme/cog"))


def test_civitai_counts_downloads_and_permitted_uses(server: SourceServer) -> None:
    def answer(asked: Asked) -> Answer:
        is_list = "ids" not in asked.query
        return Answer({"items": [civitai_model(9 if is_list else 7)], "metadata": {}})

    server.route("/civitai/api/v1/models", answer)
    asked, others = read(server, Source.CIVITAI, "7", "8")
    (record,) = asked.records
    assert {count.metric: count.value for count in record.counts} == {
        "civitai_downloads": 1200,
        "civitai_thumbs_up": 90,
    }
    assert record.facts["civitai_commercial_uses"] == ["Image", "Rent"]
    assert record.facts["last_activity_on"] == "2026-08-01"
    assert "files" not in record.payload["modelVersions"][0]
    assert asked.missing == ("8",)
    assert [lead.id for lead in others.leads] == ["9"]


def test_models_dev_prices_are_for_one_token_and_exact(server: SourceServer) -> None:
    listing = models_dev() | {"openrouter": {"name": "OpenRouter", "models": models_dev()["acme"]["models"]}}
    server.say("/modelsdev/api.json", Answer(listing))
    (page,) = read(server, Source.MODELS_DEV, "acme/painter-1", "openrouter/painter-1")
    own, routed = page.records
    assert {(quote.unit, str(quote.amount)) for quote in own.quotes} == {
        (OfferUnit.PROMPT_TOKEN, "0.0000025"),
        (OfferUnit.COMPLETION_TOKEN, "0.000012"),
        (OfferUnit.CACHED_PROMPT_TOKEN, "2.5E-7"),
    }
    assert own.facts["released_on"] == "2026-04-02"
    assert routed.quotes == (), "the router's prices come from the router"


def test_one_bad_provider_does_not_spoil_the_list(server: SourceServer) -> None:
    broken = {"name": 3, "models": {"brush": {}}}
    server.say("/modelsdev/api.json", Answer(models_dev() | {"bad": broken, "worse": []}))
    (page,) = read(server, Source.MODELS_DEV, "acme/painter-1", "bad/brush")
    assert [record.id for record in page.records] == ["acme/painter-1"]
    assert [item.key for item in page.refusals] == ["bad/brush"]
