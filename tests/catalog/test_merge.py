"""Two artifacts that are one thing become one, and two again with the very same rows."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Artifact, ArtifactMerge, Claim, Identity, Relation
from catalog.services.ingest_targets import Targets
from catalog.services.load import load_catalogue
from catalog.services.merge import MergeError, _belongings, merge_artifacts, undo_merge
from catalog.services.settle import settle_artifacts
from catalog.sources.base import IdField
from evaluation.models import Recipe
from matchgraph.search import search
from tests.builders import (
    make_adoption,
    make_artifact,
    make_capability,
    make_fact,
    make_link,
    make_offer,
    make_relation,
    make_reported_result,
    make_source,
)
from web.freshness import forget_version

pytestmark = pytest.mark.django_db


def furnish(artifact: Artifact) -> None:
    """Give an artifact a row of everything that can belong to one."""
    slug = artifact.slug
    make_capability(artifact, "Shared words")
    make_capability(artifact, f"Only of {slug}")
    source = make_source(f"https://example.org/{slug}", kind="publisher")
    make_fact(artifact, "parameter_count", 1_000 + len(slug), source=source)
    make_fact(artifact, "own_field", slug, source=source)
    make_fact(artifact, "same_field", 1)
    make_offer(artifact, "0.03")
    make_offer(artifact, "0.05", provider=slug)
    make_adoption(artifact)
    make_adoption(artifact, metric=f"of_{slug}".replace("-", "_"))
    make_link(artifact)
    make_reported_result(artifact)
    Claim.objects.create(artifact=artifact, user=User.objects.create(username=slug))
    Recipe.objects.create(
        artifact=artifact, digest=slug, runner="diffusers", location="x", revision="1", width=8, height=8
    )
    settle_artifacts([artifact.pk])


def rows(*artifacts: Artifact) -> dict[str, list[dict[str, Any]]]:
    """Return every row of artifacts and of what belongs to them."""
    found = {name: list(model._base_manager.order_by("pk").values()) for name, model, _ in _belongings()}
    own = Artifact.everything.filter(pk__in=[artifact.pk for artifact in artifacts]).order_by("pk").values()
    return found | {
        "artifacts": [{key: value for key, value in row.items() if key != "updated_at"} for row in own]
    }


@pytest.fixture
def winner() -> Artifact:
    """Return an artifact that stays."""
    artifact = make_artifact("painter", hub_id="acme/painter")
    furnish(artifact)
    return artifact


@pytest.fixture
def loser() -> Artifact:
    """Return the same thing under another name."""
    artifact = make_artifact("painter-hub", hub_id="ACME/Painter", github_repo="acme/painter-code")
    furnish(artifact)
    return artifact


def test_a_merge_moves_what_belongs_to_the_loser_and_undoing_it_gives_the_same_rows(
    winner: Artifact, loser: Artifact
) -> None:
    friend = make_artifact("friend")
    make_relation(friend, loser)
    make_relation(loser, winner)
    before = rows(winner, loser)
    merge = merge_artifacts(winner, loser)
    assert set(winner.capabilities.values_list("name", flat=True)) == {
        "Shared words",
        "Only of painter",
        "Only of painter-hub",
    }
    assert winner.facts.filter(field="own_field").count() == 2
    assert winner.facts.filter(field="own_field", is_winning=True).count() == 1
    assert {offer.provider for offer in winner.offers.all()} == {"Acme API", "painter", "painter-hub"}
    assert winner.adoption_signals.filter(metric="of_painter_hub").exists()
    assert winner.claims.count() == 2
    assert winner.reported_results.count() == 1, "the same value from the same source"
    assert Relation.objects.get(artifact=friend).target == winner
    assert list(Artifact.objects.values_list("slug", flat=True)) == ["friend", "painter"]
    assert set(loser.capabilities.values_list("name", flat=True)) == {"Shared words"}, "kept, out of sight"
    undo_merge(merge)
    assert rows(winner, loser) == before
    assert not Identity.objects.exists()
    with pytest.raises(MergeError, match="undone before"):
        undo_merge(merge)


def test_measurements_move_where_the_winner_has_none(loser: Artifact) -> None:
    bare = make_artifact("bare")
    merge = merge_artifacts(bare, loser)
    assert bare.recipes.get().digest == "painter-hub"
    assert bare.facts.filter(field="parameter_count", is_winning=True).exists()
    bare.refresh_from_db()
    assert bare.parameter_count == 1_011
    undo_merge(merge)
    assert Artifact.objects.get(slug="bare").parameter_count is None
    assert loser.recipes.get().digest == "painter-hub"


def test_the_winner_is_found_under_both_names(winner: Artifact, loser: Artifact) -> None:
    merge_artifacts(winner, loser)
    targets = Targets()
    assert [target.slug for target in targets.find(IdField.GITHUB, "acme/painter-code")] == ["painter"]
    assert [target.slug for target in targets.find(IdField.HUB, "acme/painter")] == ["painter"]


def test_the_old_address_leads_to_the_winner_while_merged(
    winner: Artifact, loser: Artifact, client: Client
) -> None:
    make_artifact("other")
    merge = merge_artifacts(winner, loser)
    places = {
        "/artifact/painter-hub/": "/artifact/painter/",
        "/artifact/painter-hub.md": "/artifact/painter.md",
        "/artifact/painter-hub/history/": "/artifact/painter/history/",
        "/artifact/painter-hub/disputes/": "/artifact/painter/disputes/",
        "/alternatives/painter-hub/": "/alternatives/painter/",
        "/badge/painter-hub.svg?theme=dark": "/badge/painter.svg?theme=dark",
        "/badge/painter-hub.json": "/badge/painter.json",
        "/compare/other-vs-painter-hub/": "/compare/other-vs-painter/",
        "/compare/other-vs-painter-hub.json": "/compare/other-vs-painter.json",
        "/compare/painter-vs-painter-hub/": "/artifact/painter/",
        "/api/v1/artifacts/painter-hub": "/api/v1/artifacts/painter",
        "/api/v1/artifacts/painter-hub?fields=slug": "/api/v1/artifacts/painter?fields=slug",
        "/api/v1/artifacts/painter-hub/history": "/api/v1/artifacts/painter/history",
        "/api/v1/artifacts/painter-hub/alternatives": "/api/v1/artifacts/painter/alternatives",
    }
    for old, new in places.items():
        answer = client.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (302, new)
        assert client.get(new).status_code == 200
    listed = client.get("/api/v1/artifacts").json()
    assert "painter-hub" not in str(listed)
    lines = b"".join(client.get("/api/v1/export/artifacts.ndjson")).decode()
    assert '"slug":"painter-hub"' not in lines
    assert all(hit.slug != "painter-hub" for hit in search("shared words").results)
    undo_merge(merge)
    forget_version()
    assert client.get("/artifact/painter-hub/").status_code == 200


def test_chains_lead_to_their_end_and_come_apart_from_it(
    winner: Artifact, loser: Artifact, client: Client
) -> None:
    third = make_artifact("third")
    first = merge_artifacts(winner, loser)
    for pair in ((winner, winner), (third, loser), (loser, third), (third, winner)):
        with pytest.raises(MergeError):
            merge_artifacts(*(Artifact.everything.get(pk=row.pk) for row in pair))
    merge_artifacts(winner, third)
    undo_merge(first)
    assert client.get("/artifact/third/").headers["Location"] == "/artifact/painter/"
    assert set(Artifact.objects.values_list("slug", flat=True)) == {"painter", "painter-hub"}


def test_people_merge_and_undo_in_the_admin(winner: Artifact, loser: Artifact, admin_client: Client) -> None:
    place = "/admin/catalog/artifactmerge/"
    form = {"winner": winner.pk, "loser": loser.pk, "reason": "One model."}
    assert "Two different" in admin_client.post(f"{place}add/", form | {"loser": winner.pk}).content.decode()
    assert admin_client.post(f"{place}add/", form).status_code == 302
    merge = ArtifactMerge.objects.get()
    assert (merge.reason, merge.merged_by is not None) == ("One model.", True)
    admin_client.post(place, {"action": "undo", "_selected_action": [merge.pk]})
    merge.refresh_from_db()
    assert merge.undone_at is not None
    assert Artifact.objects.filter(pk=loser.pk).exists()


def test_loading_the_files_again_leaves_a_merge_alone(tmp_path: Path) -> None:
    load_catalogue([settings.CATALOGUE_DIR])
    relation = Relation.objects.select_related("artifact", "target").first()
    assert relation is not None
    winner = Artifact.objects.exclude(pk__in=[relation.artifact_id, relation.target_id]).earliest("pk")
    merge_artifacts(winner, relation.target)
    Artifact.everything.update(content_digest="")
    load_catalogue([settings.CATALOGUE_DIR])
    assert Artifact.everything.get(pk=relation.target_id).merged_into == winner
    assert Relation.objects.filter(artifact=relation.artifact, target=winner).exists()
