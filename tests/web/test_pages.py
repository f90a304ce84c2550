"""Home, search, leaderboard, shelves, alternatives, suites, prompts, runs, methodology."""

import io
import re

import pytest
from django.test import Client
from PIL import Image

from catalog.models import Artifact, Category
from evaluation.models import Run
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.models import SearchEvent
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_capability
from tests.web.measured import make_run, make_scorer_report, make_suite

pytestmark = pytest.mark.django_db
READER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}


@pytest.fixture
def small_catalogue(embedder: HashingEmbedder) -> Run:
    """Three artifacts, of which two demonstration models are measured."""
    real = make_artifact("real")
    make_adoption(real, value=50_000)
    make_capability(real, "Text rendering", intents=["readable words on a poster"])
    suite = make_suite()
    first, second = (make_artifact(slug, is_demonstration=True) for slug in ("demo-a", "demo-b"))
    for artifact in (first, second):
        make_capability(artifact, "Text rendering", intents=["readable words on a poster"])
    run = make_run(first, suite, [1, 1, 1, 0, None, 1])
    make_run(second, suite, [0, 1, 0, 0, 0, 1])
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    return run


@pytest.mark.parametrize(
    "path", ["/", "/search", "/leaderboard/", "/suites/", "/methodology/", "/sitemap.xml"]
)
def test_an_empty_site_has_its_pages(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_home_begins_with_search_and_shows_pictures(client: Client, small_catalogue: Run) -> None:
    html = client.get("/").content.decode()
    assert html.index('role="search"') < html.index("Same prompt, same seed")
    assert "/compare/demo-a-vs-demo-b/" in html
    assert "/media/images/" in html


def test_demonstration_models_stay_out_of_the_leaderboard(client: Client, small_catalogue: Run) -> None:
    for path in ("/leaderboard/", "/leaderboard/?kind=nonsense", "/leaderboard/?page=99"):
        html = client.get(path).content.decode()
        assert "/artifact/real/" in html
        assert "demo-a" not in html


def test_a_shelf_shows_its_artifacts_and_an_unknown_one_is_not_found(
    client: Client, small_catalogue: Run
) -> None:
    shelf = Category.objects.create(slug="shelf", name="Shelf", description="All of them.")
    shelf.artifacts.add(make_artifact("unranked"))
    html = client.get("/category/shelf/").content.decode()
    assert "Not ranked yet" in html
    assert "/artifact/unranked/" in html
    assert client.get("/category/nowhere/").status_code == 404


def test_search_says_why_and_offers_to_compare(client: Client, small_catalogue: Run) -> None:
    html = client.get("/search", {"q": "readable words on a poster"}, headers=READER).content.decode()
    assert "Text rendering" in html
    assert 'name="pick" value="real"' in html
    assert "noindex" in html


def test_a_search_is_counted_for_people_and_not_for_bots(client: Client, small_catalogue: Run) -> None:
    client.get("/search", {"q": "poster"}, headers={"user-agent": "SomeBot/1.0"})
    assert not SearchEvent.objects.exists()
    client.get("/search", {"q": "poster"}, headers=READER)
    event = SearchEvent.objects.get()
    assert "127.0.0.1" not in event.visitor
    assert len(event.visitor) == 64


def test_alternatives_come_with_a_comparison(client: Client, small_catalogue: Run) -> None:
    html = client.get("/alternatives/demo-a/").content.decode()
    assert 'href="/compare/demo-a-vs-demo-b/"' in html


@pytest.mark.parametrize(
    ("path", "image", "shown"),
    [
        ("/leaderboard/", "/leaderboard.png", "Model leaderboard, "),
        ("/leaderboard/?kind=agent", "/leaderboard.png?kind=agent", "Nothing is ranked here yet"),
        ("/category/shelf/", "/category/shelf.png", ": Real "),
        ("/suites/lettering/", "/suites/lettering.png", ": Demo A 67, Demo B 33"),
        ("/leaderboard/lettering/", "/suites/lettering.png", ": Demo A 67, Demo B 33"),
        ("/suites/posters/", "/suites/posters.png", ": 6 prompts and no model run on them yet"),
    ],
)
def test_a_shared_list_shows_its_best(
    client: Client, small_catalogue: Run, path: str, image: str, shown: str
) -> None:
    make_artifact("pen", kind="agent")
    make_suite("posters")
    shelf = Category.objects.create(slug="shelf", name="Shelf", description="All of them.")
    shelf.artifacts.add(Artifact.objects.get(slug="real"))
    html = client.get(path).content.decode()
    assert f'<meta property="og:image" content="http://testserver{image}">' in html
    alt = re.search(r'<meta property="og:image:alt" content="([^"]*)">', html)
    assert alt is not None
    assert shown in alt[1]
    answer = client.get(image)
    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)


@pytest.mark.parametrize("path", ["/category/nowhere.png", "/suites/nowhere.png"])
def test_an_unknown_list_has_no_picture(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_suite_shows_scores_and_every_prompt(client: Client, small_catalogue: Run) -> None:
    html = client.get("/suites/lettering/").content.decode()
    assert "demonstration model" in html
    assert all(f"/suites/lettering/word-{number}/" in html for number in range(6))
    assert client.get("/suites/nowhere/").status_code == 404


def test_a_prompt_shows_every_model_and_its_failures(client: Client, small_catalogue: Run) -> None:
    html = client.get("/suites/lettering/word-4/").content.decode()
    assert "Refused by the model&#x27;s filter" in html
    assert "/artifact/demo-a/" in html
    assert "/artifact/demo-b/" in html
    assert client.get("/suites/lettering/nothing/").status_code == 404


def test_a_run_shows_every_sample(client: Client, small_catalogue: Run) -> None:
    html = client.get(small_catalogue.get_absolute_url()).content.decode()
    for sample in small_catalogue.samples.all():
        assert f'id="sample-{sample.pk}"' in html
        assert str(sample.seed) in html
    assert "1 filtered" in html
    assert client.get("/runs/999999/").status_code == 404


def test_methodology_prints_weights_suites_and_errors(client: Client, small_catalogue: Run) -> None:
    make_scorer_report()
    html = client.get("/methodology/").content.decode()
    for words in ("Downloads in 30 days", "Lettering", "clean-words", "0.990", "No artifact can pay"):
        assert words in html, words
