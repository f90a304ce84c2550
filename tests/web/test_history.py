"""The history of an artifact: every statement kept, the one that counts marked, prices over time."""

import datetime as dt

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.builders import TODAY, make_artifact, make_fact, make_offer, make_source
from web.pages.artifact.fact_history import history_page

pytestmark = pytest.mark.django_db
BEFORE = TODAY - dt.timedelta(days=30)


def test_every_statement_is_kept_and_the_one_that_counts_is_marked(client: Client) -> None:
    artifact = make_artifact("alpha")
    make_fact(artifact, "parameter_count", 8_100_000_000)
    older = make_source("https://example.org/blog", name="Blog <b>post</b>", kind="community")
    make_fact(artifact, "parameter_count", 8_000_000_000, source=older, observed_on=BEFORE, is_winning=False)
    make_fact(artifact, "openness", "open-weights")
    page = history_page("alpha")
    assert page is not None
    openness, parameters = page.fields
    assert [(row.text, row.is_winning) for row in parameters.statements] == [
        ("8,100,000,000", True),
        ("8,000,000,000", False),
    ]
    assert parameters.is_disputed
    assert not openness.is_disputed
    html = client.get("/artifact/alpha/history/").content.decode()
    assert "Sources differ" in html
    assert "Blog &lt;b&gt;post&lt;/b&gt;" in html
    assert 'href="/artifact/alpha/history/"' in client.get("/artifact/alpha/").content.decode()


def test_prices_show_how_they_changed(client: Client) -> None:
    artifact = make_artifact("alpha")
    make_offer(artifact, "0.04", as_of=BEFORE)
    make_offer(artifact, "0.03")
    page = history_page("alpha")
    assert page is not None
    assert [(row.text, row.change) for row in page.prices[0].changes] == [
        ("$0.03 per image", "-25%"),
        ("$0.04 per image", ""),
    ]
    assert "-25%" in client.get("/artifact/alpha/history/").content.decode()


def test_nothing_known_is_said(client: Client) -> None:
    make_artifact("bare")
    html = client.get("/artifact/bare/history/").content.decode()
    assert "No source has been read yet" in html
    assert "No hosted price is known yet" in html
    assert client.get("/artifact/nobody/history/").status_code == 404


def test_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    artifact = make_artifact("alpha")
    for number in range(12):
        make_fact(artifact, f"field_{number}", number, source=make_source(f"https://example.org/{number}"))
        make_offer(artifact, f"0.{number + 1}", plan=f"Plan {number}")
    with django_assert_max_num_queries(3):
        history_page("alpha")
