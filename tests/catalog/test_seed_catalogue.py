"""The catalogue that ships with the site: complete, sourced, distinct, and true where we checked."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from functools import cache

import pytest
from django.conf import settings
from django.core.management import call_command

from catalog.models import Artifact
from catalog.pricing import pricing_model, starting_price
from catalog.seed.read import Names, read_catalogue
from catalog.seed.schema import ArtifactEntry
from catalog.selectors import artifacts_with_details, price_of
from catalog.vocabulary import Openness

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


def test_descriptions_are_written_for_their_artifact() -> None:
    seen = Counter(
        capability.description
        for entry in entries().values()
        if not entry.is_demonstration
        for capability in entry.capabilities
    )
    assert [text for text, n in seen.items() if n > 1] == []


@pytest.mark.parametrize("slug", sorted(entries()))
def test_every_source_has_a_plausible_date_and_address(slug: str) -> None:
    for source in entries()[slug].sources.values():
        assert dt.date(2020, 1, 1) <= source.observed_on <= dt.date(2026, 11, 21)
        assert source.address.startswith("https://") or source.kind == "measured"


@pytest.mark.parametrize("slug", sorted(entries()))
def test_every_licence_is_named(slug: str) -> None:
    licence = entries()[slug].licence
    assert licence is not None
    assert re.fullmatch(r"(LicenseRef-)?[A-Za-z0-9.+-]+", licence.id)


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
def test_the_loaded_catalogue_says_what_is_true_of_the_conceived_artifacts() -> None:
    call_command("load_catalogue")
    rows = {artifact.slug: artifact for artifact in artifacts_with_details(CONCEIVED)}

    def prices_of(slug: str) -> tuple[str, str]:
        artifact: Artifact = rows[slug]
        prices = [price_of(offer) for offer in artifact.offers.all()]
        lowest = starting_price(prices)
        return pricing_model(Openness(artifact.openness), prices), lowest.text if lowest else ""

    model, price = prices_of("flux-1-pro")
    assert (rows["flux-1-pro"].openness, model) == ("api-only", "Paid API")
    assert price.startswith("$0.05 per image")
    assert prices_of("gpt-5-4-image-2")[1].startswith("$8.00 per 1M prompt tokens")
    assert prices_of("stable-diffusion-3-5-large")[0] == "Free to run yourself; paid hosting"
    large = rows["stable-diffusion-3-5-large"]
    assert (
        large.licence_outputs_commercial == "conditional" or large.licence_weights_commercial == "conditional"
    )
    assert "1" in large.licence_condition
    assert "revenue" in large.licence_condition
