"""Pages and their Markdown twins: each names the other, and both say the same of what they are about."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
WITH_TWIN = (
    "/artifact/sdnext/",
    "/alternatives/sdnext/",
    "/category/text-to-image/",
    "/compare/tiny-a-vs-tiny-b/",
    "/compare/flux-1-dev-vs-sdnext-vs-tiny-a-vs-tiny-b/",
    "/leaderboard/",
    "/leaderboard/?kind=app",
    "/leaderboard/lettering/",
    "/suites/lettering/",
    "/suites/lettering/word-0/",
)


@pytest.mark.parametrize("path", WITH_TWIN)
def test_a_page_and_its_twin_name_each_other(client: Client, path: str) -> None:
    page = client.get(path)
    address, _, relation = page["Link"].partition(">; ")
    twin = client.get(address.removeprefix("<http://testserver"))
    assert relation == 'rel="alternate"; type="text/markdown"'
    assert twin["Content-Type"] == "text/markdown; charset=utf-8"
    assert twin["Link"] == f'<http://testserver{path}>; rel="canonical"'
    text = twin.content.decode()
    assert text.startswith("# ")
    assert "&#x27;" not in text
    assert "&amp;" not in text
    assert f"http://testserver{path}" in text


def test_the_twin_of_a_prompt_has_every_picture_and_score(client: Client) -> None:
    text = client.get("/suites/lettering/word-0.md").content.decode()
    html = client.get("/suites/lettering/word-0/").content.decode()
    assert text.count("[Record](") == html.count('class="note record"') > 0


def test_a_twin_says_what_was_asked_wrongly(client: Client) -> None:
    assert "is not one of rank" in client.get("/leaderboard/lettering.md?sort=luck").content.decode()


def test_a_shared_artifact_has_a_picture(client: Client) -> None:
    html = client.get("/artifact/sdnext/").content.decode()
    assert '<meta property="og:image" content="http://testserver/artifact/sdnext.png">' in html
    answer = client.get("/artifact/sdnext.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert client.get("/artifact/nobody-at-all.png").status_code == 404
