"""What is known before a batch is read."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from catalog.models import AdoptionSignal, Fact, Offer, SourceRecord
from catalog.vocabulary import SourceKind

OfferKey: TypeAlias = tuple[int, str, str, str, str, str, str]


class Before:
    """What is known about a batch's artifacts and addresses. Five queries."""

    def __init__(self, artifact_ids: Sequence[int], urls: Sequence[str], *, kind: SourceKind) -> None:
        self._kind = kind
        self.sources = self._latest_sources(urls)
        self.facts = self._latest_facts(artifact_ids, urls)
        self.counts = self._latest_counts(artifact_ids)
        self.offers = self._latest_offers(artifact_ids)
        source_ids = [source.pk for source in self.sources.values()]
        self.counted = set(
            AdoptionSignal.objects.filter(artifact__in=artifact_ids, source__in=source_ids).values_list(
                "artifact_id", "metric", "source"
            )
        )

    def _latest_sources(self, urls: Sequence[str]) -> dict[str, SourceRecord]:
        rows = SourceRecord.objects.filter(kind=self._kind.value, url__in=urls)
        rows = rows.exclude(payload_digest="").order_by("url", "-observed_on", "-fetched_at", "-id")
        return {row.url: row for row in rows.distinct("url").defer("payload")}

    def _latest_facts(
        self, artifact_ids: Sequence[int], urls: Sequence[str]
    ) -> dict[tuple[int, str, str], Any]:
        rows = Fact.objects.filter(artifact__in=artifact_ids, source__url__in=urls)
        rows = rows.exclude(source__payload_digest="").order_by(
            "artifact_id", "field", "source__url", "-observed_on", "-source__fetched_at", "-id"
        )
        latest = rows.distinct("artifact_id", "field", "source__url")
        return {
            (a, f, u): value
            for a, f, u, value in latest.values_list("artifact_id", "field", "source__url", "value")
        }

    def _latest_counts(self, artifact_ids: Sequence[int]) -> dict[tuple[int, str], int]:
        rows = AdoptionSignal.objects.filter(artifact__in=artifact_ids, is_suspect=False)
        rows = rows.order_by("artifact_id", "metric", "-observed_on", "-id").distinct("artifact_id", "metric")
        return {(a, m): value for a, m, value in rows.values_list("artifact_id", "metric", "value")}

    def _latest_offers(self, artifact_ids: Sequence[int]) -> dict[OfferKey, Decimal]:
        columns = ("artifact_id", "kind", "provider", "plan", "unit", "detail", "currency")
        rows = Offer.objects.filter(artifact__in=artifact_ids).order_by(*columns, "-as_of", "-id")
        return {row[:-1]: row[-1] for row in rows.distinct(*columns).values_list(*columns, "amount")}
