"""Reads of benchmark values that others published, one line per measurement."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from catalog.models import ReportedResult, SourceRecord
from catalog.vocabulary import Claimant

CLAIMANT_WORDS = {
    Claimant.BENCHMARK: "the benchmark's authors",
    Claimant.VENDOR: "vendor claim",
    Claimant.THIRD_PARTY: "third party",
    Claimant.USER: "user reproduction",
}


@dataclass(frozen=True)
class ReportedLine:
    """One measurement that others published, with the documents that repeat it."""

    benchmark: str
    metric: str
    value: Decimal
    reported_by: str
    claimant: Claimant
    is_primary: bool
    source: SourceRecord
    repeated_in: tuple[SourceRecord, ...]

    @property
    def claimant_words(self) -> str:
        """Return who stands behind the value, in words."""
        return CLAIMANT_WORDS[self.claimant]


def reported_lines(artifact_ids: Sequence[int]) -> dict[int, list[ReportedLine]]:
    """Return what others measured, by artifact; a value that papers copied from each other stands once.

    Two queries for any number of artifacts; ordered by benchmark and metric.
    """
    sources = ReportedResult.objects.select_related("source").defer("source__payload")
    rows = sources.counted().filter(artifact__in=artifact_ids).order_by("benchmark", "metric", "pk")
    lines: dict[int, list[ReportedLine]] = defaultdict(list)
    for row in rows.prefetch_related(Prefetch("copies", sources.order_by("source__name", "pk"))):
        lines[row.artifact_id].append(_line(row))
    return dict(lines)


def _line(row: ReportedResult) -> ReportedLine:
    return ReportedLine(
        benchmark=row.benchmark,
        metric=row.metric,
        value=row.value,
        reported_by=row.reported_by,
        claimant=Claimant(row.claimant),
        is_primary=row.is_primary,
        source=row.source,
        repeated_in=tuple(copy.source for copy in row.copies.all()),
    )
