"""The page of a search says what is known to fit, that nothing does, and what would have to give."""

import pytest
from django.test import Client

from catalog.models import Artifact
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.models import SearchEvent
from matchgraph.services.build import build_matchgraph
from tests.builders import make_artifact, make_capability, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(embedder: HashingEmbedder) -> None:
    for slug, memory in (("small", "6"), ("large", "40"), ("untold", None)):
        artifact = make_artifact(slug, name=slug.title(), memory_gb=memory)
        make_capability(artifact, "Text rendering", description="Puts readable words on posters.")
    build_matchgraph(embedder)


def page(client: Client, query: str) -> str:
    return client.get("/search", {"q": query}).content.decode()


@pytest.mark.usefixtures("catalogue")
def test_what_is_known_to_fit_stands_apart_from_what_may(client: Client) -> None:
    html = page(client, "readable words on a poster, 8 GB")
    known, _, rest = html.partition("Less sure")
    assert "Small" in known.partition("<h1>")[2]
    assert ">Untold</a></h2>" in rest
    assert 'start="2"' in rest
    assert "Memory needed: not known" in rest
    assert "Large</a></h2>" not in html


@pytest.mark.usefixtures("catalogue")
def test_an_answer_that_names_its_search_is_kept_by_nobody(client: Client) -> None:
    answer = client.get("/search", {"q": "readable words"}, headers={"User-Agent": "Mozilla/5.0"})
    assert str(SearchEvent.objects.get().pk) in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("catalogue")
def test_nothing_fits_is_said_and_no_answers_are_counted(client: Client) -> None:
    html = page(client, "quarterly tax return in Portugal")
    assert "<h1>Nothing fits</h1>" in html
    assert "answers</h1>" not in html


@pytest.mark.usefixtures("catalogue")
def test_a_condition_that_would_have_to_give_leads_to_the_search_without_it(client: Client) -> None:
    html = page(client, "dataset of readable words on a poster")
    assert "What would have to give" in html
    assert 'href="/search?q=of+readable+words+on+a+poster"' in html
    answer = client.get("/api/v1/search", {"q": "dataset of readable words on a poster"}).json()
    assert answer["is_weak"]
    assert [item["constraint"]["value"] for item in answer["relaxations"]] == ["dataset"]
    resolved = client.get("/api/v1/resolve", {"intent": "dataset of readable words on a poster"}).json()
    assert resolved["recommendation"] is None
    assert resolved["relaxations"] == answer["relaxations"]


@pytest.mark.usefixtures("catalogue")
def test_the_api_counts_what_is_known_to_fit_as_the_page_does(client: Client) -> None:
    answer = client.get("/api/v1/search", {"q": "readable words on a poster, 8 GB"}).json()
    assert answer["n_known"] == 1
    assert [item["artifact"]["slug"] for item in answer["items"]] == ["small", "untold"]


@pytest.mark.usefixtures("catalogue")
def test_names_and_intents_are_offered_while_typing_without_a_script(client: Client) -> None:
    html = page(client, "words")
    offered = html.partition('<datalist id="suggestions">')[2].partition("</datalist>")[0]
    assert '<option value="Small">' in offered
    assert 'list="suggestions"' in html


@pytest.mark.usefixtures("catalogue")
def test_nothing_of_unknown_memory_is_recommended(client: Client) -> None:
    words = {"intent": "readable words on a poster, 8 GB"}
    assert client.get("/api/v1/resolve", words).json()["recommendation"]["hit"]["artifact"]["slug"] == "small"
    Artifact.objects.filter(slug="small").update(memory_gb=None)
    assert client.get("/api/v1/resolve", words).json()["recommendation"] is None


@pytest.mark.usefixtures("catalogue")
def test_what_was_given_up_wears_a_chip_and_is_recommended_by_name_alone(client: Client) -> None:
    Artifact.objects.filter(slug__in=["small", "large", "untold"]).update(status="deprecated")
    words = "readable words on a poster"
    assert '<span class="tag mark">Deprecated</span>' in page(client, words)
    assert client.get("/api/v1/resolve", {"intent": words}).json()["recommendation"] is None
    best = client.get("/api/v1/resolve", {"intent": "small"}).json()["recommendation"]
    assert best["hit"]["artifact"]["slug"] == "small"
    assert best["hit"]["status"] == "Deprecated"


def test_a_search_says_the_price_that_the_artifacts_page_says(
    client: Client, embedder: HashingEmbedder
) -> None:
    artifact = make_artifact("seller", name="Seller", openness="api-only")
    make_offer(artifact, "0.005", detail="1024x1536, low quality", plan="tall")
    make_offer(artifact, "0.0013", unit="megapixel", detail="billed per pixel", plan="pixels")
    build_matchgraph(embedder)
    (item,) = client.get("/api/v1/search", {"q": "under $0.02 per image"}).json()["items"]
    shown = client.get("/api/v1/artifacts/seller").json()["starting_price"]["text"]
    assert item["starting_price"] == shown
    assert item["why"] == [f"From {shown}"]
