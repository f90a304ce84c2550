"""Attacks on what pages cost and on who keeps them."""

from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from tests.builders import make_artifact
from web.statements import TooExpensiveError

pytestmark = pytest.mark.django_db
# A page of one's own under an address that a careless cache takes for a picture or a style.
DECEPTIONS = [
    f"{page}{disguise}"
    for page in ("/accounts/email/", "/builders/", "/builders/alpha/", "/artifact/alpha/claim/")
    for disguise in (
        "",
        "x.css",
        "x.js",
        "%2e%2e/x.png",
        ";x.css",
        "?x.css",
        "%3Fx.css",
        "%00.css",
        "%0a.svg",
    )
]


@pytest.mark.parametrize("path", DECEPTIONS)
def test_no_address_makes_a_cache_keep_somebodys_own_page(path: str) -> None:
    make_artifact("alpha")
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_user("ann", "ann@example.org", "x" * 20))
    response = client.get(path)
    assert response.status_code < 500
    if response.status_code == 200:
        said = response.get("Cache-Control", "")
        assert "public" not in said
        assert "no-store" in said or "private" in said or "no-cache" in said or "Cookie" in response["Vary"]


def test_a_network_searches_only_so_often_and_another_is_not_held_up(
    client: Client, settings: Settings
) -> None:
    caches["limits"].clear()
    settings.SEARCHES_PER_MINUTE = 2
    answers = [client.get("/search", {"q": "poster"}) for _ in range(3)]
    # A minute that ends in between begins to count anew.
    while answers[-1].status_code == 200 and len(answers) < 6:
        answers.append(client.get("/search", {"q": "poster"}))
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert client.get("/search", {"q": "poster"}, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_search_that_costs_too_much_says_when_to_come_back(client: Client) -> None:
    with mock.patch("web.views.search.search_page", side_effect=TooExpensiveError):
        response = client.get("/search", {"q": "poster"})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
