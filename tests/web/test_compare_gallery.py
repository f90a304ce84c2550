"""Every picture of a comparison: nothing left out, filters that add up, evidence that can be drawn."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Artifact
from evaluation.models import Sample, Score
from tests.builders import make_artifact
from tests.web.measured import make_run, make_suite
from web.pages.compare.gallery import compare_gallery_page

pytestmark = pytest.mark.django_db
PATH = "/compare/alpha-vs-beta/pictures/"
N_PROMPTS = 30


@pytest.fixture
def pair() -> tuple[Artifact, Artifact]:
    """Two artifacts that ran the same two suites; B failed some, and lost some to its filter."""
    first, second = make_artifact("alpha"), make_artifact("beta")
    for slug in ("lettering", "signs"):
        suite = make_suite(slug, n_prompts=N_PROMPTS)
        make_run(first, suite, [1.0] * N_PROMPTS)
        make_run(second, suite, [None if n % 5 == 0 else float(n % 2) for n in range(N_PROMPTS)])
    return first, second


def records(html: str) -> list[str]:
    return re.findall(r'class="note record" href="/runs/\d+/samples/(\d+)/"', html)


def test_generated_is_displayed(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    shown: list[str] = []
    for number in range(1, 4):
        shown += records(client.get(PATH, {"page": number}).content.decode())
    assert sorted(map(int, shown)) == sorted(Sample.objects.values_list("pk", flat=True))


def test_filters_add_up(pair: tuple[Artifact, Artifact]) -> None:
    page = compare_gallery_page("alpha", "beta", {})
    assert page is not None
    for item in page.filters[:2]:
        every, *values = item.choices
        assert every.count == page.n_all == sum(choice.count for choice in values) == 2 * N_PROMPTS
    outcomes = {choice.value: choice.count for choice in page.filters[2].choices}
    assert outcomes["a-passes-b-fails"] + outcomes["both-pass"] == page.n_all
    assert outcomes["no-picture"] == 2 * N_PROMPTS / 5
    assert "b-passes-a-fails" not in outcomes


def test_an_outcome_is_one_link_away(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    html = client.get("/compare/alpha-vs-beta/").content.decode()
    path = re.search(r'href="([^"]*outcome=a-passes-b-fails)"', html)
    assert path is not None
    shown = client.get(path[1]).content.decode()
    assert "✓ 100 of 100" in shown
    counts = re.search(r"(\d+) of (\d+) pairs", shown)
    assert counts is not None
    assert int(counts[1]) < int(counts[2])
    assert shown.count("✓ 100 of 100") == shown.count("✕ 0 of 100") > 0


@pytest.mark.parametrize("query", ["suite=none", "outcome=x", "stratum=%00", "page=99", "page=x"])
def test_values_that_nothing_has_filter_nothing(
    client: Client, pair: tuple[Artifact, Artifact], query: str
) -> None:
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 200
    assert f"{2 * N_PROMPTS} of {2 * N_PROMPTS} pairs" in response.content.decode()


def test_few_queries(
    pair: tuple[Artifact, Artifact], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        compare_gallery_page("alpha", "beta", {"suite": "signs"})


def test_one_address(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    moved = client.get("/compare/beta-vs-alpha/pictures/")
    assert (moved.status_code, moved["Location"]) == (301, PATH)
    assert client.get("/compare/alfa-vs-beta/pictures/").status_code == 404


def test_evidence_is_drawn_over_the_picture(client: Client, pair: tuple[Artifact, Artifact]) -> None:
    score = Score.objects.filter(sample__status="ok").order_by("pk")[0]
    score.evidence = {
        "regions": [
            {"asked": "CAT", "read": "C<T", "is_exact": False, "edits": 1, "box": [0.1, 0.2, 0.6, 0.4]}
        ]
    }
    score.save()
    html = client.get(PATH).content.decode()
    assert 'translate(10.0 20.0)"><rect class="halo" width="50.0" height="20.0"/>' in html
    assert "Asked for “CAT”, read “C&lt;T”" in html
    assert "Draw what the reader found" in html
