"""The catalogue that ships with the site: complete, sourced, distinct, and true where we checked."""

import datetime as dt
import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from catalog.costs import starting_price
from catalog.licences import known_licence
from catalog.models import Artifact
from catalog.pricing import pricing_model
from catalog.seed.read import Names, read_catalogue
from catalog.seed.schema import ArtifactEntry
from catalog.seed.usage import shipped_usage
from catalog.selectors import artifacts_with_details, price_of
from catalog.vocabulary import Kind, Openness

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDED = Path(os.environ.get("CATALOGUE_DATA_DIR", CHECKOUT.parent / "shared" / "data"))
CONCEIVED = {
    "gpt-5-4-image-2": 8,
    "stable-diffusion-3-5-large": 14,
    "sdnext": 16,
    "dreambooth-stable-diffusion": 12,
    "flux-1-pro": 13,
}
# Words that hedge where a fact should stand or be absent.
HEDGES = re.compile(r"\b(likely|unknown|unspecified|presumably|tbd|n/a)\b", re.IGNORECASE)


@cache
def entries() -> dict[str, ArtifactEntry]:
    """Return the shipped artifacts by slug."""
    catalogue = read_catalogue([settings.CATALOGUE_DIR], known=Names())
    return {entry.slug: entry for entry in catalogue.artifacts}


def texts(entry: ArtifactEntry) -> list[str]:
    """Return every sentence of ours in an entry."""
    parts = [entry.summary, entry.about, *entry.best_for, *entry.limitations, *entry.requirements]
    for capability in entry.capabilities:
        parts += [
            capability.description,
            capability.unique_aspect or "",
            capability.versus_alternatives or "",
        ]
        parts += [*capability.best_for, *capability.limitations, *capability.requirements]
    return [part for part in parts if part]


def test_the_five_conceived_artifacts_are_complete() -> None:
    for slug, count in CONCEIVED.items():
        assert len(entries()[slug].capabilities) == count, slug


def test_at_least_twenty_more_to_the_same_standard() -> None:
    others = [e for slug, e in entries().items() if slug not in CONCEIVED and not e.is_demonstration]
    assert len([entry for entry in others if len(entry.capabilities) >= 8]) >= 20


def test_no_identity_stands_twice() -> None:
    for field in ("hub_id", "github_repo", "router_id", "package_name"):
        values = Counter(
            value.casefold()
            for entry in entries().values()
            # A hub id names one artifact; a repository may hold several models.
            if (value := getattr(entry, field)) and not (field == "github_repo" and entry.kind == "model")
        )
        assert [value for value, n in values.items() if n > 1] == [], field


def test_an_alias_leads_to_one_artifact() -> None:
    aliases = Counter(
        name
        for entry in entries().values()
        for name in {alias.casefold() for alias in (entry.name, *entry.aliases)}
    )
    assert [alias for alias, n in aliases.items() if n > 1] == []


@pytest.mark.parametrize("slug", sorted(entries()))
def test_nothing_hedges_and_no_sentence_is_used_twice(slug: str) -> None:
    entry = entries()[slug]
    for text in texts(entry):
        assert not HEDGES.search(text), text
    descriptions = [capability.description for capability in entry.capabilities]
    assert len(set(descriptions)) == len(descriptions)


def words(text: str) -> list[str]:
    """Return the words of a text, so that punctuation and case do not hide a copy."""
    return re.findall(r"\w+", text.casefold())


def shingles(text: str, *, size: int) -> set[tuple[str, ...]]:
    """Return all runs of ``size`` words."""
    found = words(text)
    return {tuple(found[i : i + size]) for i in range(len(found) - size + 1)}


def test_descriptions_are_written_for_their_artifact() -> None:
    """No description stands twice, and none is another with the names swapped: few share twelve words."""
    seen: dict[tuple[str, ...], str] = {}
    for slug, entry in entries().items():
        for capability in () if entry.is_demonstration else entry.capabilities:
            for run in shingles(capability.description, size=12):
                assert seen.setdefault(run, slug) == slug, " ".join(run)


def test_no_text_is_copied_from_a_source() -> None:
    """No run of eight words stands in any of the recorded lists and payloads."""
    if not RECORDED.is_dir():
        pytest.skip("no recorded texts: set CATALOGUE_DATA_DIR to a folder with them")
    theirs = {run for text in recorded_texts() for run in shingles(text, size=8)}
    assert len(theirs) > 10_000
    for slug, entry in entries().items():
        for text in texts(entry):
            assert not shingles(text, size=8) & theirs, (slug, text)


def recorded_texts() -> Iterator[str]:
    """Yield every string of more than a few words that the recorded files hold."""
    for path in sorted(RECORDED.rglob("*.json*")):
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
        for line in text.splitlines() if path.suffix == ".jsonl" else [text]:
            yield from strings_of(json.loads(line))


def strings_of(value: Any) -> Iterator[str]:
    """Yield the strings inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings_of(part)


@pytest.mark.parametrize("slug", sorted(entries()))
def test_every_source_has_a_plausible_date_and_address(slug: str) -> None:
    for source in entries()[slug].sources.values():
        assert dt.date(2020, 1, 1) <= source.observed_on <= dt.date(2026, 11, 21)
        assert source.address.startswith("https://") or source.kind == "measured"


def test_every_licence_is_known_or_marked_as_its_own() -> None:
    """An identifier without ``LicenseRef-`` must be one of SPDX's; nothing is "proprietary" or "other"."""
    for slug, entry in entries().items():
        if entry.licence is not None and not re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]+", entry.licence.id):
            known = known_licence(entry.licence.id)
            assert known is not None, (slug, entry.licence.id)
            assert known.id == entry.licence.id, slug


def test_how_much_is_known() -> None:
    """Shares that must not fall: a licence, a price or free use, counts, and a tie to another entry."""
    real = [entry for entry in entries().values() if not entry.is_demonstration]
    tied = {relation.to for entry in real for relation in entry.relations}
    shares = {
        "licence": sum(entry.licence is not None for entry in real) / len(real),
        "price": sum(bool(entry.offers) for entry in real if entry.kind == Kind.MODEL)
        / sum(entry.kind == Kind.MODEL for entry in real),
        "adoption": sum(bool(entry.adoption) for entry in real) / len(real),
        "relation": sum(bool(entry.relations) or entry.slug in tied for entry in real) / len(real),
    }
    assert len(real) >= 250
    assert shares["licence"] > 0.75, shares
    assert shares["price"] > 0.8, shares
    assert shares["adoption"] > 0.35, shares
    assert shares["relation"] > 0.6, shares


def test_all_kinds_of_shelves_are_filled() -> None:
    kinds = Counter(entry.kind for entry in entries().values())
    for kind in (Kind.MODEL, Kind.FINETUNE, Kind.EXTENSION, Kind.LIBRARY, Kind.BENCHMARK, Kind.PAPER):
        assert kinds[kind] >= 8, kind


def test_links_lead_to_web_pages() -> None:
    for slug, entry in entries().items():
        addresses = [str(link.url) for link in entry.links]
        addresses += [source.address for source in entry.sources.values() if source.address]
        for address in addresses:
            assert re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]{2,}(/\S*)?", address), (slug, address)


def test_identifiers_have_the_form_of_their_hosts() -> None:
    for slug, entry in entries().items():
        for name in (entry.hub_id, entry.github_repo, entry.router_id):
            assert name is None or re.fullmatch(r"[\w.-]+/[\w.:-]+", name), (slug, name)
        assert entry.package_name is None or re.fullmatch(r"[a-z0-9-]+", entry.package_name), slug


def test_what_comes_through_an_api_alone_is_never_free_to_run() -> None:
    for slug, entry in entries().items():
        if entry.openness == Openness.API_ONLY:
            assert all(offer.kind != "self-hosted" for offer in entry.offers), slug


def test_checked_figures() -> None:
    """Figures that were checked by hand against their sources."""
    large = entries()["stable-diffusion-3-5-large"]
    observed = {
        (s.metric, s.value, s.observed_on or large.sources[s.source].observed_on) for s in large.adoption
    }
    assert ("downloads_30d", 100_154, dt.date(2026, 9, 26)) in observed
    assert ("likes", 3_949, dt.date(2026, 9, 26)) in observed
    assert {(o.provider.split()[0], o.amount) for o in large.offers} >= {
        ("Stability", Decimal("0.065")),
        ("Amazon", Decimal("0.08")),
    }
    sdnext = entries()["sdnext"]
    assert {(s.metric, s.value) for s in sdnext.adoption} >= {("stars", 7_346), ("forks", 583)}
    assert all(signal.value < 100_000 for signal in sdnext.adoption)
    assert not [s for s in entries()["dreambooth-stable-diffusion"].adoption if s.metric == "stars"]


@pytest.mark.django_db
def test_the_loaded_catalogue_says_what_is_true_of_the_conceived_artifacts(client: Client) -> None:
    call_command("load_catalogue")
    rows = {artifact.slug: artifact for artifact in artifacts_with_details(CONCEIVED)}

    def prices_of(slug: str) -> tuple[str, str]:
        artifact: Artifact = rows[slug]
        prices = [price_of(offer) for offer in artifact.offers.all()]
        lowest = starting_price(prices, artifact=slug, usage=shipped_usage())
        return pricing_model(Openness(artifact.openness), prices), lowest.text if lowest else ""

    model, price = prices_of("flux-1-pro")
    assert (rows["flux-1-pro"].openness, model) == ("api-only", "Paid API")
    assert price.startswith("$0.05 a picture")
    assert prices_of("gpt-5-4-image-2")[1].startswith("$8.00 per 1M prompt tokens")
    assert prices_of("stable-diffusion-3-5-large")[0] == "Free to run yourself; paid hosting"
    large = rows["stable-diffusion-3-5-large"]
    assert (
        large.licence_outputs_commercial == "conditional" or large.licence_weights_commercial == "conditional"
    )
    assert "1" in large.licence_condition
    assert "revenue" in large.licence_condition
    said = {slug: client.get(f"/artifact/{slug}/").content.decode() for slug in CONCEIVED}
    assert "Paid API" in said["flux-1-pro"]
    assert "API only" in said["flux-1-pro"]
    assert "ree to run yourself" not in said["flux-1-pro"]
    assert "Free to run yourself" in said["stable-diffusion-3-5-large"]
    assert "US$1M annual revenue" in said["stable-diffusion-3-5-large"]
    assert "$8.00 per 1M prompt tokens" in said["gpt-5-4-image-2"]
    assert "$0.000008" not in said["gpt-5-4-image-2"]
    assert "7,346" in said["sdnext"]
    assert "Stars" not in said["dreambooth-stable-diffusion"]
