"""From a source's answer to facts, counts, prices and columns; twice changes nothing."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import (
    AdoptionSignal,
    Artifact,
    Fact,
    IngestRefusal,
    IngestRun,
    Offer,
    PageValidator,
    SourceRecord,
)
from catalog.selectors import artifacts_with_details, latest_adoption
from catalog.services.ingest import IngestReport, Options, ingest_source
from catalog.services.ingest_plan import is_suspect
from catalog.services.settle import settle_artifacts
from catalog.sources.base import Source
from tests.builders import make_artifact, make_offer, make_source
from tests.catalog.sources.payloads import hub_model, package, repository, router_model
from tests.catalog.sources.server import Answer, SourceServer

pytestmark = pytest.mark.django_db

HUB = "/huggingface/api/models"
ROUTER = "/openrouter/models"
WRITTEN = (SourceRecord, Fact, AdoptionSignal, Offer, PageValidator, Artifact)


def ingest(source: Source = Source.HUGGINGFACE, **options: Any) -> IngestReport:
    """Read a source without waiting."""
    return ingest_source(source, Options(**options), sleep=lambda _seconds: None)


def hub(server: SourceServer, *models: dict[str, Any], etag: str = "") -> None:
    """Let the Hub list these models for whichever publisher."""
    server.say(HUB, Answer(list(models), etag=etag))


def router(server: SourceServer, *models: dict[str, Any], etag: str = "") -> None:
    """Let OpenRouter list these models."""
    server.say(ROUTER, Answer({"data": list(models)}, etag=etag))


def written() -> dict[str, list[Any]]:
    """Return every row that ingestion may write."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in WRITTEN}


def make_painter(**fields: Any) -> Artifact:
    """Make an artifact that the Hub and the router know."""
    return make_artifact(**{"hub_id": "acme/painter-one", "router_id": "acme/painter-1", **fields})


def curated_fact(artifact: Artifact, field: str, value: Any, kind: str = "publisher") -> Fact:
    """State a fact as the seed catalogue does."""
    source = make_source(f"https://example.org/{field}/{kind}", kind=kind)
    return Fact.objects.create(
        artifact=artifact, field=field, value=value, source=source, observed_on=source.observed_on
    )


def age(days: int) -> None:
    """Let all that was ingested have been read some days ago."""
    back = dt.timedelta(days=days)
    for source in SourceRecord.objects.exclude(payload_digest=""):
        assert source.fetched_at is not None
        SourceRecord.objects.filter(pk=source.pk).update(
            observed_on=source.observed_on - back, fetched_at=source.fetched_at - back
        )
    for signal in AdoptionSignal.objects.exclude(source__payload_digest=""):
        AdoptionSignal.objects.filter(pk=signal.pk).update(observed_on=signal.observed_on - back)
    for fact in Fact.objects.exclude(source__payload_digest=""):
        Fact.objects.filter(pk=fact.pk).update(observed_on=fact.observed_on - back)
    for offer in Offer.objects.exclude(source__payload_digest=""):
        Offer.objects.filter(pk=offer.pk).update(as_of=offer.as_of - back)


def test_the_hub_sets_facts_counts_and_columns(sources: SourceServer) -> None:
    artifact = make_painter()
    hub(sources, hub_model(), hub_model("acme/unheard-of"), etag='W/"1"')
    report = ingest()
    artifact.refresh_from_db()
    assert (artifact.licence_id, artifact.licence_weights_commercial) == ("Apache-2.0", "yes")
    assert artifact.last_activity_on == dt.date(2026, 10, 11)
    source = SourceRecord.objects.get()
    assert (source.kind, source.url, source.name) == (
        "registry",
        "https://huggingface.co/acme/painter-one",
        "Hugging Face Hub",
    )
    assert source.payload is not None
    assert source.payload["likes"] == 120
    assert source.etag == 'W/"1"'
    assert set(artifact.adoption_signals.values_list("metric", "value")) == {
        ("likes", 120),
        ("downloads_30d", 4500),
    }
    assert (report.run.state, report.run.candidates) == ("done", ["acme/unheard-of"])
    assert Artifact.objects.count() == 1, "what is not in the catalogue is a candidate, no artifact"


def test_openrouter_adds_prices_and_keeps_the_old_ones(sources: SourceServer) -> None:
    artifact = make_painter()
    router(sources, router_model())
    ingest(Source.OPENROUTER)
    age(days=10)
    router(sources, router_model(pricing={"prompt": "0.000007", "completion": "0.000015"}))
    ingest(Source.OPENROUTER)
    prompts = artifact.offers.filter(unit="prompt-token").order_by("as_of")
    assert [str(offer.amount.normalize()) for offer in prompts] == ["0.000008", "0.000007"]
    assert artifact.offers.filter(unit="completion-token").count() == 1
    (shown,) = artifacts_with_details([artifact.slug])
    assert {(offer.unit, offer.amount) for offer in shown.offers.all()} == {
        ("prompt-token", Decimal("0.000007")),
        ("completion-token", Decimal("0.000015")),
    }


def test_a_curated_price_is_replaced_by_a_later_one_of_the_same_plan(sources: SourceServer) -> None:
    artifact = make_painter()
    plan = {"provider": "OpenRouter", "plan": "Pay as you go", "unit": "prompt-token"}
    make_offer(artifact, "0.000009", **plan)
    router(sources, router_model(pricing={"prompt": "0.000008"}))
    ingest(Source.OPENROUTER)
    assert [offer.amount for offer in Offer.objects.current()] == [Decimal("0.000008")]
    assert Offer.objects.count() == 2


def test_a_host_of_our_weights_offers_them_without_speaking_for_them(sources: SourceServer) -> None:
    artifact = make_artifact(hub_id="acme/painter-one")
    router(sources, router_model("host/painter", hugging_face_id="Acme/Painter-One"))
    ingest(Source.OPENROUTER)
    assert set(artifact.offers.values_list("plan", flat=True)) == {"Pay as you go, host/painter"}
    assert not artifact.facts.exists()


def test_a_price_of_minus_one_or_of_unknown_unit_is_no_offer(sources: SourceServer) -> None:
    make_painter()
    router(sources, router_model(pricing={"prompt": "-1", "completion": "0", "web_search": "0.01"}))
    assert ingest(Source.OPENROUTER).run.state == "done"
    assert not Offer.objects.exists()


def test_github_and_pypi_speak_for_tools(sources: SourceServer) -> None:
    tool = make_artifact("studio", kind="app", github_repo="acme/studio", package_name="Acme.Studio")
    sources.say("/github/repos/acme/studio", Answer(repository()))
    sources.say("/pypi/pypi/acme-studio/json", Answer(package()))
    ingest(Source.GITHUB)
    ingest(Source.PYPI)
    tool.refresh_from_db()
    assert (tool.licence_id, tool.last_activity_on) == ("Apache-2.0", dt.date(2026, 10, 20))
    assert tool.released_on is None, "the first upload of a package is not the release of its repository"
    facts = dict(tool.facts.values_list("field", "value"))
    assert (facts["pypi_released_on"], facts["version"]) == ("2024-03-01", "2.1.0")
    assert (facts["topics"], facts["archived"]) == (["image-generation", "webui"], False)


def test_a_repository_of_code_does_not_license_the_weights(sources: SourceServer) -> None:
    model = make_painter(github_repo="acme/studio")
    other = make_painter(slug="painter-two", hub_id="acme/painter-two", github_repo="Acme/Studio")
    sources.say("/github/repos/acme/studio", Answer(repository()))
    ingest(Source.GITHUB)
    model.refresh_from_db()
    assert (model.licence_id, model.last_activity_on) == ("", None)
    assert Fact.objects.get(artifact=other, field="github_licence").value["id"] == "Apache-2.0"
    assert SourceRecord.objects.count() == 1, "both stand on one reading of the repository"


def test_a_named_licence_does_not_beat_what_a_person_read(sources: SourceServer) -> None:
    artifact, bare = make_painter(), make_artifact("bare", hub_id="acme/bare")
    read = {"id": "LicenseRef-Acme", "name": "Acme Licence", "outputs_commercial": "yes"}
    curated_fact(artifact, "licence", {**read, "condition": "Up to a revenue of one million."})
    card = {"license": "other", "license_name": "acme-licence", "license_link": "https://example.org/l"}
    hub(sources, hub_model(cardData=card), hub_model("acme/bare", cardData=card))
    ingest()
    artifact.refresh_from_db()
    bare.refresh_from_db()
    assert (artifact.licence_name, artifact.licence_condition) == (
        "Acme Licence",
        "Up to a revenue of one million.",
    )
    assert (bare.licence_name, bare.licence_url) == ("acme-licence", "https://example.org/l")
    assert bare.licence_outputs_commercial == ""


def test_what_a_person_adds_about_the_same_licence_stays(sources: SourceServer) -> None:
    artifact = make_painter()
    curated_fact(artifact, "licence", {"id": "Apache-2.0", "name": "Apache", "condition": "Keep the notice."})
    hub(sources, hub_model())
    ingest()
    artifact.refresh_from_db()
    assert (artifact.licence_name, artifact.licence_condition) == ("Apache License 2.0", "Keep the notice.")


def test_what_a_source_takes_back_no_longer_counts(sources: SourceServer) -> None:
    artifact = make_painter(openness="open-weights")
    curated_fact(artifact, "openness", "open-weights")
    hub(sources, hub_model(gated="manual"))
    ingest()
    artifact.refresh_from_db()
    assert artifact.openness == "weights-on-request"
    age(days=1)
    hub(sources, hub_model(gated=False))
    ingest()
    artifact.refresh_from_db()
    assert artifact.openness == "open-weights"
    assert artifact.facts.filter(field="openness").count() == 3, "the history stays"
    age(days=1)
    hub(sources, hub_model(gated="manual"))
    ingest()
    artifact.refresh_from_db()
    assert artifact.openness == "weights-on-request"


@pytest.mark.parametrize("etag", ["", 'W/"1"'])
def test_the_same_payload_twice_writes_nothing(sources: SourceServer, etag: str) -> None:
    make_painter(github_repo="acme/studio", package_name="acme-studio")
    hub(sources, hub_model(), etag=etag)
    router(sources, router_model(), etag=etag)
    sources.say("/github/repos/acme/studio", Answer(repository(), etag=etag))
    sources.say("/pypi/pypi/acme-studio/json", Answer(package(), etag=etag))
    for source in Source:
        ingest(source)
    before = written()
    for source in Source:
        run = ingest(source).run
        assert (run.fact_count, run.signal_count, run.offer_count) == (0, 0, 0)
    assert written() == before


def test_the_same_payload_on_another_day_writes_nothing(sources: SourceServer) -> None:
    make_painter()
    hub(sources, hub_model())
    ingest()
    age(days=3)
    before = written()
    ingest()
    assert written() == before


def test_a_changed_count_adds_a_point_and_no_facts(sources: SourceServer) -> None:
    artifact = make_painter()
    hub(sources, hub_model())
    ingest()
    age(days=1)
    facts = Fact.objects.count()
    hub(sources, hub_model(downloads=9000))
    ingest()
    assert Fact.objects.count() == facts
    series = artifact.adoption_signals.filter(metric="downloads_30d").order_by("observed_on")
    assert [signal.value for signal in series] == [4500, 9000]


def test_an_artifact_that_comes_later_is_told_what_is_known(sources: SourceServer) -> None:
    make_painter()
    hub(sources, hub_model(), hub_model("acme/second"), etag='W/"1"')
    ingest()
    second = make_artifact("second", hub_id="acme/second")
    twin = make_artifact("twin", hub_id="ACME/painter-one")
    ingest()
    for artifact in (second, twin):
        artifact.refresh_from_db()
        assert artifact.licence_id == "Apache-2.0"
        assert artifact.adoption_signals.count() == 2
    assert SourceRecord.objects.count() == 2


def test_a_jump_is_kept_but_not_used(sources: SourceServer, admin_client: Client) -> None:
    artifact = make_painter()
    hub(sources, hub_model(likes=7_346))
    ingest()
    age(days=1)
    hub(sources, hub_model(likes=357_327))
    ingest()
    jump = artifact.adoption_signals.get(value=357_327)
    assert jump.is_suspect
    used = {row.metric: row.value for row in latest_adoption([artifact.pk])[artifact.pk]}
    assert used["likes"] == 7_346
    page = admin_client.get("/admin/catalog/adoptionsignal/?is_suspect__exact=1").content.decode()
    assert ("357327" in page, "7346" in page) == (True, False)


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        (2_000, 100, False),
        (2_001, 100, True),
        (99, 1, False),
        (5_000, None, False),
        (500, 0, True),
        (0, 9, False),
    ],
)
def test_what_counts_as_a_jump(value: int, before: int | None, expected: bool) -> None:  # noqa: FBT001 - a row
    assert is_suspect(value, before=before) is expected


def test_a_record_that_comes_twice_in_one_list_counts_once(sources: SourceServer) -> None:
    artifact = make_painter()
    hub(sources, hub_model(likes=1), hub_model(likes=2))
    ingest()
    assert artifact.adoption_signals.get(metric="likes").value == 2


def test_changed_types_are_refused_and_shown_and_yesterday_stays(
    sources: SourceServer, admin_client: Client
) -> None:
    artifact = make_painter()
    other = make_artifact("other", hub_id="acme/other")
    hub(sources, hub_model(), hub_model("acme/other"))
    ingest()
    age(days=1)
    before = set(artifact.facts.values_list("pk", flat=True))
    hub(sources, hub_model(likes={"total": 5}), hub_model("acme/other", likes=121))
    run = ingest().run
    assert (run.state, run.refusal_count) == ("done", 1)
    assert set(artifact.facts.values_list("pk", flat=True)) == before
    assert other.adoption_signals.filter(value=121).exists()
    refusal = IngestRefusal.objects.get()
    assert (refusal.key, "likes" in refusal.reason) == ("acme/painter-one", True)
    page = admin_client.get(f"/admin/catalog/ingestrun/{run.pk}/change/")
    assert "likes: Input should be a valid integer" in page.content.decode()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(b'{"data": [{"id": '),
        Answer({"data": "maintenance"}),
        Answer(status=401),
        Answer([]),
    ],
    ids=["500", "cut short", "no list", "401", "another shape"],
)
def test_a_source_that_fails_leaves_yesterday_in_place(
    sources: SourceServer, admin_client: Client, answer: Answer
) -> None:
    make_painter()
    router(sources, router_model())
    ingest(Source.OPENROUTER)
    before = written()
    sources.say(ROUTER, answer)
    run = ingest(Source.OPENROUTER).run
    assert (run.state, bool(run.error), run.finished_at is not None) == ("failed", True, True)
    assert SourceRecord.objects.exclude(stale_since=None).update(stale_since=None) == 1
    assert written() == before, "but for the mark that it is stale"
    assert "failed" in admin_client.get("/admin/catalog/ingestrun/").content.decode().casefold()


def test_a_renamed_repository_is_noted_for_a_person(sources: SourceServer) -> None:
    artifact = make_artifact("studio", kind="app", github_repo="acme/automatic")
    sources.say("/github/repos/acme/automatic", Answer(repository("acme/studio")))
    run = ingest(Source.GITHUB).run
    assert run.renames == ["acme/automatic -> acme/studio"]
    artifact.refresh_from_db()
    assert artifact.github_repo == "acme/automatic"
    assert artifact.facts.get(field="github_repo_now").value == "acme/studio"


def test_an_artifact_that_the_source_does_not_know_is_missing(sources: SourceServer) -> None:
    make_painter()
    hub(sources)
    assert ingest().run.missing == ["acme/painter-one"]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(sources: SourceServer) -> None:
    make_painter()
    hub(sources, hub_model(), etag='W/"1"')
    before = written()
    report = ingest(is_dry_run=True)
    assert 'painter-one: last_activity_on nothing -> "2026-10-11"' in report.changes
    assert "painter-one: likes nothing -> 120" in report.changes
    assert (written(), IngestRun.objects.exists()) == (before, False)
    ingest()
    assert ingest(is_dry_run=True).changes == ()
    hub(sources, hub_model(likes=130), etag='W/"2"')
    assert ingest(is_dry_run=True).changes == ("painter-one: likes 120 -> 130",)


def test_a_limit_is_a_trial_that_leaves_no_cursor(sources: SourceServer) -> None:
    for number in range(3):
        make_artifact(f"p-{number}", hub_id=f"acme-{number}/model")
    sources.route(HUB, lambda asked: Answer([hub_model(f"{asked.query['author'][0]}/model")]))
    run = ingest(limit=2).run
    assert (run.record_count, run.cursor, SourceRecord.objects.count()) == (2, "", 2)
    assert ingest().run.record_count == 3


def count_queries(sources: SourceServer) -> int:
    """Return the number of queries of a first reading."""
    with CaptureQueriesContext(connection) as queries:
        ingest()
    return len(queries)


def test_the_number_of_queries_does_not_depend_on_the_number_of_records(sources: SourceServer) -> None:
    counts = []
    for size in (2, 60):
        Artifact.objects.all().delete()
        for number in range(size):
            make_artifact(f"p-{size}-{number}", hub_id=f"acme/p-{size}-{number}")
        hub(sources, *(hub_model(f"acme/p-{size}-{number}") for number in range(size)))
        counts.append(count_queries(sources))
    assert counts[0] == counts[1] <= 40


def test_settling_twice_changes_nothing(sources: SourceServer) -> None:
    artifact = make_painter()
    hub(sources, hub_model())
    ingest()
    assert settle_artifacts([artifact.pk]) == 0


def test_what_is_unchanged_is_asked_for_with_its_etag(sources: SourceServer) -> None:
    make_painter()
    hub(sources, hub_model(), etag='W/"1"')
    assert ingest().run.request_count == 2, "the list and a card, which is not there"
    assert ingest().run.request_count == 1
    headers = [asked.headers.get("If-None-Match") for asked in sources.asked]
    assert headers == [None, None, 'W/"1"']
