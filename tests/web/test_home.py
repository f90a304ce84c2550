"""The home page: what changed lately, and the comparisons that people really open."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Artifact
from matchgraph.audience import SMALLEST_GROUP, opened_pairs
from matchgraph.models import Impression, Interaction, SearchEvent
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_artifact
from tests.web.measured import make_run, make_suite
from web.pages.showcase import showcase

pytestmark = pytest.mark.django_db


def open_together(*artifacts: Artifact, visitor: str, kind: str = "compare", days_ago: int = 0) -> None:
    event = SearchEvent.objects.create(query="posters", query_digest="x", visitor=visitor, n_results=3)
    SearchEvent.objects.filter(pk=event.pk).update(created_at=timezone.now() - dt.timedelta(days=days_ago))
    for position, artifact in enumerate(artifacts, start=1):
        shown = Impression.objects.create(event=event, artifact=artifact, position=position)
        Interaction.objects.create(impression=shown, kind=kind)


def test_comparisons_that_enough_people_opened_are_named(client: Client) -> None:
    alpha, beta, gamma = (make_artifact(slug) for slug in ("alpha", "beta", "gamma"))
    for number in range(SMALLEST_GROUP):
        open_together(beta, alpha, visitor=f"visitor {number}")
        open_together(alpha, gamma, visitor="one and the same")
        open_together(beta, gamma, visitor=f"visitor {number}", kind="click")
        open_together(gamma, beta, visitor=f"visitor {number}", days_ago=100)
    (pair,) = opened_pairs(limit=6)
    assert (pair.first_slug, pair.second_slug, pair.visitors) == ("alpha", "beta", SMALLEST_GROUP)
    html = client.get("/").content.decode()
    assert "What people compare" in html
    assert 'href="/compare/alpha-vs-beta/"' in html


def test_a_search_that_opened_three_opened_each_pair() -> None:
    three = [make_artifact(slug) for slug in ("alpha", "beta", "gamma")]
    for number in range(SMALLEST_GROUP):
        open_together(*three, visitor=f"visitor {number}")
    assert [(pair.first_slug, pair.second_slug) for pair in opened_pairs(limit=6)] == [
        ("alpha", "beta"),
        ("alpha", "gamma"),
        ("beta", "gamma"),
    ]


def test_pairs_about_what_is_drawn_come_before_those_of_anatomy(client: Client) -> None:
    one, two = make_artifact("one"), make_artifact("two")
    for slug, measures in (("bodies", "anatomy"), ("scenes", "adherence"), ("signs", "text")):
        suite = make_suite(slug)
        suite.measures = measures
        suite.save()
        suite.prompts.update(text=f"Drawn for {slug}")
        make_run(one, suite, [1, 0, 1, 1, 1, 0])
        make_run(two, suite, [0, 0, 1, 1, 1, 1])
    found = showcase()
    assert found is not None
    assert [pair.prompt for pair in found.pairs] == ["Drawn for scenes", "Drawn for signs"]
    assert found.rule in client.get("/").content.decode()


def test_the_counts_name_the_demonstration_models_beside_them(client: Client) -> None:
    make_artifact("real")
    make_artifact("tiny", is_demonstration=True)
    compute_rank(as_of=TODAY)
    pages = {path: client.get(path).content.decode() for path in ("/", "/about/", "/methodology/")}
    assert "1 artifacts besides 1 demonstration model of this site" in pages["/"]
    assert "artifacts described, besides 1 demonstration model<" in pages["/about/"]
    assert (
        "Published for 2 artifacts, 1 demonstration model of this site among them," in pages["/methodology/"]
    )


def test_what_changed_is_this_weeks_or_else_last_weeks(client: Client) -> None:
    artifact = make_artifact("alpha")
    html = client.get("/").content.decode()
    assert "What changed this week" in html
    assert "What people compare" not in html
    Artifact.objects.filter(pk=artifact.pk).update(created_at=timezone.now() - dt.timedelta(days=7))
    assert "What changed last week" in client.get("/").content.decode()
    Artifact.objects.filter(pk=artifact.pk).update(created_at=timezone.now() - dt.timedelta(days=30))
    assert "What changed" in client.get("/").content.decode()
    assert "last week" not in client.get("/").content.decode()
