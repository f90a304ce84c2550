"""A source that fails leaves what it said in place, and every page that cites it says from when on it is stale."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import Artifact, Fact, IngestRun, SourceCheck, SourceRecord
from catalog.services.ingest import Options, ingest_source
from catalog.services.retention import clear_old_readings
from catalog.services.staleness import CONFIRMED_FOR, mark_forgotten
from catalog.sources.base import Source
from catalog.tasks import keep_house
from tests.builders import make_artifact, make_fact, make_source
from tests.catalog.sources.payloads import hub_model, repository, router_model
from tests.catalog.sources.server import Answer, SourceServer
from web.freshness import forget_version, site_version

pytestmark = pytest.mark.django_db

HUB = "/huggingface/api/models"
BROKEN = Answer(status=500)


def ingest(source: Source = Source.HUGGINGFACE, **options: Any) -> IngestRun:
    """Read a source without waiting."""
    return ingest_source(source, Options(**options), sleep=lambda _: None).run


def stale() -> set[str]:
    """Return what is marked."""
    return set(SourceRecord.objects.filter(stale_since__isnull=False).values_list("subject", flat=True))


@pytest.fixture
def painter(sources: SourceServer) -> Artifact:
    """Return an artifact that was read yesterday."""
    artifact = make_artifact("painter", hub_id="Acme/Painter")
    sources.say(HUB, Answer([hub_model("Acme/Painter")], etag='"1"'))
    ingest()
    return artifact


def test_a_failing_source_leaves_yesterdays_facts_and_marks_them(
    painter: Artifact, sources: SourceServer
) -> None:
    facts = list(Fact.objects.values())
    sources.say(HUB, Answer({"error": "maintenance"}))
    for number in range(5):
        make_artifact(f"p-{number}", hub_id=f"acme-{number}/model")
    assert ingest().state == "failed"
    assert list(Fact.objects.values()) == facts
    assert stale() == {"acme/painter"}


def test_the_mark_is_on_the_page_its_twin_and_in_the_api_and_goes_again(
    painter: Artifact, sources: SourceServer, client: Client
) -> None:
    places = ["/artifact/painter/", "/artifact/painter.md", "/api/v1/artifacts/painter"]
    fresh = [client.get(place).content.decode() for place in places]
    assert not any("stale since" in text for text in fresh)
    sources.say(HUB, BROKEN)
    ingest()
    forget_version()
    page, twin, api = (client.get(place) for place in places)
    today = timezone.now().date()
    assert f'stale since <time datetime="{today}">' in page.content.decode()
    assert f", stale since {today}" in twin.content.decode()
    marked = [row for row in api.json()["facts"] if row["source"] and row["source"]["stale_since"]]
    assert {row["field"] for row in marked} == {"licence", "last_activity_on"}
    assert {row["source"]["stale_since"] for row in api.json()["adoption"]} == {str(today)}
    sources.say(HUB, Answer([hub_model("Acme/Painter")], etag='"1"'))
    ingest()
    forget_version()
    assert "stale since" not in client.get(places[0]).content.decode()


def test_a_price_that_cannot_be_confirmed_says_so(sources: SourceServer, client: Client) -> None:
    make_artifact("painter", router_id="acme/painter-1")
    sources.say("/openrouter/models", Answer({"data": [router_model()]}))
    ingest(Source.OPENROUTER)
    sources.say("/openrouter/models", BROKEN)
    ingest(Source.OPENROUTER)
    assert "stale since" in client.get("/artifact/painter/").content.decode()
    (price, *_) = client.get("/api/v1/artifacts/painter").json()["prices"]
    assert price["stale_since"] == str(timezone.now().date())


def test_an_unchanged_answer_confirms_and_an_earlier_mark_stays(
    painter: Artifact, sources: SourceServer
) -> None:
    long_ago = timezone.now() - dt.timedelta(days=4)
    SourceRecord.objects.update(stale_since=long_ago)
    sources.say(HUB, BROKEN)
    ingest()
    assert SourceRecord.objects.get().stale_since == long_ago
    sources.say(HUB, Answer([hub_model("Acme/Painter")], etag='"1"'))
    ingest()
    assert sources.asked[-1].headers["If-None-Match"] == '"1"'
    assert stale() == set()


@pytest.mark.parametrize(
    "rows", [[hub_model("acme/painter", likes="many"), hub_model("acme/other")], [hub_model("acme/other")]]
)
def test_only_what_is_refused_or_missing_is_marked(
    painter: Artifact, sources: SourceServer, rows: list[dict[str, Any]]
) -> None:
    make_artifact("other", hub_id="acme/other")
    sources.say(HUB, Answer(rows))
    assert ingest().state == "done"
    assert stale() == {"acme/painter"}


def test_what_was_read_before_the_source_broke_down_is_not_marked(sources: SourceServer) -> None:
    for number in range(7):
        make_artifact(f"tool-{number}", kind="app", github_repo=f"acme/tool-{number}")
        sources.say(f"/github/repos/acme/tool-{number}", Answer(repository(f"acme/tool-{number}")))
    ingest(Source.GITHUB)
    for number in range(1, 7):
        sources.say(f"/github/repos/acme/tool-{number}", BROKEN)
    assert ingest(Source.GITHUB).state == "failed"
    assert stale() == {f"acme/tool-{number}" for number in range(1, 7)}


def test_a_rehearsal_marks_nothing(painter: Artifact, sources: SourceServer) -> None:
    sources.say(HUB, BROKEN)
    ingest(is_dry_run=True)
    assert stale() == set()


def test_what_nobody_has_confirmed_for_long_is_marked_but_not_what_people_cite(painter: Artifact) -> None:
    make_fact(
        painter, "openness", "open-weights", source=make_source("https://huggingface.co/Acme/Painter/x")
    )
    assert mark_forgotten() == 0
    SourceCheck.objects.update(read_at=timezone.now() - CONFIRMED_FOR - dt.timedelta(hours=1))
    keep_house()
    assert stale() == {"acme/painter"}


def test_records_of_an_older_site_are_told_by_their_address(painter: Artifact) -> None:
    SourceRecord.objects.update(connector="", subject="")
    SourceCheck.objects.all().delete()
    for url in ("https://pypi.org/project/Acme_Studio.x/", "https://github.com/Acme/Studio"):
        SourceRecord.objects.create(
            kind="registry", name="x", url=url, observed_on=timezone.now(), payload_digest="1"
        )
    cited = make_source("https://github.com/acme/cited")
    import_module("catalog.migrations.0009_stale_marks_backfill").name_records(
        None, SimpleNamespace(connection=connection)
    )
    named = SourceRecord.objects.exclude(connector="").order_by("connector")
    assert list(named.values_list("connector", "subject")) == [
        ("github", "acme/studio"),
        ("huggingface", "acme/painter"),
        ("pypi", "acme-studio-x"),
    ]
    cited.refresh_from_db()
    assert cited.connector == ""
    assert SourceCheck.objects.get().subject == "acme/painter"


def test_the_sites_state_has_another_name_when_something_became_stale(painter: Artifact) -> None:
    forget_version()
    before = site_version()
    SourceRecord.objects.update(stale_since=timezone.now())
    forget_version()
    assert site_version() != before


def test_the_last_payloads_of_an_address_are_kept_and_what_rests_on_older_ones_stays(
    painter: Artifact, sources: SourceServer
) -> None:
    for likes in range(1, 8):
        sources.say(HUB, Answer([hub_model("Acme/Painter", likes=likes)]))
        ingest()
    make_source("https://huggingface.co/Acme/Painter")
    facts = list(Fact.objects.values())
    IngestRun.objects.filter(pk=IngestRun.objects.earliest("pk").pk).update(
        started_at=timezone.now() - dt.timedelta(days=200)
    )
    assert str(clear_old_readings()) == "3 payloads and 1 runs let go"
    kept = SourceRecord.objects.filter(payload__isnull=False).order_by("fetched_at")
    assert [record.payload["likes"] for record in kept if record.payload] == [3, 4, 5, 6, 7]
    assert list(Fact.objects.values()) == facts
    assert clear_old_readings().payloads == 0
