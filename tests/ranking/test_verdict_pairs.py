"""The verdict over all pairs of the shipped catalogue: short, symmetric, and never against its numbers."""

import math
import re
from itertools import combinations

import pytest
from django.conf import settings

from catalog.costs import starting_price
from catalog.models import Artifact
from catalog.pricing import pricing_model
from catalog.seed.usage import shipped_usage
from catalog.selectors import artifacts_with_details, price_of
from catalog.services.load import load_catalogue
from catalog.vocabulary import Openness
from ranking.compute.verdict import (
    Z_90,
    ComponentSide,
    LicenceSide,
    PriceSide,
    RankSide,
    Side,
    Verdict,
    probability_higher,
    verdict,
)
from ranking.selectors import EntryView, rank_entries
from ranking.services.publish import compute_rank
from tests.builders import TODAY


@pytest.mark.django_db
def test_every_pair_of_the_catalogue_gets_an_honest_verdict() -> None:
    load_catalogue([settings.CATALOGUE_DIR])
    compute_rank(as_of=TODAY)
    artifacts = artifacts_with_details(Artifact.objects.values_list("slug", flat=True))
    entries = rank_entries([artifact.pk for artifact in artifacts])
    sides = [make_side(artifact, entries[artifact.pk]) for artifact in artifacts]
    pairs = list(combinations(sides, 2))
    assert len(pairs) > 500
    for first, second in pairs:
        result = verdict(first, second)
        assert len(result.text.split()) < 120, result.text
        assert not re.search(r"\(\)|  |None|;\.|\.\.|\b[Aa]pi\b", result.text), result.text
        assert_headline_agrees(first, second, result)
        assert_leads_stand_apart(first, second, result)


def assert_headline_agrees(first: Side, second: Side, result: Verdict) -> None:
    assert first.rank is not None
    assert second.rank is not None
    p = probability_higher(first.rank, second.rank)
    higher = first if first.rank.score >= second.rank.score else second
    assert (result.leader is None) == (max(p, 1 - p) < 0.9)
    assert result.headline.startswith(higher.name) or first.rank.score == second.rank.score
    if result.leader is None:
        assert max(first.rank.low, second.rank.low) <= min(first.rank.high, second.rank.high)


def assert_leads_stand_apart(first: Side, second: Side, result: Verdict) -> None:
    assert first.rank is not None
    assert second.rank is not None
    said = " ".join(statement.text for statement in result.statements if " leads on " in statement.text)
    for one, other in zip(first.rank.components, second.rank.components, strict=False):
        if re.search(rf"\b{one.label.lower()} \(", said):
            assert one.name == other.name
            assert abs(one.value - other.value) > Z_90 * math.hypot(one.sd, other.sd)


def make_side(artifact: Artifact, entry: EntryView) -> Side:
    prices = [price_of(offer) for offer in artifact.offers.all()]
    lowest = starting_price(prices, artifact=artifact.slug, usage=shipped_usage())
    components = tuple(
        ComponentSide(part.name, part.label, part.value, part.sd, part.is_missing)
        for part in entry.components
    )
    return Side(
        name=artifact.name,
        kind=artifact.kind,
        rank=RankSide(entry.score, entry.low, entry.high, components),
        price=PriceSide(pricing_model(Openness(artifact.openness), prices), lowest.text if lowest else None),
        licence=LicenceSide(
            artifact.licence_name, artifact.licence_outputs_commercial, artifact.licence_condition
        ),
        is_measured=False,
    )
