"""Pages are drawn once, told apart by their content, and never carry one visitor's state to another."""

import gzip
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Claim, ClaimEvent
from catalog.services.statements import accept_statement, propose_statement
from ranking.services.publish import compute_rank
from tests.builders import TODAY, make_adoption, make_artifact
from tests.catalog.claims import make_user, make_verified
from web.freshness import forget_version, site_version
from web.views.caching import _key

pytestmark = pytest.mark.django_db
PATH = "/compare/alpha-vs-beta/"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(autouse=True)
def pages(settings: Settings) -> Iterator[None]:
    """A real cache, empty at the beginning, over two artifacts."""
    place = {"BACKEND": f"{LocMemCache.__module__}.LocMemCache", "LOCATION": "test-pages"}
    settings.CACHES = {**settings.CACHES, "pages": place}
    for slug in ("alpha", "beta"):
        make_adoption(make_artifact(slug))
    forget_version()
    caches["pages"].clear()
    yield
    caches["pages"].clear()
    forget_version()


def test_the_second_visitor_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get(PATH)
    with django_assert_num_queries(0):
        second = client.get(PATH)
    assert second.content == first.content
    assert second["Link"] == first["Link"]
    assert "default-src 'none'" in second["Content-Security-Policy"]
    assert "max-age=60" in second["Cache-Control"]


def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    first = client.get(PATH)
    again = client.get(PATH, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_a_new_snapshot_is_a_new_page(client: Client) -> None:
    first = client.get(PATH)
    assert "Not ranked yet" in first.content.decode()
    compute_rank(as_of=TODAY)
    forget_version()
    second = client.get(PATH, headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert "Not ranked yet" not in second.content.decode()
    assert second["ETag"] != first["ETag"]


def test_it_is_compressed_for_who_can_read_that(client: Client) -> None:
    plain = client.get(PATH)
    packed = client.get(PATH, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < 60_000


def test_a_visitors_own_form_is_kept_by_nobody(client: Client) -> None:
    path = "/artifact/alpha/?from=0f1e2d3c-0000-4000-8000-000000000000"
    own = client.get(path, headers=BROWSER)
    assert "csrfmiddlewaretoken" in own.content.decode()
    assert "no-store" in own["Cache-Control"]
    assert "ETag" not in own
    other = Client().get("/artifact/alpha/", headers=BROWSER)
    assert "csrfmiddlewaretoken" not in other.content.decode()
    assert not other.cookies
    signed_in = client.get("/artifact/alpha/", headers=BROWSER)
    assert signed_in.content == other.content


def test_other_hosts_and_missing_pages_are_kept_apart(client: Client) -> None:
    client.get(PATH)
    other = client.get(PATH, headers={"host": "localhost"}).content.decode()
    assert 'href="http://localhost/compare/alpha-vs-beta/"' in other
    missing = client.get("/artifact/gamma/")
    assert missing.status_code == 404
    make_artifact("gamma")
    assert client.get("/artifact/gamma/").status_code == 200


def test_made_up_queries_fill_nothing(client: Client) -> None:
    client.get(PATH)
    before = len(caches["pages"]._cache)  # type: ignore[attr-defined]
    for number in range(5):
        assert client.get(PATH, {"x": number}).status_code == 200
    assert len(caches["pages"]._cache) == before  # type: ignore[attr-defined]


def test_a_header_that_speaks_for_the_server_names_another_page(rf: RequestFactory) -> None:
    plain = rf.get("/methodology/")
    moved = rf.get("/", SCRIPT_NAME="/methodology")
    assert plain.build_absolute_uri() == moved.build_absolute_uri()
    assert _key(plain) != _key(moved)


def test_no_account_has_every_page_drawn_anew_as_often_as_it_likes(client: Client) -> None:
    held = make_verified()
    forget_version()
    before = site_version()
    client.force_login(make_user("stranger"), backend="django.contrib.auth.backends.ModelBackend")
    claim, words = f"/artifact/{held.artifact.slug}/claim/", f"/builders/{held.artifact.slug}/words/"
    client.post(claim, {"action": "begin", "method": "dns"})
    client.post(claim, {"action": "concede"})
    client.get(words)
    proposed = propose_statement(held, field="summary", value="Paints what is asked of it.")
    forget_version()
    assert ClaimEvent.objects.filter(actor__username="stranger").count() == 2
    assert site_version() == before
    # What a page shows is another state.
    accept_statement(proposed, moderator=held.user)
    forget_version()
    accepted = site_version()
    Claim.objects.filter(pk=held.pk).update(state=Claim.State.LAPSED)
    forget_version()
    assert len({before, accepted, site_version()}) == 3
