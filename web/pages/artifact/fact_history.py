"""The page object of ``/artifact/<slug>/history/``: who said what of an artifact, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse

from catalog.models import Artifact, Fact
from catalog.pricing import readable_price
from catalog.selectors.prices import PriceSeries, price_histories
from web.formatting import external_url, host_of
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.meta import Crumb, Meta
from web.pages.sources import Source, source_of

LABELS = {"memory_gb": "Memory needed, GB", "released_on": "Released", "last_activity_on": "Last activity"}


@dataclass(frozen=True)
class Statement:
    """What one source said, and whether the site goes by it."""

    text: str
    is_winning: bool
    source: Source


@dataclass(frozen=True)
class FieldHistory:
    """All statements about one field, newest first."""

    label: str
    statements: tuple[Statement, ...]

    @property
    def is_disputed(self) -> bool:
        """Return whether sources said different things, or one changed its mind."""
        return len({statement.text for statement in self.statements}) > 1


@dataclass(frozen=True)
class PriceChange:
    """A price at one time; ``change`` in percent against the one before."""

    as_of: str
    text: str
    change: str
    source: str
    url: str


@dataclass(frozen=True)
class PriceHistory:
    """One price over time, newest first."""

    title: str
    changes: tuple[PriceChange, ...]


@dataclass(frozen=True)
class HistoryPage:
    """Everything that was ever stated; nothing is overwritten."""

    meta: Meta
    card: ArtifactCard
    fields: tuple[FieldHistory, ...]
    prices: tuple[PriceHistory, ...]


def history_page(slug: str) -> HistoryPage | None:
    """Return the history of an artifact's facts and prices; None if there is none of that slug."""
    artifact = Artifact.objects.filter(slug=slug).select_related("publisher").first()
    if artifact is None:
        return None
    facts = artifact.facts.select_related("source").defer("source__payload")
    path = reverse("artifact-history", args=[slug])
    return HistoryPage(
        meta=Meta(
            title=f"{artifact.name}: history of its facts and prices",
            description=f"What every source said of {artifact.name}, when, and which statement counts.",
            path=path,
            crumbs=(Crumb(artifact.name, artifact.get_absolute_url()), Crumb("History", path)),
        ),
        card=artifact_card(artifact),
        fields=tuple(_fields(facts.order_by("field", "-observed_on", "-is_winning", "pk"))),
        prices=tuple(_price(series) for series in price_histories([artifact.pk]).get(artifact.pk, [])),
    )


def _fields(facts: Iterable[Fact]) -> Iterable[FieldHistory]:
    for field, rows in groupby(facts, key=lambda fact: fact.field):
        statements = tuple(
            Statement(
                value_words(fact.value), fact.is_winning, source_of(fact.source, as_of=fact.observed_on)
            )
            for fact in rows
        )
        yield FieldHistory(LABELS.get(field, field.replace("_", " ").capitalize()), statements)


def value_words(value: Any) -> str:
    """Return a stored value as people read it; empty parts are left out.

    >>> value_words({"name": "MIT", "url": "", "tags": ["a", "b"]})
    'name: MIT; tags: a, b'
    """
    if isinstance(value, Mapping):
        return "; ".join(
            f"{name.replace('_', ' ')}: {value_words(part)}" for name, part in value.items() if part
        )
    if isinstance(value, list):
        return ", ".join(value_words(part) for part in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _price(series: PriceSeries) -> PriceHistory:
    rows = []
    for place, point in enumerate(series.points):
        before = series.points[place - 1].amount if place else None
        change = f"{float(point.amount / before - 1):+.0%}" if before and before != point.amount else ""
        text = readable_price(point.amount, unit=series.unit, currency=series.currency)
        url = external_url(point.source_url)
        rows.append(PriceChange(point.as_of.isoformat(), text, change, host_of(url), url))
    detail = f" ({series.detail})" if series.detail else ""
    return PriceHistory(f"{series.provider}, {series.plan}{detail}", tuple(reversed(rows)))
