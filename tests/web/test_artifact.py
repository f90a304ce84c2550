"""The artifact page: every element, each value with its source, nothing invented."""

import copy
import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Artifact, Category
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.services.build import build_matchgraph
from ranking.compute.formula import read_definition
from ranking.models import RankSnapshot
from ranking.selectors import published_rank
from ranking.services import publish
from ranking.services.publish import compute_rank
from tests.builders import (
    TODAY,
    make_adoption,
    make_artifact,
    make_capability,
    make_fact,
    make_link,
    make_offer,
    make_reported_result,
)
from tests.web.measured import make_run, make_suite
from web.pages.artifact.history import rank_history
from web.pages.artifact.page import artifact_page

pytestmark = pytest.mark.django_db
AT_MOST = 22


def make_complete(n: int) -> Artifact:
    """Make an artifact with ``n`` rows of everything."""
    artifact = make_artifact("complete", best_for=["posters"], limitations=["slow"], requirements=["a GPU"])
    artifact.categories.add(Category.objects.create(slug="shelf", name="Shelf", description="A shelf."))
    for number in range(n):
        make_capability(artifact, f"Capability {number}")
        make_offer(artifact, plan=f"Plan {number}")
        make_reported_result(artifact, f"0.{number + 10}")
        make_link(artifact, url=f"https://example.org/{number}")
        make_run(artifact, make_suite(f"suite-{number}"), [1, 1, 0, None, 0, 1])
        make_capability(make_artifact(f"other-{number}"), "Capability 0")
    make_adoption(artifact, value=12_345)
    make_fact(artifact, "openness", "open-weights")
    return artifact


@pytest.mark.parametrize("n", [1, 9])
def test_queries_do_not_grow_with_the_rows(
    n: int, embedder: HashingEmbedder, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_complete(n)
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    with django_assert_max_num_queries(AT_MOST):
        page = artifact_page("complete")
    assert page is not None
    assert page.related
    assert page.pictures


def test_every_element_is_there(client: Client, embedder: HashingEmbedder) -> None:
    make_complete(9)
    build_matchgraph(embedder)
    compute_rank(as_of=TODAY)
    html = client.get("/artifact/complete/").content.decode()
    for words in (
        "What it draws",
        "Measured by us",
        "High confidence, written by our editors",
        "+3 more capabilities",
        "Best for",
        "Known limitations",
        "Requirements",
        "Input and output",
        "About Complete",
        "Related by what they can do",
        "Alternatives",
        "Categories",
        "Are you the builder?",
        "Data sources",
        "Looking for something else?",
        "Most to gain",
        "12,345",
        "$0.04 per image",
        "9 results reported by others, not verified by us",
    ):
        assert words in html, words


def test_what_is_not_known_is_said_to_be_unknown(client: Client) -> None:
    make_artifact("bare")
    html = client.get("/artifact/bare/").content.decode()
    for words in ("Not ranked yet", "Not measured yet", "No price known yet", "No counts known yet"):
        assert words in html, words
    for word in ("unknown", "unspecified", "None<", ">0<"):
        assert word not in html.lower(), word


@pytest.mark.parametrize("path", ["/artifact/sdnxt/", "/artifact/sdnxt.md", "/alternatives/sdnxt/"])
def test_an_unknown_name_is_answered_with_the_nearest(client: Client, path: str) -> None:
    make_artifact("sdnext")
    response = client.get(path)
    assert response.status_code == 404
    assert 'href="/artifact/sdnext/"' in response.content.decode()


def test_a_moved_rank_says_why_in_parts_that_add_up(client: Client) -> None:
    artifact = make_artifact("mover")
    make_adoption(artifact, "likes", 3)
    compute_rank(as_of=TODAY)
    assert 'id="moved"' not in client.get("/artifact/mover/").content.decode()
    later = TODAY + dt.timedelta(days=8)
    make_adoption(artifact, "likes", 9000, observed_on=later)
    compute_rank(as_of=later)
    page = artifact_page("mover")
    assert page is not None
    assert page.history is not None
    assert page.history.trend is not None
    assert sum(Decimal(reason.points) for reason in page.history.reasons) == Decimal(page.history.points) > 0
    html = client.get("/artifact/mover/").content.decode()
    assert "Likes: 3, now 9,000" in html
    assert "Likes: 3, now 9,000" in client.get("/artifact/mover.md").content.decode()


def test_a_program_is_not_said_to_want_for_measurements(client: Client) -> None:
    make_artifact("studio", kind="app")
    for path in ("/artifact/studio/", "/artifact/studio.md"):
        answer = client.get(path).content.decode()
        assert "Does not apply: it makes no pictures by itself" in answer
        assert "Not measured yet" not in answer
    page = artifact_page("studio")
    assert page is not None
    assert {line.label: line.text for line in page.facts}["Parameters"] == "Does not apply"


def test_what_is_given_up_wears_it_in_head_and_lists(client: Client) -> None:
    shelf = Category.objects.create(slug="shelf", name="Shelf")
    for slug, status in (("alpha", "deprecated"), ("beta", "archived"), ("gamma", "dormant")):
        make_artifact(slug, status=status).categories.add(shelf)
    compute_rank(as_of=TODAY)
    chip = '<span class="tag bad">{}</span>'.format
    alpha, gamma = (client.get(f"/artifact/{slug}/").content.decode() for slug in ("alpha", "gamma"))
    head = alpha.partition("</header>")[2].partition("</header>")[0]
    assert (chip("Deprecated") in head, chip("Archived") in head) == (True, False)
    assert chip("Archived") in alpha
    assert 'class="tag bad"' not in gamma.partition("</header>")[2].partition("</header>")[0]


def test_rank_and_price_come_before_the_pictures(client: Client) -> None:
    make_artifact("alpha")
    html = client.get("/artifact/alpha/").content.decode()
    parts = ('id="rank"', 'id="pricing"', 'id="scores"', 'id="details"')
    assert sorted(parts, key=html.index) == list(parts)


def test_a_demonstrations_score_says_what_it_is(client: Client) -> None:
    suite = make_suite()
    for slug in ("tiny", "toy"):
        make_run(make_artifact(slug, is_demonstration=True), suite, [1, 1, 0, 1, 0, 1])
    compute_rank(as_of=TODAY)
    html = client.get("/artifact/tiny/").content.decode()
    assert "of 100, demonstration</span>" in html
    assert 'class="score-value">67 <span class="note">demonstration</span>' in html
    assert '<span class="note">demonstration</span>' in client.get("/compare/tiny-vs-toy/").content.decode()


def test_a_snapshot_that_moved_nothing_is_no_movement(client: Client) -> None:
    artifact = make_artifact("mover")
    compute_rank(as_of=TODAY)
    make_adoption(make_artifact("other"), "likes", 5)
    compute_rank(as_of=TODAY, accept=True)
    assert RankSnapshot.objects.count() == 2
    rank = published_rank(artifact.pk)
    assert rank is not None
    assert rank_history(rank) is None
    assert 'id="moved"' not in client.get("/artifact/mover/").content.decode()


def test_a_new_formula_is_named_where_it_moved_the_score(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = read_definition()
    older = {**copy.deepcopy(definition), "version": "0"}
    points = older["points"]["model"]
    points["downloads_30d"], points["hosting_providers"] = (
        points["hosting_providers"],
        points["downloads_30d"],
    )
    artifact = make_artifact("alpha")
    make_adoption(artifact, value=12_345)
    with monkeypatch.context() as patch:
        patch.setattr(publish, "read_definition", lambda: older)
        compute_rank(as_of=TODAY - dt.timedelta(days=7))
    compute_rank(as_of=TODAY, accept=True)
    html = client.get("/artifact/alpha/").content.decode()
    assert "with a new formula" in html
    assert f"Formula 0 became formula {definition['version']}" in html


def test_the_path_leads_over_the_shelf_that_its_kind_stands_on(client: Client) -> None:
    """A model that can be tuned is no tuner."""
    tuning = Category.objects.create(slug="a-tuning", name="A tuning shelf", description="Tuners.")
    drawing = Category.objects.create(slug="drawing", name="Drawing", description="Models.")
    model = make_artifact("model")
    tuning.artifacts.add(model, *(make_artifact(f"tuner-{n}", kind="framework") for n in range(3)))
    drawing.artifacts.add(model, make_artifact("other-model"))
    page = artifact_page("model")
    assert page is not None
    assert [crumb.name for crumb in page.meta.crumbs] == ["Drawing", "Model"]
