"""What visitors do with results is counted: once, for people only, and never leads off the site."""

import re
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.template.defaultfilters import date
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Artifact
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.models import Interaction
from matchgraph.selectors import match_evidence
from matchgraph.services.build import build_matchgraph
from matchgraph.services.learning import learn_from_visitors
from tests.builders import make_artifact, make_capability
from web import written
from web.api.limits import VOTE
from web.formatting import readable_date
from web.visitors import visitor_key

pytestmark = pytest.mark.django_db
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
QUERY = {"q": "remove a person from a photo"}


@pytest.fixture
def found(embedder: HashingEmbedder) -> tuple[Artifact, Artifact]:
    """Two artifacts that a search finds."""
    artifacts = make_artifact("eraser"), make_artifact("retoucher")
    for artifact in artifacts:
        make_capability(artifact, "Inpainting", intents=[QUERY["q"]])
    build_matchgraph(embedder)
    return artifacts


def result_paths(client: Client) -> dict[str, str]:
    html = client.get("/search", QUERY, headers=BROWSER).content.decode()
    return {path.split("/")[3]: path for path in re.findall(r'href="(/search/[0-9a-f-]{36}/[a-z]+/)"', html)}


def times_matched(artifact: Artifact) -> int:
    learn_from_visitors()
    return match_evidence([artifact.pk])[artifact.pk].times_matched


def kinds() -> list[str]:
    return sorted(Interaction.objects.values_list("kind", flat=True))


def test_opening_a_result_counts_once(client: Client, found: tuple[Artifact, Artifact]) -> None:
    path = result_paths(client)["eraser"]
    for _ in range(2):
        response = client.get(path, headers=BROWSER)
        assert response.status_code == 302
        assert response["Location"].startswith("/artifact/eraser/?from=")
        assert "no-store" in response["Cache-Control"]
    assert kinds() == ["click"]
    assert times_matched(found[0]) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Examplebot/1.0"},
        {"user-agent": ""},
        {**BROWSER, "sec-purpose": "prefetch;prerender"},
        {**BROWSER, "purpose": "prefetch"},
    ],
)
def test_bots_prefetches_and_strangers_count_nothing(
    client: Client, found: tuple[Artifact, Artifact], headers: dict[str, str]
) -> None:
    path = result_paths(client)["eraser"]
    assert client.get(path, headers=headers).status_code == 302
    assert client.head(path, headers=BROWSER).status_code == 302
    assert client.get(path, headers=BROWSER, REMOTE_ADDR="203.0.113.9").status_code == 302, "a stranger"
    assert kinds() == []


def test_a_bot_is_given_plain_links(client: Client, found: tuple[Artifact, Artifact]) -> None:
    html = client.get("/search", QUERY, headers={"user-agent": "Examplebot"}).content.decode()
    assert 'href="/artifact/eraser/"' in html
    assert "/search/" not in html.replace('action="/search"', "")


def test_comparing_results_counts_for_both(client: Client, found: tuple[Artifact, Artifact]) -> None:
    event = result_paths(client)["eraser"].split("/")[2]
    client.get("/compare/", {"from": event, "pick": ["eraser", "retoucher"]}, headers=BROWSER)
    assert kinds() == ["compare", "compare"]
    client.get("/compare/", {"from": "x", "pick": ["eraser", "retoucher"]}, headers=BROWSER)
    assert len(kinds()) == 2


def test_a_vote_can_be_changed(client: Client, found: tuple[Artifact, Artifact]) -> None:
    landed = client.get(result_paths(client)["eraser"], headers=BROWSER)["Location"]
    html = client.get(landed, headers=BROWSER).content.decode()
    form = re.search(r'method="post" action="([^"]+)"', html)
    assert form is not None
    for said, expected, times in (("helped", "select", 1), ("not-this", "reject", 0)):
        response = client.post(form[1], {"said": said}, headers=BROWSER)
        assert response.status_code == 302
        assert kinds() == sorted(["click", expected])
        assert times_matched(found[0]) == times
        assert "Thank you" in client.get(response["Location"], headers=BROWSER).content.decode()


def test_a_vote_needs_the_form_and_an_answer(found: tuple[Artifact, Artifact]) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = f"/search/{uuid4()}/eraser/vote/"
    assert strict.post(path, {"said": "helped"}, headers=BROWSER).status_code == 403
    client = Client()
    assert client.post(path, {"said": "maybe"}, headers=BROWSER).status_code == 400
    assert client.post(path, {"said": "helped"}, headers=BROWSER).status_code == 404, (
        "nobody is thanked in vain"
    )
    assert client.get(path).status_code == 405
    assert client.get(f"/search/{uuid4()}/nobody/").status_code == 404
    assert kinds() == []


def test_votes_for_searches_that_never_were_hold_the_site_only_so_often(
    client: Client, found: tuple[Artifact, Artifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    caches["limits"].clear()
    monkeypatch.setattr(written, "LOOKS", 1)
    path = f"/search/{uuid4()}/eraser/vote/"
    # Enough for two windows, should a minute end in between.
    answers = [client.post(path, {"said": "helped"}, headers=BROWSER) for _ in range(2 * VOTE.anonymous + 1)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    elsewhere = client.post(path, {"said": "helped"}, headers=BROWSER, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 404


def test_nobody_is_asked_who_did_not_search(client: Client, found: tuple[Artifact, Artifact]) -> None:
    for query in ("", "?from=x", "?from=%00"):
        response = client.get(f"/artifact/eraser/{query}")
        assert "Not this" not in response.content.decode()
        assert not response.cookies


def test_a_condition_can_be_taken_away(client: Client, found: tuple[Artifact, Artifact]) -> None:
    html = client.get("/search", {"q": "inpainting open weights"}).content.decode()
    assert 'href="/search?q=inpainting"' in html
    assert f'<option value="{QUERY["q"]}">' in html


def test_two_visitors_behind_one_proxy_are_two(rf: RequestFactory, settings: Settings) -> None:
    def key(forwarded: str) -> str | None:
        headers = {"user-agent": "Mozilla/5.0 Firefox/140.0", "x-forwarded-for": forwarded}
        return visitor_key(rf.get("/", headers=headers))

    assert key("203.0.113.1") == key("203.0.113.2")
    settings.TRUSTED_PROXIES = 1
    assert key("203.0.113.1") != key("203.0.113.2")
    assert key("made up, 203.0.113.1") == key("203.0.113.1")


def test_another_browser_on_the_same_address_is_nobody_new(rf: RequestFactory) -> None:
    keys = {visitor_key(rf.get("/", headers={"user-agent": f"Mozilla/5.0 Firefox/{n}.0"})) for n in range(5)}
    assert len(keys) == 1


def test_what_it_is_taken_for_stands_on_its_pages_with_the_period(
    client: Client, found: tuple[Artifact, Artifact]
) -> None:
    for number in range(SMALLEST_GROUP):
        address = f"198.51.100.{number}"
        html = client.get("/search", QUERY, headers=BROWSER, REMOTE_ADDR=address).content.decode()
        opened = re.search(r'href="(/search/[0-9a-f-]{36}/eraser/)"', html)
        assert opened is not None
        client.get(opened[1], headers=BROWSER, REMOTE_ADDR=address)
    learn_from_visitors()
    today = timezone.now().date()
    own = client.get("/artifact/eraser/").content.decode()
    day = date(today, "j M Y")
    assert f"5 of 5 visitors who were shown it in a search from {day} to {day} took it up" in own
    assert f"{QUERY['q']}</a> (5 of 5 visitors, {day} to {day})" in own
    assert (
        f"Taken for “{QUERY['q']}”: 5 of 5 visitors, {today}"
        in client.get("/artifact/eraser.md").content.decode()
    )
    pair = client.get("/compare/eraser-vs-retoucher/").content.decode()
    row = pair[pair.index("Most often taken for") :]
    assert f"{QUERY['q']} (5 of 5)" in row
    assert f"visitors who took it, {readable_date(today)} to {readable_date(today)}" in row
