"""What holds for every page: policy, links, media, health."""

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from matchgraph.embedders.fake import HashingEmbedder

pytestmark = pytest.mark.django_db
DIGEST = "ab" + "0" * 62


def test_pictures_are_immutable_and_nothing_else_is_given_out(client: Client) -> None:
    name = f"images/{DIGEST[:2]}/{DIGEST}.png"
    default_storage.save(name, ContentFile(b"\x89PNG"))
    response = client.get(f"/media/{name}")
    assert b"".join(response) == b"\x89PNG"
    assert response["Content-Type"] == "image/png"
    assert response["ETag"] == f'"{DIGEST}"'
    assert "immutable" in response["Cache-Control"]
    again = client.get(f"/media/{name}", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    for other in (
        f"images/00/{'f' * 64}.png",
        "images/../secret_key",
        "secret_key",
        f"images/ab/{DIGEST}.svg",
    ):
        assert client.get(f"/media/{other}").status_code == 404


def test_an_address_that_is_nowhere_offers_the_search(client: Client, embedder: HashingEmbedder) -> None:
    response = client.get("/nowhere/at/all")
    assert response.status_code == 404
    assert 'action="/search"' in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/search", "/compare/", "/leaderboard/", "/healthz"])
def test_pages_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(
    "path", ["/compare/?a=%00&b=x", "/sitemap-compare-99999999999999999999999999.xml", "/search?q=%00"]
)
def test_what_the_database_cannot_read_does_not_reach_it(
    client: Client, embedder: HashingEmbedder, path: str
) -> None:
    assert client.get(path).status_code in (200, 400, 404)


def test_passwords_of_the_admin_are_not_tried_by_the_thousand(client: Client) -> None:
    tried = {"username": "operator", "password": "guess"}
    answers = [client.post("/admin/login/", tried).status_code for _ in range(40)]
    assert answers[-1] == 429
    cache.clear()


def test_a_search_with_a_slash_goes_where_searches_are(client: Client) -> None:
    response = client.get("/search/?q=words+on+a+poster")
    assert (response.status_code, response["Location"]) == (301, "/search?q=words+on+a+poster")


def test_an_address_of_nothing_has_a_title(client: Client) -> None:
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "<title>Nothing at this address" in response.content.decode()
