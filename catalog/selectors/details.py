"""Artifacts with the rows that their pages and the rank read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Prefetch

from catalog.models import AdoptionSignal, Artifact, Capability, Fact, Offer
from catalog.pricing import Price
from catalog.vocabulary import OfferKind, OfferUnit


def artifacts_with_details(slugs: Iterable[str]) -> list[Artifact]:
    """Return artifacts with publisher, links, categories, capabilities, offers and their sources.

    Six queries for any number of artifacts; unknown slugs are left out; ordered by slug.
    """
    return list(
        Artifact.objects.filter(slug__in=list(slugs))
        .select_related("publisher")
        .prefetch_related(
            "links",
            "categories",
            Prefetch("capabilities", Capability.objects.order_by("position")),
            Prefetch("offers", Offer.objects.current().select_related("source").defer("source__payload")),
        )
    )


def price_of(offer: Offer) -> Price:
    """Return an offer row as a plain price."""
    return Price(
        kind=OfferKind(offer.kind),
        provider=offer.provider,
        plan=offer.plan,
        unit=OfferUnit(offer.unit) if offer.unit else None,
        detail=offer.detail,
        amount=offer.amount,
        currency=offer.currency,
        as_of=offer.as_of,
        source_url=offer.source.url,
        stale_since=offer.source.stale_since.date() if offer.source.stale_since else None,
    )


def winning_facts(artifact_ids: Sequence[int]) -> dict[int, dict[str, Fact]]:
    """Return the fact that set each column, by artifact and field, with its source. One query."""
    rows: dict[int, dict[str, Fact]] = defaultdict(dict)
    facts = Fact.objects.filter(artifact__in=artifact_ids, is_winning=True).select_related("source")
    for fact in facts.defer("source__payload"):
        rows[fact.artifact_id][fact.field] = fact
    return dict(rows)


def latest_adoption(artifact_ids: Sequence[int]) -> dict[int, list[AdoptionSignal]]:
    """Return the latest observation of each metric and source name, by artifact. One query."""
    rows: dict[int, list[AdoptionSignal]] = defaultdict(list)
    signals = (
        AdoptionSignal.objects.filter(artifact__in=artifact_ids, is_suspect=False)
        .select_related("source")
        .defer("source__payload")
        .order_by("artifact_id", "metric", "-observed_on", "-id")
        .distinct("artifact_id", "metric")
    )
    for signal in signals:
        rows[signal.artifact_id].append(signal)
    return dict(rows)
