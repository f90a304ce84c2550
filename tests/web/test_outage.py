"""A database that goes away in the middle of things: kept pages stay, the rest says when to come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from pytest_django import Settings

from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact
from web.freshness import forget_version

pytestmark = pytest.mark.django_db
PATH = "/artifact/alpha/"


@pytest.fixture(autouse=True)
def pages(settings: Settings) -> Iterator[None]:
    place = {"BACKEND": f"{LocMemCache.__module__}.LocMemCache", "LOCATION": "test-outage"}
    settings.CACHES = {**settings.CACHES, "pages": place}
    make_adoption(make_artifact("alpha"))
    forget_version()
    yield
    caches["pages"].clear()
    forget_version()


@pytest.fixture
def visitor() -> Client:
    """Sees what a browser sees, where Django's client would raise."""
    return Client(raise_request_exception=False)


@contextmanager
def database_away(error: type[Exception] = OperationalError) -> Iterator[None]:
    forget_version()
    with mock.patch.object(connection, "cursor", side_effect=error("the server closed the connection")):
        yield


def test_a_page_that_was_drawn_is_shown_as_it_was_and_says_how_old_it_is(visitor: Client) -> None:
    drawn = visitor.get(PATH)
    with database_away(), mock.patch("web.views.caching.KEPT_S", 0):
        late = visitor.get(PATH)
    assert (late.status_code, late.content) == (200, drawn.content)
    assert late["Age"] == "0"
    assert "max-age=5" in late["Cache-Control"]
    assert "Age" not in visitor.get(PATH)


def test_a_page_drawn_from_an_older_state_outlives_an_outage_but_not_its_end(visitor: Client) -> None:
    drawn = visitor.get(PATH)
    compute_rank(as_of=TODAY)
    forget_version()
    broken = mock.patch("web.views.artifact.artifact_page", side_effect=OperationalError("gone"))
    with broken:
        assert visitor.get(PATH).content == drawn.content
    assert visitor.get(PATH).content != drawn.content


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize(
    "path", ["/leaderboard/", "/search?q=poster", "/api/v1/artifacts", "/badge/alpha.svg"]
)
def test_what_was_not_drawn_says_when_to_come_back(
    visitor: Client, path: str, error: type[Exception]
) -> None:
    with database_away(error):
        response = visitor.get(path)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "no-store" in response["Cache-Control"]
    is_problem = path.startswith("/api/")
    assert response["Content-Type"].startswith("application/problem+json" if is_problem else "text/html")


def test_a_key_that_cannot_be_looked_up_is_an_outage_and_no_refusal(visitor: Client) -> None:
    with database_away():
        response = visitor.get("/api/v1/artifacts", headers={"authorization": "Bearer uf_" + "a" * 40})
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_fault_of_ours_is_still_a_fault(visitor: Client) -> None:
    with mock.patch("web.views.home.home_page", side_effect=ValueError("ours")):
        assert visitor.get("/").status_code == 500
