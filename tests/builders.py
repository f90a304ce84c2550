"""Plain builders: each makes one valid row and takes what a test cares about as keywords."""

import datetime as dt
from typing import Any

from catalog.models import (
    AdoptionSignal,
    Artifact,
    Capability,
    Fact,
    Link,
    Offer,
    Publisher,
    Relation,
    ReportedResult,
    SourceRecord,
)

TODAY = dt.date(2026, 11, 1)


def make_publisher(slug: str = "acme", **fields: Any) -> Publisher:
    """Return the publisher, making it where it is missing."""
    return Publisher.objects.get_or_create(slug=slug, defaults={"name": slug.title(), **fields})[0]


def make_artifact(slug: str = "painter-one", **fields: Any) -> Artifact:
    """Make an artifact."""
    return Artifact.objects.create(
        **{
            "slug": slug,
            "name": slug.replace("-", " ").title(),
            "kind": "model",
            "publisher": fields.pop("publisher", None) or make_publisher(),
            "summary": f"{slug} makes pictures from words.",
            "about": f"{slug} makes pictures from words, and tests read about it.",
            "inputs": ["text"],
            "outputs": ["image"],
            "openness": "open-weights",
            **fields,
        }
    )


def make_capability(artifact: Artifact, name: str = "Text-to-image", **fields: Any) -> Capability:
    """Make a capability of ``artifact``."""
    return Capability.objects.create(
        **{
            "artifact": artifact,
            "name": name,
            "description": f"{name}: what it does, in a sentence.",
            "input_types": ["text"],
            "output_types": ["image"],
            "intents": [f"do {name.lower()}"],
            "confidence": "high",
            "origin": "curated",
            "position": artifact.capabilities.count(),
            **fields,
        }
    )


def make_source(url: str = "https://example.org/card", **fields: Any) -> SourceRecord:
    """Return a source record."""
    defaults = {"name": "Model card", **fields}
    return SourceRecord.objects.get_or_create(
        kind=defaults.pop("kind", "registry"),
        url=url,
        observed_on=defaults.pop("observed_on", TODAY),
        payload_digest="",
        defaults=defaults,
    )[0]


def make_offer(artifact: Artifact, amount: str = "0.04", **fields: Any) -> Offer:
    """Make a hosted price per image."""
    return Offer.objects.create(
        **{
            "artifact": artifact,
            "kind": "hosted",
            "provider": "Acme API",
            "plan": "Pay as you go",
            "unit": "image",
            "amount": amount,
            "source": fields.pop("source", None) or make_source("https://example.org/pricing"),
            "as_of": TODAY,
            **fields,
        }
    )


def make_adoption(
    artifact: Artifact, metric: str = "downloads_30d", value: int = 1000, **fields: Any
) -> AdoptionSignal:
    """Make an observed count."""
    return AdoptionSignal.objects.create(
        **{
            "artifact": artifact,
            "metric": metric,
            "value": value,
            "source": fields.pop("source", None) or make_source("https://example.org/counts"),
            "observed_on": TODAY,
            **fields,
        }
    )


def make_reported_result(artifact: Artifact, value: str = "0.66", **fields: Any) -> ReportedResult:
    """Make an overall result that somebody reported."""
    return ReportedResult.objects.create(
        **{
            "artifact": artifact,
            "benchmark": "GenEval",
            "metric": "Overall",
            "value": value,
            "reported_by": "Acme",
            "source": fields.pop("source", None) or make_source("https://example.org/paper"),
            "observed_on": TODAY,
            **fields,
        }
    )


def make_fact(artifact: Artifact, field: str, value: Any, **fields: Any) -> Fact:
    """Make the winning fact of a field."""
    return Fact.objects.create(
        **{
            "artifact": artifact,
            "field": field,
            "value": value,
            "source": fields.pop("source", None) or make_source(),
            "observed_on": TODAY,
            "is_winning": True,
            **fields,
        }
    )


def make_link(artifact: Artifact, rel: str = "homepage", url: str = "https://example.org/") -> Link:
    """Make a link of an artifact."""
    return Link.objects.create(artifact=artifact, rel=rel, url=url)


def make_relation(artifact: Artifact, target: Artifact, type: str = "runs") -> Relation:  # noqa: A002
    """Make a tie: "artifact <type> target"."""
    return Relation.objects.create(artifact=artifact, target=target, type=type)
