"""Loading the seed catalogue: checked first, all or nothing, twice changes nothing."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from catalog.models import AdoptionSignal, Artifact, Capability, Fact, Offer, SourceRecord
from catalog.seed.read import CatalogueError
from catalog.services.facts import settle_facts
from catalog.services.load import load_catalogue
from tests.builders import make_artifact, make_offer

pytestmark = pytest.mark.django_db

ARTIFACT: dict[str, Any] = {
    "slug": "brush-one",
    "name": "Brush One",
    "kind": "model",
    "publisher": "acme",
    "summary": "Brush One paints pictures from words.",
    "about": "Brush One paints pictures from words and stands here so that loading can be tested.",
    "categories": ["text-to-image"],
    "inputs": ["text"],
    "outputs": ["image"],
    "openness": "open-weights",
    "parameter_count": 8_100_000_000,
    "licence": {
        "id": "Apache-2.0",
        "name": "Apache License 2.0",
        "outputs_commercial": "yes",
        "weights_commercial": "yes",
        "source": "card",
    },
    "sources": {
        "card": {
            "kind": "publisher",
            "name": "Model card",
            "url": "https://example.org/card",
            "observed_on": "2026-10-01",
        },
        "hub": {
            "kind": "registry",
            "name": "Hub",
            "url": "https://example.org/hub",
            "observed_on": "2026-09-26",
        },
    },
    "sourced": {"openness": "card", "parameter_count": "card"},
    "links": [{"rel": "weights", "url": "https://example.org/weights"}],
    "offers": [
        {
            "kind": "hosted",
            "provider": "Acme",
            "plan": "API",
            "unit": "prompt-token",
            "amount": "0.000008",
            "source": "card",
        }
    ],
    "adoption": [{"metric": "likes", "value": 12, "source": "hub"}],
    "capabilities": [
        {
            "name": name,
            "description": f"{name}, described in a sentence.",
            "inputs": ["text"],
            "outputs": ["image"],
            "intents": [f"do {name.lower()} for me"],
        }
        for name in ("Text-to-image", "Inpainting", "Text rendering inside images")
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue of one artifact."""
    write(tmp_path / "publishers.yaml", [{"slug": "acme", "name": "Acme"}])
    shelf = {"slug": "text-to-image", "name": "Text to image", "description": "Pictures from words."}
    write(tmp_path / "categories.yaml", [shelf])
    write_artifact(tmp_path, ARTIFACT)
    return tmp_path


def write(path: Path, content: Any) -> None:
    """Write YAML."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def write_artifact(folder: Path, content: dict[str, Any]) -> None:
    """Write one artifact's file."""
    write(folder / "artifacts" / f"{content['slug']}.yaml", content)


def changed(**fields: Any) -> dict[str, Any]:
    """Return the sample artifact with other fields."""
    return {**copy.deepcopy(ARTIFACT), **fields}


def test_everything_arrives_with_its_source(folder: Path) -> None:
    assert str(load_catalogue([folder])) == "1 created, 0 updated, 0 unchanged"
    artifact = Artifact.objects.get(slug="brush-one")
    assert (artifact.openness, artifact.parameter_count) == ("open-weights", 8_100_000_000)
    assert (artifact.licence_id, artifact.licence_outputs_commercial) == ("Apache-2.0", "yes")
    offer = Offer.objects.select_related("source").get()
    assert str(offer.amount.normalize()) == "0.000008"
    assert offer.source.url == "https://example.org/card"
    assert AdoptionSignal.objects.get().observed_on.isoformat() == "2026-09-26"
    assert set(Fact.objects.values_list("field", "is_winning")) == {
        ("openness", True),
        ("parameter_count", True),
        ("licence", True),
    }


def test_loading_twice_changes_nothing(folder: Path) -> None:
    load_catalogue([folder])
    before = list(Capability.objects.values_list("pk", "name")), Artifact.objects.get().updated_at
    assert str(load_catalogue([folder])) == "0 created, 0 updated, 1 unchanged"
    assert (list(Capability.objects.values_list("pk", "name")), Artifact.objects.get().updated_at) == before


def test_a_changed_artifact_keeps_the_rows_of_unchanged_capabilities(folder: Path) -> None:
    load_catalogue([folder])
    kept = Capability.objects.get(name="Inpainting").pk
    content = changed()
    content["capabilities"][0]["name"] = "Text-to-image at 4 MP"
    write_artifact(folder, content)
    assert str(load_catalogue([folder])) == "0 created, 1 updated, 0 unchanged"
    assert Capability.objects.get(name="Inpainting").pk == kept
    assert not Capability.objects.filter(name="Text-to-image").exists()


def test_a_fact_that_a_registry_stated_outlives_a_reload_and_wins(folder: Path) -> None:
    load_catalogue([folder])
    artifact = Artifact.objects.get()
    source = SourceRecord.objects.create(
        kind="registry",
        name="Hub",
        url="https://example.org/api",
        observed_on="2026-11-01",
        payload={"params": 8_000_000_000},
        payload_digest="f" * 64,
    )
    Fact.objects.create(
        artifact=artifact,
        field="parameter_count",
        value=8_000_000_000,
        source=source,
        observed_on="2026-11-01",
    )
    settle_facts(artifact)
    write_artifact(folder, changed(name="Brush One (2026)"))
    load_catalogue([folder])
    artifact.refresh_from_db()
    assert (artifact.name, artifact.parameter_count) == ("Brush One (2026)", 8_000_000_000)
    assert Fact.objects.filter(field="parameter_count").count() == 2


def test_a_withdrawn_fact_leaves_its_column_empty(folder: Path) -> None:
    load_catalogue([folder])
    content = changed(sourced={"openness": "card"})
    del content["parameter_count"], content["licence"]
    write_artifact(folder, content)
    load_catalogue([folder])
    artifact = Artifact.objects.get()
    assert artifact.parameter_count is None
    assert artifact.licence_id == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "robot"}, ["brush-one.yaml", "brush-one", "kind"]),
        ({"colour": "red"}, ["brush-one.yaml", "colour", "Extra inputs are not permitted"]),
        ({"slug": "a-vs-b"}, ["slug", "-vs-"]),
        ({"publisher": "nobody"}, ["publisher", "no publisher has the slug 'nobody'"]),
        ({"categories": ["attic"]}, ["categories", "no category has the slug 'attic'"]),
        ({"relations": [{"type": "variant-of", "to": "ghost"}]}, ["relations", "'ghost'"]),
        ({"sourced": {"openness": "card"}}, ["parameter_count is stated without a source"]),
        ({"sourced": {"openness": "card", "parameter_count": "dream"}}, ["not declared: dream"]),
        ({"links": [{"rel": "weights", "url": "htps://example.org"}]}, ["links.0.url"]),
        ({"adoption": [{"metric": "likes", "value": -1, "source": "hub"}]}, ["adoption.0.value"]),
        ({"offers": [{**ARTIFACT["offers"][0], "amount": 0.000008}]}, ["offers.0.amount", "in quotes"]),
        ({"offers": [{**ARTIFACT["offers"][0], "amount": "-1"}]}, ["offers.0.amount"]),
        ({"offers": [{**ARTIFACT["offers"][0], "kind": "free-tier"}]}, ["costs nothing"]),
        (
            {"capabilities": [copy.deepcopy(ARTIFACT["capabilities"][0]) for _ in range(3)]},
            ["listed twice: text-to-image"],
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    folder: Path, fields: dict[str, Any], words: list[str]
) -> None:
    (folder / "artifacts" / "brush-one.yaml").unlink()
    write_artifact(folder, changed(slug="brush-two", name="Fine"))
    write(folder / "artifacts" / "brush-one.yaml", changed(**fields))
    with pytest.raises(CatalogueError) as caught:
        load_catalogue([folder])
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert not Artifact.objects.exists()
    assert not SourceRecord.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slug: brush-one\nslug: brush-two\n", "the key 'slug' is written twice"),
        ("a: &a [1]\nb: *a\n", "aliases are not allowed"),
        ("a: [1\n", "brush-one.yaml"),
        ("!!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
    ],
)
def test_broken_and_hostile_yaml_is_refused(folder: Path, text: str, words: str) -> None:
    (folder / "artifacts" / "brush-one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=words):
        load_catalogue([folder])


def test_text_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "artifacts" / "brush-one.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(CatalogueError, match="not UTF-8"):
        load_catalogue([folder])


def test_the_command_fails_in_one_go_with_every_problem(folder: Path) -> None:
    write_artifact(folder, changed(kind="robot", openness="ajar"))
    with pytest.raises(CommandError) as caught:
        call_command("load_catalogue", str(folder))
    assert "kind" in str(caught.value)
    assert "openness" in str(caught.value)


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(CommandError, match="no such file or folder"):
        call_command("load_catalogue", "nowhere")


@pytest.mark.parametrize(
    "fields",
    [
        {"slug": "a-vs-b"},
        {"slug": "Upper"},
        {"kind": "robot"},
        {"openness": "ajar"},
        {"parameter_count": 0},
        {"rank_score": 50, "rank_low": 60, "rank_high": 70},
        {"rank_score": 50},
    ],
)
def test_the_database_itself_refuses_what_the_schema_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_artifact(**fields)


@pytest.mark.parametrize("fields", [{"amount": "-0.01"}, {"unit": ""}, {"currency": "usd"}])
def test_the_database_refuses_impossible_offers(fields: dict[str, Any]) -> None:
    artifact = make_artifact()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_offer(artifact, **fields)
