"""Benchmark values that others published."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.models import ReportedResult
from web.pages.sources import Source, source_from_json, source_of


@dataclass(frozen=True)
class ReportedValue:
    """One value, who published it and where."""

    benchmark: str
    metric: str
    value: str
    reported_by: str
    is_primary: bool
    source: Source


def reported_value(result: ReportedResult) -> ReportedValue:
    """Return a reported result as pages print it; its source was loaded with it."""
    return ReportedValue(
        benchmark=result.benchmark,
        metric=result.metric,
        value=_plain(result.value),
        reported_by=result.reported_by,
        is_primary=result.is_primary,
        source=source_of(result.source, as_of=result.observed_on),
    )


def reported_from_json(row: Mapping[str, Any]) -> ReportedValue:
    """Return a reported result that the database put together; its value came as text, to keep digits."""
    return ReportedValue(
        benchmark=row["benchmark"],
        metric=row["metric"],
        value=_plain(Decimal(row["value"])),
        reported_by=row["reported_by"],
        is_primary=row["is_primary"],
        source=source_from_json(row["source"]),
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
