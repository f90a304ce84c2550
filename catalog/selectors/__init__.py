"""Reads of the catalogue that pages and the rank share."""

from catalog.selectors.details import (
    artifacts_with_details,
    latest_adoption,
    price_of,
    winning_facts,
)
from catalog.selectors.reported import ReportedLine, reported_lines

__all__ = [
    "ReportedLine",
    "artifacts_with_details",
    "latest_adoption",
    "price_of",
    "reported_lines",
    "winning_facts",
]
