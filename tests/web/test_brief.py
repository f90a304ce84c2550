"""The weekly brief: what really changed, in the week in which it did, and nothing else."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Artifact
from ranking.compute.formula import read_definition
from ranking.models import RankSnapshot
from ranking.services import publish
from ranking.services.publish import compute_rank
from tests.builders import make_adoption, make_artifact, make_fact, make_offer, make_source
from tests.web.measured import make_run, make_suite
from web.pages.brief.changes import Change, changes_of
from web.pages.brief.week import named_week, week_of

ATOM = "{http://www.w3.org/2005/Atom}"


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_a_week_is_found_by_its_name(day: dt.date) -> None:
    week = week_of(day)
    assert week.monday <= day < week.end
    assert named_week(week.name) == week
    assert week_of(week.end).before == week


def changed(days_ago: int = 0) -> dict[str, tuple[Change, ...]]:
    week = week_of(timezone.localdate() - dt.timedelta(days=days_ago))
    return {changes.title: changes.items for changes in changes_of(week)}


@pytest.fixture
def old(db: None) -> Artifact:
    """An artifact that has been there for three weeks."""
    artifact = make_artifact("alpha")
    Artifact.objects.update(created_at=timezone.now() - dt.timedelta(days=21))
    return artifact


def test_new_artifacts_and_runs_stand_in_their_week(old: Artifact) -> None:
    make_artifact("beta")
    make_artifact("tiny", is_demonstration=True)
    make_run(old, make_suite(), [1, 1, 0, 1, 0, 1])
    now = changed()
    assert [item.name for item in now["New in the catalogue"]] == ["Beta"]
    assert [item.text[:24] for item in now["Measured"]] == ["Lettering: 67 of 100 (95"]
    assert [item.name for item in changed(21)["New in the catalogue"]] == ["Alpha"]
    assert changed(7) == {}


def test_prices_and_licences_are_news_only_where_they_changed(old: Artifact) -> None:
    today = timezone.localdate()
    before = today - dt.timedelta(days=14)
    make_offer(old, "0.04", as_of=before)
    make_offer(old, "0.05", plan="Same", as_of=before)
    make_offer(old, "0.05", plan="Same", as_of=today)
    make_offer(old, "0.03", as_of=today)
    source = make_source("https://example.org/old")
    make_fact(old, "licence", "MIT", source=source, observed_on=before, is_winning=False)
    make_fact(old, "licence", "Apache-2.0", observed_on=today)
    now = changed()
    assert [item.text for item in now["Prices that changed"]] == [
        "Acme API, Pay as you go: $0.03 per image, was $0.04 per image."
    ]
    assert [item.text for item in now["Licences that changed"]] == ["Now “Apache-2.0”, before “MIT”."]


def test_a_rank_that_moved_says_why(old: Artifact) -> None:
    make_adoption(old, value=10, observed_on=timezone.localdate() - dt.timedelta(days=9))
    compute_rank(as_of=timezone.localdate())
    RankSnapshot.objects.update(published_at=timezone.now() - dt.timedelta(days=8))
    make_adoption(old, value=10_000_000, observed_on=timezone.localdate())
    compute_rank(as_of=timezone.localdate(), accept=True)
    (item,) = changed()["Ranks that moved"]
    assert item.name == "Alpha"
    assert "rose from" in item.text
    assert "downloads" in item.text


def test_a_run_scored_again_is_one_line_with_what_its_scorer_says_now(old: Artifact) -> None:
    run = make_run(old, make_suite(), [1, 1, 0, 1, 0, 1])
    again = run.aggregates.get()
    again.pk, again.scorer_version, again.mean, again.ci_high = None, "2", 0.81, 1.0
    again.save()
    (item,) = changed()["Measured"]
    assert item.text.startswith("Lettering: 81 of 100")


def test_a_new_formula_is_told_in_its_week(old: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = read_definition()
    with monkeypatch.context() as patch:
        patch.setattr(publish, "read_definition", lambda: {**definition, "version": "0"})
        compute_rank(as_of=timezone.localdate())
    RankSnapshot.objects.update(published_at=timezone.now() - dt.timedelta(days=8))
    assert "How the rank is made" not in changed(8)
    compute_rank(as_of=timezone.localdate(), accept=True)
    (item,) = changed()["How the rank is made"]
    new = definition["version"]
    assert (item.path, item.text) == (
        "/methodology/",
        f"Formula {new} replaced formula 0: every score may have moved.",
    )


def test_pages_and_feeds_say_the_same(client: Client, old: Artifact) -> None:
    Artifact.objects.update(summary="<b>Bold</b> & new.", created_at=timezone.now())
    this = week_of(timezone.localdate())
    html = client.get("/brief/").content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; new." in html
    assert client.get(f"/brief/{this.name}/").status_code == 200
    feed = ET.fromstring(client.get("/brief/feed.atom").content)  # noqa: S314 - our own feed
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"http://testserver/brief/{this.name}/"
    (item,) = client.get("/brief/feed.json").json()["items"]
    assert item["id"] == entry.findtext(f"{ATOM}id")
    assert "<b>Bold</b> & new." in item["content_text"]


@pytest.mark.parametrize("name", ["2026-w54", "x", "1999-w01", "2999-w01"])
def test_weeks_that_are_none_are_not_found(client: Client, old: Artifact, name: str) -> None:
    assert client.get(f"/brief/{name}/").status_code == 404


def test_an_empty_catalogue_has_an_empty_brief(client: Client, db: None) -> None:
    assert "Nothing changed" in client.get("/brief/").content.decode()
    assert client.get("/brief/feed.json").json()["items"] == []
    assert client.get("/brief/feed.atom").status_code == 200
