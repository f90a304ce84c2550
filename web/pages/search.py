"""The page object of ``/search``."""

from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Artifact, Offer
from catalog.pricing import starting_price
from catalog.selectors import price_of
from matchgraph.search.records import Constraint, SearchResult
from matchgraph.search.run import search as search_graph
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.meta import Meta

RESULTS = 20
QUERY_LENGTH = 400
EXAMPLES = (
    "readable text on a poster",
    "open weights under 12 GB",
    "edit a photo by describing the change",
    "fine-tune on my own face",
    "draw in four steps or fewer",
)


@dataclass(frozen=True)
class Hit:
    """One answer: the artifact, the capability that matched and why."""

    card: ArtifactCard
    result: SearchResult
    starting_price: str
    compare_path: str

    @property
    def percent(self) -> str:
        """Return how well it matches."""
        return f"{self.result.score * 100:.0f} %"


@dataclass(frozen=True)
class SearchResultsPage:
    """What was asked, what was understood and the ranked answers."""

    meta: Meta
    query: str
    constraints: tuple[Constraint, ...]
    residual: str
    hits: tuple[Hit, ...]
    is_weak: bool
    examples: tuple[str, ...]


def search_page(query: str, *, visitor: str | None) -> SearchResultsPage:
    """Return the answers to a query; without one, only examples."""
    text = " ".join(query.split())[:QUERY_LENGTH]
    meta = Meta(
        title=f"Search: {text}" if text else "Search",
        description="Say what you want to do; get models and tools with the capability that matched and why.",
        path=reverse("search"),
        is_indexable=False,
        has_own_search=True,
    )
    if not text:
        return SearchResultsPage(meta, "", (), "", (), False, EXAMPLES)
    found = search_graph(text, limit=RESULTS, visitor=visitor)
    return SearchResultsPage(
        meta=meta,
        query=text,
        constraints=tuple(found.constraints),
        residual=found.residual,
        hits=_hits(list(found.results)),
        is_weak=found.is_weak,
        examples=EXAMPLES,
    )


def _hits(results: list[SearchResult]) -> tuple[Hit, ...]:
    rows = Artifact.objects.filter(pk__in=[result.artifact_id for result in results])
    artifacts = {row.pk: row for row in rows.select_related("publisher")}
    prices = _starting_prices(list(artifacts))
    first = results[0].slug if results else ""
    hits = []
    for result in results:
        card = artifact_card(artifacts[result.artifact_id])
        other = card.compare_path(first) if result.slug != first else ""
        hits.append(Hit(card, result, prices.get(result.artifact_id, ""), other))
    return tuple(hits)


def _starting_prices(artifact_ids: list[int]) -> dict[int, str]:
    offers: dict[int, list[Offer]] = {}
    for offer in (
        Offer.objects.current()
        .filter(artifact__in=artifact_ids)
        .select_related("source")
        .defer("source__payload")
    ):
        offers.setdefault(offer.artifact_id, []).append(offer)
    lowest = {pk: starting_price([price_of(offer) for offer in rows]) for pk, rows in offers.items()}
    return {pk: price.text for pk, price in lowest.items() if price}
