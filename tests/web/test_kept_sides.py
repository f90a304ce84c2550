"""Sides of comparisons are kept for a minute per state of the data, and say the same as when loaded anew."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Artifact
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_capability, make_offer
from tests.web.measured import make_run, make_suite
from web.freshness import forget_version
from web.pages.compare.kept import forget_sides

pytestmark = pytest.mark.django_db
PATH = "/compare/alpha-vs-beta/"


@pytest.fixture(autouse=True)
def kept(settings: Settings) -> Iterator[None]:
    """Three artifacts, two of them measured, and nothing kept yet."""
    settings.COMPARED_SIDES_KEPT = 4
    suite = make_suite()
    for slug in ("alpha", "beta", "gamma"):
        artifact = make_artifact(slug, licence_name="MIT License", licence_outputs_commercial="yes")
        make_adoption(artifact)
        make_capability(artifact)
        make_offer(artifact)
        if slug != "gamma":
            make_run(artifact, suite, [1, 0, None, 1, 1, 0])
    compute_rank(as_of=TODAY)
    forget_sides()
    forget_version()
    yield
    forget_sides()
    forget_version()


def test_kept_sides_draw_the_same_page(
    client: Client, settings: Settings, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get(PATH).content
    # What is left: whether the pair's overlap is stored, its samples and its pictures.
    with django_assert_max_num_queries(3):
        second = client.get(PATH).content
    settings.COMPARED_SIDES_KEPT = 0
    assert first == second == client.get(PATH).content


def test_a_new_state_of_the_data_is_loaded(client: Client) -> None:
    client.get(PATH)
    Artifact.objects.get(slug="beta").delete()
    forget_version()
    assert client.get(PATH).status_code == 404


def test_one_letter_is_not_taken_for_another(client: Client) -> None:
    client.get(PATH)
    html = client.get("/compare/beta-vs-gamma/").content.decode()
    assert (
        '<span class="side-a"><span class="side-mark" aria-hidden="true"></span><a href="/artifact/beta/">'
        in html
    )


def test_no_more_are_kept_than_asked_for(client: Client, settings: Settings) -> None:
    settings.COMPARED_SIDES_KEPT = 2
    for pair in ("alpha-vs-beta", "beta-vs-gamma", "alpha-vs-gamma", "alpha-vs-beta-vs-gamma"):
        assert client.get(f"/compare/{pair}/").status_code == 200


def test_an_unknown_side_keeps_nobody_from_the_others(client: Client) -> None:
    assert client.get("/compare/alpha-vs-nobody/").status_code == 404
    assert client.get(PATH).status_code == 200
