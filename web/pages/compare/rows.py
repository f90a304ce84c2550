"""The one query that loads both artifacts with the parts that a comparison needs of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef
from django.db.models.functions import Cast, JSONObject

from catalog.models import Artifact, Capability, Category, Fact, Offer, ReportedResult
from catalog.pricing import Price
from catalog.vocabulary import Confidence, OfferKind, OfferUnit, Origin
from matchgraph.selectors import CapabilityView
from ranking.selectors import history_rows
from web.pages.sources import stale_day


def compared_artifacts(slugs: Sequence[str]) -> dict[str, Artifact]:
    """Return the artifacts by slug, with offers, winning facts, reported results, shelves, capabilities and published ranks.

    One query: the parts come as JSON arrays with the artifact itself.
    """
    facts = Fact.objects.filter(artifact=OuterRef("pk"), is_winning=True).order_by("field")
    offers = (
        Offer.objects.current().filter(artifact=OuterRef("pk")).order_by("kind", "provider", "unit", "amount")
    )
    reported = (
        ReportedResult.objects.counted().filter(artifact=OuterRef("pk")).order_by("benchmark", "metric", "pk")
    )
    capabilities = Capability.objects.filter(artifact=OuterRef("pk")).order_by("position", "id")
    shelves = Category.objects.filter(artifacts=OuterRef("pk")).order_by("slug")
    rows = (
        Artifact.objects.filter(slug__in=slugs)
        .select_related("publisher")
        .annotate(
            fact_rows=ArraySubquery(
                facts.values(json=JSONObject(field="field", source=_source("observed_on")))
            ),
            offer_rows=ArraySubquery(offers.values(json=_offer())),
            reported_rows=ArraySubquery(reported.values(json=_reported())),
            shelf_slugs=ArraySubquery(shelves.values("slug")),
            capability_rows=ArraySubquery(capabilities.values(json=_capability())),
            published_rows=ArraySubquery(history_rows(OuterRef("pk"))),
        )
    )
    return {artifact.slug: artifact for artifact in rows}


def _source(date: str) -> JSONObject:
    return JSONObject(
        name="source__name",
        url="source__url",
        kind="source__kind",
        as_of=date,
        stale_since="source__stale_since",
    )


def _offer() -> JSONObject:
    same = ("kind", "provider", "plan", "unit", "detail", "currency", "as_of")
    amount = Cast("amount", CharField())
    return JSONObject(**{name: name for name in same}, amount=amount, source=_source("as_of"))


def _reported() -> JSONObject:
    same = ("benchmark", "metric", "reported_by", "is_primary")
    value = Cast("value", CharField())
    return JSONObject(**{name: name for name in same}, value=value, source=_source("observed_on"))


def _capability() -> JSONObject:
    return JSONObject(**{each.name: each.name for each in fields(CapabilityView)})


def capability_from_json(row: Mapping[str, Any]) -> CapabilityView:
    """Return a capability that the database put together."""
    return CapabilityView(
        **{**row, "confidence": Confidence(row["confidence"]), "origin": Origin(row["origin"])}
    )


def price_from_json(row: Mapping[str, Any]) -> Price:
    """Return an offer that the database put together; its amount came as text, to keep digits."""
    return Price(
        kind=OfferKind(row["kind"]),
        provider=row["provider"],
        plan=row["plan"],
        unit=OfferUnit(row["unit"]) if row["unit"] else None,
        detail=row["detail"],
        amount=Decimal(row["amount"]),
        currency=row["currency"],
        as_of=dt.date.fromisoformat(row["as_of"]),
        source_url=row["source"]["url"],
        stale_since=stale_day(row["source"]),
    )
