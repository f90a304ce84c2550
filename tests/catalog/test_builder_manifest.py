"""What a maker's manifest may change: its own words beside ours, and what nobody else states."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from catalog.models import Artifact, CapabilityDraft, Claim, Fact, Identity, IngestRefusal, IngestRun
from catalog.ownership.guarded import Document, RefusedAddressError
from catalog.services import ingest as ingest_module
from catalog.services.decompose import approve
from catalog.services.ingest import ingest_source
from catalog.services.ingest_targets import Targets
from catalog.services.settle import settle_artifacts
from catalog.sources.base import PATIENCE, IdField, Query, Source
from catalog.sources.fetch import Fetcher
from catalog.sources.manifest import BuilderManifest
from tests.builders import make_artifact, make_fact, make_link, make_source
from tests.catalog.sources.outside import HOST, outside_server
from tests.catalog.sources.payloads import MANIFEST
from tests.catalog.sources.server import Answer, SourceServer

pytestmark = pytest.mark.django_db

ADDRESS = f"https://{HOST}/unfragile.yaml"


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SourceServer]:
    """Return the maker's own host."""
    with outside_server(tmp_path, monkeypatch) as (server, fetch_guarded):
        monkeypatch.setattr(ingest_module, "Fetcher", partial(Fetcher, fetch_guarded=fetch_guarded))
        yield server


def make_painter(slug: str = "painter", **fields: str) -> Artifact:
    """Make an artifact whose maker has told us where the manifest is."""
    artifact = make_artifact(slug, **{"hub_id": "acme/painter", **fields})
    Identity.objects.create(artifact=artifact, scheme="manifest_url", value=f"{ADDRESS}?{slug}")
    return artifact


def ingest(outside: SourceServer, text: str = MANIFEST) -> IngestRun:
    """Read the manifest."""
    outside.say("/unfragile.yaml", Answer(text.encode(), etag='"1"'))
    return ingest_source(Source.MANIFEST, sleep=lambda _: None).run


def test_a_makers_word_counts_where_nobody_else_speaks_and_never_beats_a_registry(
    outside: SourceServer,
) -> None:
    artifact = make_painter()
    assert ingest(outside).state == "done"
    artifact.refresh_from_db()
    assert (artifact.licence_id, artifact.openness) == ("Apache-2.0", "open-weights")
    assert {fact.source.kind for fact in Fact.objects.select_related("source")} == {"builder"}
    old = make_source("https://huggingface.co/acme/painter", kind="registry")
    make_fact(artifact, "openness", "weights-on-request", source=old, is_winning=False)
    settle_artifacts([artifact.pk])
    artifact.refresh_from_db()
    assert artifact.openness == "weights-on-request"
    assert artifact.summary != "Paints posters with readable lettering from a sentence."


def test_a_makers_price_is_called_so_and_cannot_replace_another_providers(outside: SourceServer) -> None:
    artifact = make_painter()
    ingest(outside, MANIFEST.replace("plan: Hosted", "plan: Pay as you go"))
    offer = artifact.offers.get()
    assert (offer.provider, offer.plan) == ("Acme", "Pay as you go, as stated by its maker")
    assert offer.source.kind == "builder"


def test_a_makers_capabilities_wait_and_then_stand_as_the_makers(outside: SourceServer) -> None:
    artifact = make_painter()
    ingest(outside)
    ingest(outside)
    draft = CapabilityDraft.objects.get()
    assert not artifact.capabilities.exists()
    approve([draft], by=None)
    capability = artifact.capabilities.get()
    assert (capability.origin, capability.name) == ("builder", "Lettering")


def test_a_manifest_speaks_only_for_what_it_names(outside: SourceServer) -> None:
    other = make_painter("other", hub_id="acme/other")
    ingest(outside)
    assert not other.facts.exists()
    assert not other.offers.exists()
    assert not CapabilityDraft.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("manifest_version: 1", "Field required"),
        (MANIFEST + "rank_score: 100\n", "rank_score"),
        ("a: [", "not readable as YAML"),
        ("<html>Sign in</html>", "Input should be"),
    ],
)
def test_what_is_no_manifest_is_refused_in_the_admin_and_changes_nothing(
    outside: SourceServer, text: str, reason: str
) -> None:
    make_painter()
    assert ingest(outside, text).refusal_count == 1
    assert reason in IngestRefusal.objects.get().reason
    assert not Fact.objects.exists()


def test_places_come_from_a_proved_claim_and_from_nobody_else(outside: SourceServer) -> None:
    artifact = make_artifact("painter", hub_id="acme/painter", github_repo="acme/studio")
    make_link(artifact, "homepage", "https://www.acme.ai/painter")
    claim = Claim.objects.create(
        artifact=artifact, user=User.objects.create(username="maker"), state="requested"
    )
    assert Targets().ids[IdField.MANIFEST] == {}
    claim.state, claim.verified_at = "verified", timezone.now()
    claim.save()
    assert set(Targets().ids[IdField.MANIFEST]) == {
        "https://huggingface.co/acme/painter/raw/main/unfragile.yaml",
        "https://raw.githubusercontent.com/acme/studio/HEAD/unfragile.yaml",
        "https://www.acme.ai/.well-known/unfragile.yaml",
    }


def test_one_builders_server_keeps_no_other_builder_waiting() -> None:
    asked: list[str] = []

    def fetch_guarded(url: str, *, etag: str = "") -> Document:
        asked.append(url)
        if "slow" in url:
            return Document(url, 503, b"", {"retry-after": "86400"})
        if "closed" in url:
            raise RefusedAddressError("no")
        return Document(url, 200, MANIFEST.encode(), {})

    strangers = ("https://slow.example/", *(f"https://closed-{n}.example/" for n in range(2 * PATIENCE)))
    fetcher = Fetcher(fetch_guarded=fetch_guarded, sleep=lambda _: None)
    pages = list(BuilderManifest(fetcher, {}).pages(Query(ids=(*strangers, ADDRESS))))
    assert [record.id for page in pages for record in page.records] == [ADDRESS]
    refused = {subject for page in pages for item in page.refusals for subject in item.subjects or ()}
    assert refused == set(strangers)
    assert len(asked) == len(strangers) + 1
