"""What the API answers, and that it never says anything else than the pages do."""

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Artifact
from evaluation.models import Run
from tests.builders import make_artifact
from web.api.schemas.artifacts import ArtifactDetail
from web.pages.artifact.page import artifact_page

pytestmark = pytest.mark.django_db
API = "/api/v1"


def get(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"{API}/{path}", query)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def test_artifacts_are_paged_by_key_to_the_last_one(client: Client, catalogue: Run) -> None:
    seen, after = [], None
    while True:
        page = get(client, "artifacts", limit=2, **({"after": after} if after else {}))
        seen += [item["slug"] for item in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == ["gamma", "beta", "alpha", "newcomer"]
    assert page["snapshot"]["as_of"] == "2026-11-01"


def test_a_page_does_not_move_when_something_is_added_before_it(client: Client, catalogue: Run) -> None:
    first = get(client, "artifacts", limit=2)
    Artifact.objects.create(
        **{
            **_fields(make_artifact("a-new")),
            "slug": "first",
            "rank_score": 99,
            "rank_low": 98,
            "rank_high": 100,
        }
    )
    second = get(client, "artifacts", limit=2, after=first["next"])
    assert [item["slug"] for item in second["items"]] == ["alpha", "a-new"]


def _fields(artifact: Artifact) -> dict[str, Any]:
    return {
        "name": "First",
        "kind": artifact.kind,
        "publisher": artifact.publisher,
        "summary": artifact.summary,
        "about": artifact.about,
        "openness": artifact.openness,
    }


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ({"kind": "library"}, ["newcomer"]),
        ({"category": "shelf"}, ["gamma", "beta", "alpha"]),
        ({"openness": "api-only"}, []),
        ({"category": "nowhere"}, []),
        ({"kind": "model", "with_demonstrations": "true", "limit": 100}, 5),
    ],
)
def test_artifacts_are_filtered(
    client: Client, catalogue: Run, query: dict[str, Any], slugs: list[str] | int
) -> None:
    found = [item["slug"] for item in get(client, "artifacts", **query)["items"]]
    assert found == slugs if isinstance(slugs, list) else len(found) == slugs


def test_json_markdown_and_html_never_disagree(client: Client, catalogue: Run) -> None:
    """Every figure, date and source of the JSON stands in the page and in its Markdown twin."""
    for slug in ("gamma", "demo-a", "newcomer"):
        answer = get(client, f"artifacts/{slug}")
        page = text_of(client.get(f"/artifact/{slug}/").content.decode())
        twin = text_of(client.get(f"/artifact/{slug}.md").content.decode().replace("\\", ""))
        said = [answer["name"], answer["pricing"], *[fact["text"] for fact in answer["facts"]]]
        said += [price["text"] for price in answer["prices"]]
        said += [item["name"] for item in answer["capabilities"]]
        said += [score["text"] for score in answer["scores"]]
        if rank := answer["rank_entry"]:
            said += [f"{rank['score']:.1f}", f"{rank['low']:.1f}", f"{rank['high']:.1f}"]
            assert rank["score"] == pytest.approx(sum(part["points"] for part in rank["components"]))
        for words in said:
            assert words in page, (slug, words)
            assert words in twin, (slug, words)


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_accept_chooses_the_markdown_twin(client: Client, catalogue: Run) -> None:
    response = client.get(
        f"{API}/artifacts/gamma", headers={"accept": "text/markdown, application/json;q=0.5"}
    )
    assert response["Content-Type"].startswith("text/markdown")
    assert response.content == client.get("/artifact/gamma.md").content
    assert "Accept" in response["Vary"]


def test_every_value_has_a_source_and_a_date(client: Client, catalogue: Run) -> None:
    answer = get(client, "artifacts/gamma")
    licence = next(fact for fact in answer["facts"] if fact["field"] == "licence")
    assert licence["value"] == "Apache-2.0"
    assert licence["source"]["as_of"] == "2026-11-01"
    assert all(price["as_of"] and price["source_url"] for price in answer["prices"])
    assert all(fact["source"]["as_of"] for fact in answer["adoption"])
    assert all(item["source"]["url"] for item in answer["reported"])
    assert answer["rank_entry"]["as_of"] == "2026-11-01"
    missing = [fact for fact in answer["facts"] if fact["is_missing"]]
    assert missing
    assert all(fact["value"] is None for fact in missing)


def test_a_search_and_a_resolved_intent_agree(client: Client, catalogue: Run) -> None:
    words = "readable words on a poster, open weights"
    found = get(client, "search", q=words)
    resolved = get(client, "resolve", intent=words)
    best = resolved["recommendation"]
    assert best["hit"] == found["items"][0]
    assert [item["artifact"]["slug"] for item in resolved["alternatives"]] == [
        item["artifact"]["slug"] for item in found["items"][1:5]
    ]
    assert best["licence"]["value"] == "Apache-2.0"
    assert best["starting_price"]["amount"] == "0.040000000000"
    slug = best["hit"]["artifact"]["slug"]
    assert [link["url"] for link in best["how_to_start"]] == [
        f"https://api.example.org/{slug}",
        f"https://example.org/{slug}",
    ]
    assert {item["kind"] for item in found["constraints"]} == {"open-weights"}


def test_nothing_is_recommended_where_nothing_fits(client: Client, catalogue: Run) -> None:
    resolved = get(client, "resolve", intent="zzzz qqqq xxxx")
    assert resolved["recommendation"] is None


def test_suites_prompts_and_runs_carry_their_evidence(client: Client, catalogue: Run) -> None:
    (suite,) = get(client, "suites")["items"]
    detail = get(client, f"suites/{suite['slug']}")
    assert detail["digest"] == suite["digest"]
    assert len(detail["prompts"]) == suite["n_prompts"] == 6
    score = detail["scores"][0]["score"]["score"]
    assert score["low"] <= score["value"] <= score["high"]
    prompt = get(client, f"suites/{suite['slug']}/prompts/word-4")
    failed = [shown for maker in prompt["makers"] for shown in maker["pictures"] if shown["url"] is None]
    assert failed[0]["failure"].startswith("Refused by the model's filter")
    run = get(client, f"runs/{catalogue.pk}")
    assert run["n_samples"] == 6
    assert {sample["picture"]["seed"] for sample in run["samples"]} == {1000 + n for n in range(6)}


def test_ranks_come_with_their_explanation(client: Client, catalogue: Run) -> None:
    ranks = get(client, "ranks")
    assert [item["rank"]["position"] for item in ranks["items"]] == [1, 2, 3]
    inputs = [
        signal
        for part in ranks["items"][0]["rank"]["components"]
        for signal in part["inputs"]
        if not signal["is_missing"]
    ]
    assert inputs
    assert all(signal["source"] for signal in inputs)
    method = get(client, "methodology")
    assert method["snapshot"] == ranks["snapshot"]
    assert method["scorer_reports"][0]["gate"] == ">= 0.97"


# On a connection of its own, as requests are: inside a test's transaction a search has to give back its limit.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["artifacts", "ranks", "suites", "search?q=words+on+a+poster"])
def test_a_list_costs_the_same_queries_whatever_its_length(client: Client, catalogue: Run, path: str) -> None:
    sign = "&" if "?" in path else "?"
    counts = []
    for limit in (1, 100):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{API}/{path}{sign}limit={limit}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_an_empty_site_answers(client: Client) -> None:
    for path in ("artifacts", "ranks", "suites", "methodology", "openapi.json", "search?q=poster"):
        assert client.get(f"{API}/{path}").status_code == 200, path


def test_the_detail_is_what_the_page_object_holds(client: Client, catalogue: Run) -> None:
    page = artifact_page("gamma")
    assert page is not None
    answer = ArtifactDetail.model_validate(get(client, "artifacts/gamma"))
    assert answer.rank_entry is not None
    assert page.entry is not None
    assert answer.rank_entry.score == page.entry.score
    assert len(answer.capabilities) == len(page.capabilities)
    assert [source.url for source in answer.sources] == [source.url for source in page.sources]


def test_a_comparison_says_what_its_page_says(client: Client, catalogue: Run) -> None:
    answer = get(client, "compare", slug=["gamma", "alpha"])
    assert [side["slug"] for side in answer["sides"]] == ["alpha", "gamma"]
    page = text_of(client.get(answer["path"]).content.decode())
    twin = text_of(client.get(answer["markdown_path"]).content.decode().replace("\\", ""))
    said = [answer["headline"], *[part["text"] for part in answer["statements"]]]
    said += [cell["text"] for row in answer["features"] for cell in row["cells"]]
    for words in said:
        assert words in page, words
        assert words in twin, words
    assert answer["leader"] in {None, "gamma"}


def test_measured_artifacts_are_compared_on_the_same_seeds(client: Client, catalogue: Run) -> None:
    answer = get(client, "compare", slug=["demo-a", "demo-b"])
    (suite,) = answer["suites"]
    assert all(score["score"]["low"] <= score["score"]["value"] for score in suite["scores"])
    assert suite["difference"]
    assert {len(item["pictures"]) for item in answer["pictures"]} == {2}
    assert len({picture["seed"] for picture in answer["pictures"][0]["pictures"]}) == 1


def test_up_to_four_are_compared_and_the_unknown_is_named(client: Client, catalogue: Run) -> None:
    answer = get(client, "compare", slug=["gamma", "alpha", "beta", "newcomer"])
    assert [side["slug"] for side in answer["sides"]] == ["alpha", "beta", "gamma", "newcomer"]
    assert all(len(row["cells"]) == 4 for row in answer["features"])
    assert (answer["confidence"], answer["leader"]) == ("open", None)
    for slugs, status in (
        (["alpha"], 422),
        (["alpha", "alpha"], 422),
        (["alpha"] * 5, 422),
        (["alpha", "x"], 404),
    ):
        assert client.get(f"{API}/compare", {"slug": slugs}).status_code == status
    assert "alpha" in json.loads(client.get(f"{API}/compare", {"slug": ["beta", "alpa"]}).content)["detail"]


@pytest.mark.parametrize(
    ("path", "query", "is_list"),
    [
        ("artifacts", {"with_demonstrations": "true"}, True),
        ("ranks", {}, True),
        ("suites", {}, True),
        ("artifacts/gamma", {}, False),
        ("suites/lettering", {}, False),
        ("leaderboard", {}, False),
        ("categories/shelf", {}, False),
        ("compare", {"slug": ["alpha", "gamma"]}, False),
    ],
)
def test_a_program_takes_only_the_fields_it_wants(
    client: Client,
    catalogue: Run,
    path: str,
    query: dict[str, Any],
    is_list: bool,  # noqa: FBT001
) -> None:
    whole = get(client, path, **query)
    rows = whole["items"] if is_list else [whole]
    names = list(rows[0])[1:3]
    part = get(client, path, fields=",".join(names), **query)
    cut = [{name: row[name] for name in names} for row in rows]
    assert part == (whole | {"items": cut} if is_list else cut[0])
    refused = client.get(f"{API}/{path}", {**query, "fields": f"{names[0]},nonsense"})
    assert refused.status_code == 422
    (error,) = json.loads(refused.content)["errors"]
    assert error["field"] == "fields"
    assert "no field nonsense" in error["message"]
    assert names[0] in error["message"]


def said_on(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return text_of(response.content.decode())


def test_what_stands_around_an_artifact_is_what_its_pages_say(client: Client, catalogue: Run) -> None:
    history = get(client, "artifacts/gamma/history")
    page = said_on(client, history["path"])
    assert {field["label"] for field in history["fields"]} == {"Licence"}
    for field in history["fields"]:
        assert field["label"] in page
        assert all(said["text"] in page for said in field["statements"])
    for price in history["prices"]:
        assert price["title"] in page
        assert all(change["text"] in page for change in price["changes"])
    assert history["prices"]
    alternatives = get(client, "artifacts/gamma/alternatives")["items"]
    page = said_on(client, "/alternatives/gamma/")
    assert alternatives
    for item in alternatives:
        assert item["name"] in page
        assert f"/{item['compare_path'].strip('/')}/" == item["compare_path"]
    for path in ("artifacts/gama/history", "artifacts/gama/alternatives"):
        assert "gamma" in json.loads(client.get(f"{API}/{path}").content)["detail"]


def test_a_picture_comes_with_all_that_was_recorded_of_it(client: Client, catalogue: Run) -> None:
    run = get(client, f"runs/{catalogue.pk}")
    sample = get(client, f"runs/{catalogue.pk}/samples/{run['samples'][0]['id']}")
    page = said_on(client, sample["path"])
    assert sample["picture"] == run["samples"][0]["picture"]
    assert sample["scores"]
    for score in sample["scores"]:
        assert score["label"] in page
        assert score["reason"] in page
    assert client.get(f"{API}/runs/{catalogue.pk}/samples/{10**9}").status_code == 404


def test_categories_and_their_standings_are_the_pages(client: Client, catalogue: Run) -> None:
    (shelf,) = get(client, "categories")["items"]
    assert shelf["count"] == 3
    board = get(client, f"categories/{shelf['slug']}")
    page = said_on(client, board["path"])
    assert board["title"] == shelf["name"]
    assert [row["artifact"]["slug"] for row in board["standings"]] == ["gamma", "beta", "alpha"]
    for row in board["standings"]:
        assert all(fact in page for fact in row["facts"])
    assert client.get(f"{API}/categories/nowhere").status_code == 404


def test_the_standings_of_a_suite_are_the_pages(client: Client, catalogue: Run) -> None:
    board = get(client, "suites/lettering/leaderboard")
    page = said_on(client, board["path"])
    assert [row["artifact"]["slug"] for row in board["standings"]] == ["demo-a", "demo-b"]
    for row in board["standings"]:
        assert row["artifact"]["name"] in page
        assert row["places"] in page
        assert row["score"]["text"] in page
    assert client.get(f"{API}/suites/nothing/leaderboard").status_code == 404


def test_the_brief_is_the_pages(client: Client, catalogue: Run) -> None:
    brief = get(client, "brief")
    page = said_on(client, brief["path"])
    assert brief["changes"]
    for changes in brief["changes"]:
        assert changes["title"] in page
        assert all(item["name"] in page for item in changes["items"])
    assert get(client, "brief", week=brief["week"]) == brief
    assert client.get(f"{API}/brief?week=1999-w01").status_code == 404


def test_the_leaderboard_is_the_pages(client: Client, catalogue: Run) -> None:
    answer = get(client, "leaderboard")
    page = text_of(client.get(answer["path"]).content.decode())
    assert [row["artifact"]["slug"] for row in answer["standings"]] == ["gamma", "beta", "alpha"]
    for row in answer["standings"]:
        assert f"{row['artifact']['rank']['value']:.1f}" in page
        assert row["places"] in page
    assert get(client, "leaderboard", kind="library")["unranked"][0]["slug"] == "newcomer"


def test_the_documentation_prints_code_as_code_and_describes_every_filter(client: Client, db: None) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "follow <code>next</code>" in page
    assert "`" not in page.partition("<main")[2].partition("</main>")[0]
    document = client.get("/api/v1/openapi.json").json()
    described = {
        (path, item["name"]): item.get("description", "")
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for item in operation.get("parameters", ())
        if item["name"] in {"kind", "openness"}
    }
    assert len(described) == 4
    assert all(described.values())
