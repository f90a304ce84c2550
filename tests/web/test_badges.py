"""Badges: what they say is true, fits, and is safe to show in somebody else's page."""

import datetime as dt
import json
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Artifact, Claim
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact
from tests.web.measured import make_run, make_suite
from web.badges.widths import text_width

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ranked(db: None) -> Artifact:
    artifact = make_artifact("alpha")
    make_adoption(artifact)
    make_run(artifact, make_suite(), [1, 1, 1, 0, None, 1])
    compute_rank(as_of=TODAY)
    artifact.refresh_from_db()
    return artifact


def drawn(client: Client, query: str = "") -> ET.Element:
    response = client.get(f"/badge/alpha.svg{query}")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/svg+xml")
    return ET.fromstring(response.content)  # noqa: S314 - our own drawing


def value_of(picture: ET.Element) -> str:
    return [str(text.text) for text in picture.iter(f"{SVG}text")][1]


def test_the_rank_is_the_published_one_with_its_interval(client: Client, ranked: Artifact) -> None:
    assert ranked.rank_score is not None
    said = value_of(drawn(client))
    assert said == f"{ranked.rank_score:.1f} ({ranked.rank_low:.0f}\N{EN DASH}{ranked.rank_high:.0f})"
    answer = json.loads(client.get("/badge/alpha.json").content)
    assert answer["message"] == said
    assert answer["schemaVersion"] == 1


def test_a_suite_shows_its_mean_and_what_was_not_measured_says_so(client: Client, ranked: Artifact) -> None:
    assert value_of(drawn(client, "?show=lettering")).startswith("67 (")
    assert value_of(drawn(client, "?show=anatomy")) == "not measured"


def test_verified_lasts_as_long_as_the_claim(client: Client, ranked: Artifact) -> None:
    user = User.objects.create(username="builder")
    assert value_of(drawn(client, "?show=verified")) == "not verified"
    claim = Claim.objects.create(artifact=ranked, user=user)
    assert value_of(drawn(client, "?show=verified")) == "not verified"
    claim.state, claim.verified_at = Claim.State.VERIFIED, timezone.now()
    claim.save()
    assert value_of(drawn(client, "?show=verified")) == "verified builder"
    Claim.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert value_of(drawn(client, "?show=verified")) == "not verified"


def test_the_boxes_hold_their_texts(client: Client, ranked: Artifact) -> None:
    for query in ("", "?show=verified", "?show=lettering"):
        picture = drawn(client, query)
        boxes = list(picture.iter(f"{SVG}rect"))
        for box, text in zip(boxes, picture.iter(f"{SVG}text"), strict=True):
            left, width = float(box.get("x", 0)), float(box.get("width", 0))
            start, length = float(text.get("x", 0)), float(text.get("textLength", 0))
            assert length == pytest.approx(text_width(str(text.text)))
            assert left < start
            assert start + length < left + width
        assert float(picture.get("width", 0)) == pytest.approx(sum(float(b.get("width", 0)) for b in boxes))


@pytest.mark.parametrize(
    ("text", "width"),
    [
        # As Chromium measures them, at 11 px in a face with Helvetica's widths.
        ("UnfragileRank", 69.7),
        ("71.5 (66\N{EN DASH}77)", 62.4),
        ("verified builder", 71.5),
        ("Größe ÄÖÜ", 58.1),
        ("Кириллица", 56.2),
    ],
)
def test_widths_are_those_that_browsers_draw(text: str, width: float) -> None:
    assert text_width(text) == pytest.approx(width, abs=0.05)


@given(st.text(max_size=40), st.text(max_size=40))
def test_widths_add_up(first: str, second: str) -> None:
    assert text_width(first + second) == pytest.approx(text_width(first) + text_width(second), abs=0.02)


def test_a_badge_follows_the_readers_theme_unless_told(client: Client, ranked: Artifact) -> None:
    assert b"prefers-color-scheme" in client.get("/badge/alpha.svg").content
    light, dark = (client.get(f"/badge/alpha.svg?theme={name}").content for name in ("light", "dark"))
    assert b"prefers-color-scheme" not in light + dark
    assert light != dark


def test_badges_are_cached_and_answer_conditions(client: Client, ranked: Artifact) -> None:
    for path in ("/badge/alpha.svg", "/badge/alpha.json"):
        first = client.get(path)
        assert "max-age=300" in first["Cache-Control"]
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("show", ["<script>alert(1)</script>", '"><svg onload=x>', "\x00", "&amp;" * 500])
def test_hostile_parameters_stay_text(client: Client, ranked: Artifact, show: str) -> None:
    response = client.get("/badge/alpha.svg", {"show": show, "theme": show})
    assert b"<script" not in response.content
    assert b"onload=x>" not in response.content
    assert ET.fromstring(response.content).tag == f"{SVG}svg"  # noqa: S314 - our own drawing
    assert "script-src" not in response["Content-Security-Policy"]


def test_an_unknown_artifact_has_a_badge_that_says_so(client: Client, db: None) -> None:
    response = client.get("/badge/nobody.svg")
    assert response.status_code == 404
    assert b"not in the catalogue" in response.content
    assert "ETag" not in response
