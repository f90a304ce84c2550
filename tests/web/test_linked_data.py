"""What pages tell machines: valid, pictures marked as generated, scores with their margin of error."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Category
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_artifact, make_capability, make_offer
from tests.web.measured import make_run, make_suite
from tests.web.schema_org import problems

pytestmark = pytest.mark.django_db


def all_stated(client: Client, path: str) -> list[dict[str, Any]]:
    html = client.get(path).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return list(map(json.loads, found))


def stated(client: Client, path: str, kind: str) -> list[dict[str, Any]]:
    return [item for item in all_stated(client, path) if item["@type"] == kind]


def test_pictures_are_marked_as_generated(client: Client) -> None:
    suite = make_suite()
    make_run(make_artifact("alpha"), suite, [1, 1, 1, 1, 1, 1])
    make_run(make_artifact("beta"), suite, [1, 1, None, 1, 1, 0])
    images = stated(client, "/compare/alpha-vs-beta/", "ImageObject")
    assert images
    for image in images:
        assert image["digitalSourceType"].endswith("TrainedAlgorithmicMediaDigitalSource")
        response = client.get(image["contentUrl"])
        assert response.status_code == 200
        response.close()
        assert image["creditText"] in {"Alpha", "Beta"}


def test_scores_carry_their_margin_of_error(client: Client) -> None:
    suite = make_suite()
    make_run(make_artifact("alpha"), suite, [1, 1, 0, 1, 0, 1])
    (data,) = stated(client, f"/suites/{suite.slug}/", "Dataset")
    assert data["license"].startswith("https://creativecommons.org/")
    for download in data["distribution"]:
        assert client.get(download["contentUrl"])["Content-Type"].startswith(download["encodingFormat"])
    for path in (f"/suites/{suite.slug}/", "/artifact/alpha/"):
        (observation,) = stated(client, path, "Observation")
        assert observation["value"] == pytest.approx(4 / 6, abs=1e-4)
        margin = observation["marginOfError"]
        assert margin["minValue"] < 0 < margin["maxValue"]
        assert observation["observationAbout"]["url"] == "http://testserver/artifact/alpha/"


def test_every_page_states_only_what_schema_org_knows(client: Client) -> None:
    """Types, properties and kinds of values as schema.org defines them; whole addresses; no rating of ours."""
    suite = make_suite()
    one, other = make_artifact("alpha"), make_artifact("beta", kind="app")
    for artifact in (one, other):
        make_offer(artifact)
        make_capability(artifact)
        make_run(artifact, suite, [1, 1, None, 1, 0, 1])
    shelf = Category.objects.create(slug="shelf", name="Shelf", description="A shelf.")
    shelf.artifacts.add(one, other)
    compute_rank(as_of=TODAY)
    met = set()
    for path in (
        "/artifact/alpha/",
        "/alternatives/alpha/",
        "/compare/alpha-vs-beta/",
        "/leaderboard/",
        "/leaderboard/lettering/",
        "/category/shelf/",
        "/suites/lettering/",
        "/suites/lettering/word-0/",
        "/brief/",
        "/methodology/",
    ):
        items = all_stated(client, path)
        assert items, path
        for item in items:
            met.add(item["@type"])
            assert problems(item) == [], path
    assert {
        "SoftwareApplication",
        "Dataset",
        "Observation",
        "ImageObject",
        "ItemList",
        "BreadcrumbList",
    } <= met


def test_the_checker_of_linked_data_finds_what_is_wrong() -> None:
    good = {"@type": "ListItem", "position": 1, "name": "A", "item": "https://x.test/"}
    assert problems(good) == []
    for wrong in (
        {"position": "1"},
        {"item": "/a/"},
        {"rank": 3},
        {"@type": "AggregateRating"},
        {"name": ""},
    ):
        assert problems({**good, **wrong}), wrong
