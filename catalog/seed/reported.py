"""What a file under ``data/catalog/reported/`` may contain: a list of documents with benchmark values."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from catalog.seed.schema import ReportedValue, SlugEntry, SourceEntry, Text
from catalog.vocabulary import Claimant


@dataclass(frozen=True)
class ReportedStatement:
    """One value that a document states about one artifact."""

    artifact: str
    benchmark: str
    metric: str
    value: Decimal
    claimant: Claimant


class ReportedDocumentEntry(SlugEntry):
    """A document with benchmark values: artifact → benchmark → metric → value, each value in quotes."""

    source: SourceEntry
    reported_by: Text
    # Artifacts that the document's authors made, and benchmarks that are theirs.
    makers_of: list[str] = []
    own_benchmarks: list[Text] = []
    is_primary: bool = True
    is_reproduction: bool = False
    results: Annotated[dict[str, dict[Text, dict[Text, ReportedValue]]], Field(min_length=1)]

    def statements(self) -> Iterator[ReportedStatement]:
        """Yield every value with who stands behind it."""
        for artifact, by_benchmark in self.results.items():
            for benchmark, by_metric in by_benchmark.items():
                claimant = self._claimant(artifact, benchmark)
                for metric, value in by_metric.items():
                    yield ReportedStatement(artifact, benchmark, metric, value, claimant)

    def _claimant(self, artifact: str, benchmark: str) -> Claimant:
        if self.is_reproduction:
            return Claimant.USER
        if artifact in self.makers_of:
            return Claimant.VENDOR
        return Claimant.BENCHMARK if benchmark in self.own_benchmarks else Claimant.THIRD_PARTY
