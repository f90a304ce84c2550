"""Each other connector against answers in the shape of its source: what is taken, what is refused."""

from typing import Any

import pytest

from catalog.sources.base import Count, IdField, Source, SourceError, comparable_id
from catalog.vocabulary import OfferUnit
from tests.catalog.sources.payloads import civitai_model, models_dev, package, replicate_model, repository
from tests.catalog.sources.reading import read
from tests.catalog.sources.server import Answer, Asked, SourceServer


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
