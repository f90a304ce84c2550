"""Reads of the catalogue that pages and the rank share."""

from catalog.selectors.coverage import Coverage, KindCoverage, catalogue_coverage
from catalog.selectors.details import (
    artifacts_with_details,
    latest_adoption,
    price_of,
    winning_facts,
)
from catalog.selectors.merged import merged_slug
from catalog.selectors.prices import (
    PricePoint,
    PriceSeries,
    price_histories,
    starting_prices,
)
from catalog.selectors.reported import ReportedLine, reported_lines
from catalog.selectors.voice import BuilderVoice, builder_voice

__all__ = [
    "BuilderVoice",
    "Coverage",
    "KindCoverage",
    "PricePoint",
    "PriceSeries",
    "ReportedLine",
    "artifacts_with_details",
    "builder_voice",
    "catalogue_coverage",
    "latest_adoption",
    "merged_slug",
    "price_histories",
    "price_of",
    "reported_lines",
    "starting_prices",
    "winning_facts",
]
