"""One artifact has one rank in one snapshot, wherever it is read: a crawl finds no second value."""

import csv
import io
import json
import re
from collections import Counter, deque
from typing import Any, TypeAlias

import pytest
from django.test import Client

from catalog.models import Category
from ranking.compute.positions import place_words
from ranking.models import RankEntry
from tests.web.seeded.test_links import HREF

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Rank: TypeAlias = tuple[float, float, float]
# How a rank with its interval is written in pages, in labels of pictures and in Markdown.
IN_WORDS = re.compile(r"(\d+\.\d) of 100[ ,(]+90 % interval (\d+\.\d) to (\d+\.\d)")
# How a range of places is written beside it.
PLACES_IN_WORDS = re.compile(r"place (\d+(?:–\d+)?) of (\d+) of its kind")
# Of pages that there are thousands or hundreds of, one in so many.
SAMPLED = {"compare": 100, "alternatives": 20, "suites": 20, "runs": 10}


@pytest.fixture
def published() -> dict[str, Rank]:
    return {
        row.slug: (float(row.score), float(row.low), float(row.high)) for row in RankEntry.objects.current()
    }


@pytest.fixture
def places() -> dict[str, tuple[str, str]]:
    """The published range of places of each artifact, and among how many."""
    return {row.slug: (row.places, str(row.n_ranked)) for row in RankEntry.objects.current()}


def rounded(rank: Rank) -> Rank:
    score, low, high = (float(f"{figure:.1f}") for figure in rank)
    return score, low, high


def content_of(response: Any) -> str:
    is_stream = getattr(response, "streaming", False)
    return (b"".join(response) if is_stream else response.content).decode()


def ranks_in(value: Any) -> list[tuple[str, Rank]]:
    """Return every rank that stands under a slug anywhere in a JSON value."""
    if isinstance(value, list):
        return [found for item in value for found in ranks_in(item)]
    if not isinstance(value, dict):
        return []
    found = [pair for item in value.values() for pair in ranks_in(item)]
    own = value.get("rank")
    stated: dict[str, Any] = own if isinstance(own, dict) else value
    score = stated.get("value", stated.get("score"))
    if "slug" in value and {"low", "high"} <= stated.keys() and isinstance(score, int | float):
        found.append((value["slug"], (score, stated["low"], stated["high"])))
    return found


def test_no_page_says_another_rank(
    client: Client, published: dict[str, Rank], places: dict[str, tuple[str, str]]
) -> None:
    known = {rounded(rank) for rank in published.values()}
    seen, queue, n_found = {"/"}, deque(["/"]), 0
    met: Counter[str] = Counter()
    while queue:
        path = queue.popleft()
        response = client.get(path.replace("&amp;", "&"), follow=True)
        if "text/" not in response["Content-Type"]:
            continue
        text = content_of(response)
        for figures in IN_WORDS.findall(text):
            n_found += 1
            score, low, high = map(float, figures)
            assert (score, low, high) in known, (path, figures)
        if match := re.fullmatch(r"/artifact/([^/]+?)(?:/|\.md)", path):
            own = published[match[1]]
            assert f"{own[0]:.1f}" in text, path
            assert PLACES_IN_WORDS.findall(text) == [places[match[1]]], path
        for found in PLACES_IN_WORDS.findall(text):
            assert found in places.values(), (path, found)
        for link in HREF.findall(text):
            kind = link.strip("/").partition("/")[0]
            met[kind] += 1
            is_sampled = met[kind] % SAMPLED.get(kind, 1) == 0
            is_page = not link.startswith(("/static/", "/media/", "/api/", "/search"))
            if link not in seen and is_sampled and is_page:
                seen.add(link)
                queue.append(link)
    assert n_found > len(published)


def test_no_program_reads_another_rank(client: Client, published: dict[str, Rank]) -> None:
    paths = ["/api/v1/ranks?limit=100", "/api/v1/artifacts?limit=100", "/api/v1/leaderboard"]
    paths += ["/leaderboard/?format=json", "/leaderboard/?kind=repository&format=json"]
    paths += [f"/api/v1/artifacts/{slug}" for slug in list(published)[:5]]
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200, path
        found = ranks_in(json.loads(content_of(response)))
        assert found, path
        for slug, rank in found:
            assert rank == published[slug], (path, slug)


def test_every_file_says_the_same_range_of_places(client: Client, places: dict[str, tuple[str, str]]) -> None:
    for query in ("", "kind=repository&"):
        table = csv.DictReader(io.StringIO(content_of(client.get(f"/leaderboard/?{query}format=csv"))))
        for line in table:
            assert line["place"] == places[line["slug"]][0]
    category = Category.objects.filter(artifacts__isnull=False).first()
    assert category is not None
    table = csv.DictReader(io.StringIO(content_of(client.get(f"/category/{category.slug}/?format=csv"))))
    assert [line["place"] for line in table if line["place"] != places[line["slug"]][0]] == []
    for exported in content_of(client.get("/api/v1/export/ranks.ndjson")).splitlines():
        row = json.loads(exported)
        if row.get("slug") in places:
            assert (place_words(row["position_best"], row["position_worst"]), str(row["n_ranked"])) == places[
                row["slug"]
            ]
    for slug in list(places)[:5]:
        rank = json.loads(content_of(client.get(f"/api/v1/artifacts/{slug}")))["rank_entry"]
        assert place_words(rank["position_best"], rank["position_worst"]) == places[slug][0]


def test_files_feeds_and_badges_say_the_same(client: Client, published: dict[str, Rank]) -> None:
    lines = content_of(client.get("/api/v1/export/ranks.ndjson")).splitlines()
    exported = [json.loads(line) for line in lines]
    assert len(exported) >= len(published)
    for row in exported:
        if row.get("slug") in published:
            milli = (row["score"] / 1000, row["low"] / 1000, row["high"] / 1000)
            assert milli == published[row["slug"]]
    table = csv.DictReader(io.StringIO(content_of(client.get("/leaderboard/?format=csv"))))
    for line in table:
        assert (float(line["score"]), float(line["low"]), float(line["high"])) == published[line["slug"]]
    for slug, rank in published.items():
        badge = json.loads(content_of(client.get(f"/badge/{slug}.json")))
        assert badge["message"].startswith(f"{rank[0]:.1f} "), slug
        assert badge["message"] in content_of(client.get(f"/badge/{slug}.svg")), slug
