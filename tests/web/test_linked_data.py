"""What pages tell machines: pictures are marked as generated, scores carry their margin of error."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.builders import make_artifact
from tests.web.measured import make_run, make_suite

pytestmark = pytest.mark.django_db


def stated(client: Client, path: str, kind: str) -> list[dict[str, Any]]:
    html = client.get(path).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return [item for item in map(json.loads, found) if item["@type"] == kind]


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
    (observation,) = data["hasPart"]
    assert observation["value"] == pytest.approx(4 / 6, abs=1e-4)
    margin = observation["marginOfError"]
    assert margin["minValue"] < 0 < margin["maxValue"]
