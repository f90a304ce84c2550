"""Three and four artifacts at once: one canonical address, the same rows, nothing claimed inside an interval."""

import csv
import io
from itertools import combinations

import pytest
from django.test import Client
from django.utils.html import escape
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from catalog.models import Artifact, Capability
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_capability
from tests.web.measured import make_run, make_suite
from web.pages.compare.several import several_page

SLUGS = ("alpha", "beta", "delta", "gamma")


@pytest.fixture
def four(db: None) -> tuple[Artifact, ...]:
    """Four artifacts; two suites that all ran, one of them with a refused picture."""
    artifacts = tuple(make_artifact(slug) for slug in SLUGS)
    suites = make_suite(), make_suite("signs")
    for place, artifact in enumerate(artifacts):
        make_adoption(artifact, value=10**place)
        make_capability(artifact)
        for suite in suites:
            make_run(artifact, suite, [1, 0, None if place == 2 else 1, float(place > 1), 1, 0])
    compute_rank(as_of=TODAY)
    return artifacts


@pytest.mark.parametrize("n", [3, 4])
def test_all_stand_in_one_table(client: Client, four: tuple[Artifact, ...], n: int) -> None:
    page = several_page(SLUGS[:n])
    assert page is not None
    assert len(page.pairs) == n * (n - 1) // 2
    assert all(len(row.cells) == n for group in page.groups for row in group.rows)
    html = client.get(f"/compare/{'-vs-'.join(SLUGS[:n])}/").content.decode()
    for pair in page.pairs:
        assert f'href="{pair.path}"' in html
        assert client.get(pair.path).status_code == 200
    assert html.count("<img") == sum(bool(p.url) for item in page.sets for p in item.pictures)
    assert page.picture_rule in html


def test_pictures_are_of_one_prompt_and_seed(four: tuple[Artifact, ...]) -> None:
    page = several_page(SLUGS)
    assert page is not None
    assert [item.suite for item in page.sets] == ["Lettering", "Lettering", "Signs", "Signs"]
    for item in page.sets:
        assert len(item.pictures) == 4
        assert {picture.seed for picture in item.pictures} == {item.seed}


@pytest.mark.parametrize("ending", ["/", ".md"])
def test_any_order_leads_to_one_address(client: Client, four: tuple[Artifact, ...], ending: str) -> None:
    response = client.get(f"/compare/gamma-vs-alpha-vs-beta-vs-alpha{ending}")
    assert response.status_code == 301
    assert response["Location"] == f"/compare/alpha-vs-beta-vs-gamma{ending}"
    assert client.get(response["Location"]).status_code == 200


def test_the_form_takes_up_to_four(client: Client, four: tuple[Artifact, ...]) -> None:
    picked = client.get("/compare/", {"pick": ["gamma", "beta", "alpha", "beta"]})
    assert picked["Location"] == "/compare/alpha-vs-beta-vs-gamma/"
    names = {"a": "Alpha", "b": "beta", "c": "delta", "d": "gamma"}
    assert client.get("/compare/", names)["Location"] == "/compare/alpha-vs-beta-vs-delta-vs-gamma/"
    assert client.get("/compare/", {**names, "pick": "x"}).status_code == 400


def test_unknown_and_too_many_are_not_found(client: Client, four: tuple[Artifact, ...]) -> None:
    response = client.get("/compare/alfa-vs-beta-vs-gamma/")
    assert response.status_code == 404
    assert 'href="/compare/alpha-vs-beta-vs-gamma/"' in response.content.decode()
    make_artifact("omega")
    assert client.get("/compare/alpha-vs-beta-vs-delta-vs-gamma-vs-omega/").status_code == 404


def test_few_queries(
    four: tuple[Artifact, ...], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(10):
        several_page(SLUGS)


def test_differences_of_every_two_are_judged_together(client: Client, four: tuple[Artifact, ...]) -> None:
    page = several_page(SLUGS)
    assert page is not None
    html = client.get(page.meta.path).content.decode()
    found = page.scores.differences
    assert len(found) == 2 * 6
    assert {(apart.first.name, apart.second.name) for _, apart in found} == set(
        combinations(("Alpha", "Beta", "Delta", "Gamma"), 2)
    )
    for _, apart in found:
        assert escape(apart.words) in html
        assert apart.is_tie == (apart.span.low <= 0 <= apart.span.high)
    # Of twelve differences that are shown together each is judged more strictly than alone.
    assert all("95 % interval" not in apart.words for _, apart in found if not apart.is_tie)


def test_every_capability_stands_in_one_place(
    client: Client, four: tuple[Artifact, ...], embedder: HashingEmbedder
) -> None:
    for artifact in four:
        make_capability(artifact, f"Only {artifact.name} does this", description=f"As {artifact.slug} alone.")
    make_capability(four[1], "Inpainting", description="Fills a hole.")
    build_matchgraph(embedder)
    page = several_page(SLUGS)
    assert page is not None
    rows = [note for row in page.capabilities.rows for _, note in row.answers if note]
    alone = [note for only in page.capabilities.only for note in only.notes]
    anchors = [note.anchor for note in (*rows, *alone)]
    assert sorted(anchors) == sorted(
        f"capability-{pk}" for pk in Capability.objects.values_list("pk", flat=True)
    )
    html = client.get(page.meta.path).content.decode()
    for anchor in anchors:
        assert html.count(f'id="{anchor}"') == 1
    assert [len(row.answers) for row in page.capabilities.rows] == [4] * len(page.capabilities.rows)


@pytest.mark.parametrize("n", [2, 3])
def test_twins_state_what_the_page_states(client: Client, four: tuple[Artifact, ...], n: int) -> None:
    pair = "-vs-".join(SLUGS[:n])
    html = client.get(f"/compare/{pair}/").content.decode()
    for ending in ("json", "csv"):
        assert f'href="/compare/{pair}.{ending}"' in html
        turned = client.get(f"/compare/{'-vs-'.join(reversed(SLUGS[:n]))}.{ending}")
        assert (turned.status_code, turned["Location"]) == (301, f"/compare/{pair}.{ending}")
        assert client.get(f"/compare/nobody-vs-nothing.{ending}").status_code == 404
    stated = client.get(f"/compare/{pair}.json")
    assert stated["Content-Type"] == "application/json"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/compare/{pair}.csv").content.decode())))
    assert list(rows[0]) == ["group", "feature", *SLUGS[:n], "differs"]
    told = {row["label"]: row for row in stated.json()["features"]}
    assert {row["feature"] for row in rows} == set(told)
    for row in rows:
        assert (row["differs"] == "yes") == told[row["feature"]]["is_different"]


@pytest.mark.parametrize("n", [2, 4])
def test_a_shared_link_has_a_picture(client: Client, four: tuple[Artifact, ...], n: int) -> None:
    pair = "-vs-".join(SLUGS[:n])
    Artifact.objects.filter(slug="beta").update(name="A very\r\nlong name " * 8)
    html = client.get(f"/compare/{pair}/").content.decode()
    assert f'<meta property="og:image" content="http://testserver/compare/{pair}.png">' in html
    drawn = client.get(f"/compare/{pair}.png")
    assert drawn["Content-Type"] == "image/png"
    image = Image.open(io.BytesIO(drawn.content))
    assert image.size == (1200, 630)
    colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    assert {(10, 84, 196), (168, 67, 7)} <= colours
    assert client.get("/compare/nobody-vs-nothing.png").status_code == 404
