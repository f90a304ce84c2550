"""One product costs the same on every page that shows its price."""

import json

import pytest
from django.test import Client

from catalog.models import Artifact
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_artifact, make_capability, make_offer
from web.pages.leaderboard.page import leaderboard_page
from web.pages.search import search_page

pytestmark = pytest.mark.django_db
BY_PIXEL = "$1.36 per 1,000 pictures at 1024×1024"
BY_QUALITY = "$0.053 a picture at 1024×1024, medium quality"
PRICES = {"alpha": BY_PIXEL, "beta": BY_QUALITY}


@pytest.fixture
def priced(embedder: HashingEmbedder) -> list[Artifact]:
    """Two ranked models that share a capability: one is billed by the pixel, one by quality."""
    alpha, beta = make_artifact("alpha"), make_artifact("beta")
    make_offer(alpha, "0.0013", unit="megapixel", detail="billed per pixel")
    make_offer(alpha, "0.004", plan="Per image")
    for amount, quality in (("0.006", "low"), ("0.053", "medium"), ("0.211", "high")):
        make_offer(beta, amount, detail=f"1024x1024, {quality} quality")
    for artifact in (alpha, beta):
        make_capability(artifact, "Words on a poster")
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    return [alpha, beta]


def test_every_page_and_the_api_say_one_price(client: Client, priced: list[Artifact]) -> None:
    found = search_page("words on a poster", visitor=None)
    assert {hit.card.slug: hit.starting_price for hit in found.hits} == PRICES
    compared = client.get("/compare/alpha-vs-beta/").content.decode()
    board = client.get("/leaderboard/").content.decode()
    for artifact, other in (priced, priced[::-1]):
        price = PRICES[artifact.slug]
        assert f"from {price}</span>" in client.get(f"/artifact/{artifact.slug}/").content.decode()
        assert f"from {price}" in client.get(f"/alternatives/{other.slug}/").content.decode()
        assert price in board
        assert price in compared
        answer = json.loads(client.get(f"/api/v1/artifacts/{artifact.slug}").content)
        assert answer["starting_price"]["text"] == price


def test_the_listed_unit_follows_in_the_details(client: Client, priced: list[Artifact]) -> None:
    html = client.get("/artifact/alpha/").content.decode()
    assert (
        f"From {BY_PIXEL}: Acme API, Pay as you go, listed as $1.30 per 1,000 megapixels (billed per pixel)."
        in html
    )
    assert "listed as" not in client.get("/artifact/beta/").content.decode()


def test_the_chart_draws_the_price_that_the_rows_say(priced: list[Artifact]) -> None:
    rows = {row.card.slug: row.price for row in leaderboard_page({}).page.object_list}
    assert rows["alpha"] == pytest.approx(0.0013631488)
    assert rows["beta"] == pytest.approx(0.053)


def test_an_alternative_says_what_speaks_for_it(client: Client, priced: list[Artifact]) -> None:
    alpha, beta = priced
    Artifact.objects.filter(pk=beta.pk).update(openness="api-only")
    for_beta = client.get("/alternatives/beta/").content.decode()
    assert "Shares 1 of 1 capabilities of Beta; cheaper; open weights; overlap 100 of 100" in for_beta
    assert (
        "Shares 1 of 1 capabilities; cheaper; open weights: "
        in client.get("/artifact/beta/").content.decode()
    )
    assert "capabilities of Alpha; overlap" in client.get(f"/alternatives/{alpha.slug}/").content.decode()
