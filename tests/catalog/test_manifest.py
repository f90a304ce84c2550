"""The builder's manifest: strict, bounded, and described by the published schema."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from catalog.manifest import MAX_BYTES, ManifestError, json_schema_text, parse_manifest

GOOD: dict[str, Any] = {
    "manifest_version": 1,
    "name": "Brush One",
    "kind": "model",
    "summary": "Brush One paints pictures from words.",
    "licence": "Apache-2.0",
    "links": [{"rel": "homepage", "url": "https://example.org/"}],
    "capabilities": [
        {
            "name": "Inpainting",
            "description": "Fills what a mask covers.",
            "inputs": ["image", "mask"],
            "outputs": ["image"],
        }
    ],
    "offers": [{"plan": "Pay per image", "unit": "image", "amount": "0.04"}],
}


def text_of(**fields: Any) -> str:
    """Return a manifest's text with other fields."""
    return yaml.safe_dump({**copy.deepcopy(GOOD), **fields})


def test_a_good_one_is_read() -> None:
    manifest = parse_manifest(text_of())
    assert (manifest.name, manifest.capabilities[0].name, manifest.offers[0].amount) == (
        "Brush One",
        "Inpainting",
        "0.04",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (text_of(manifest_version=2), "manifest_version"),
        (text_of(kind="spaceship"), "kind"),
        (text_of(summary="short"), "summary"),
        (text_of(rank_score=99), "rank_score: Extra inputs"),
        (text_of(links=[{"rel": "homepage", "url": "javascript:alert(1)"}]), "links.0.url"),
        (text_of(offers=[{"plan": "A", "unit": "image", "amount": 0.04}]), "offers.0.amount"),
        (text_of(offers=[{"plan": "A", "unit": "unicorn", "amount": "1"}]), "offers.0.unit"),
        ("- a list", "dictionary"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("a: [", "not readable as YAML"),
        ("!!python/object:os.system {}", "not readable as YAML"),
        ("[" * 2_000, "YAML|deep"),
        ("x" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        parse_manifest(text)


@given(st.text(max_size=300))
def test_any_text_is_a_manifest_or_an_error(text: str) -> None:
    with pytest.raises(ManifestError):
        parse_manifest(text)


def test_the_published_schema_is_the_one_that_is_checked() -> None:
    published = settings.BASE_DIR / "data" / "schemas" / "manifest-1.json"
    assert published.read_text(encoding="utf-8") == json_schema_text(), (
        "write it anew: manage.py validate_manifest --schema > data/schemas/manifest-1.json"
    )


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "unfragile.yaml"
    path.write_text(text_of())
    call_command("validate_manifest", str(path))
    assert "a valid manifest of Brush One with 1 capabilities" in capsys.readouterr().out
    path.write_text(text_of(kind="spaceship", summary="short"))
    with pytest.raises(CommandError, match=r"(?s)kind: .*summary: "):
        call_command("validate_manifest", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("validate_manifest", str(tmp_path / "absent.yaml"))
