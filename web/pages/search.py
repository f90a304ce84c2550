"""The page object of ``/search``."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from catalog.models import Artifact
from catalog.selectors import starting_prices
from catalog.vocabulary import Status
from matchgraph.search.records import Constraint, Relaxation, SearchPage, SearchResult
from matchgraph.search.run import search as search_graph
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.meta import Meta
from web.pages.suggestions import suggestions
from web.statements import limited_statements

RESULTS = 20
NEAREST = 5
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
    path: str
    result: SearchResult
    starting_price: str
    compare_path: str
    # "Deprecated" or "Archived"; empty where it is still looked after.
    status: str = ""

    @property
    def percent(self) -> str:
        """Return how well it matches."""
        return f"{self.result.score * 100:.0f} %"


@dataclass(frozen=True)
class Chip:
    """A condition that was understood, and the search without it."""

    label: str
    without: str


@dataclass(frozen=True)
class WayOut:
    """A condition without which something fits: how many do, the best of them, and that search."""

    relaxation: Relaxation
    without: str


@dataclass(frozen=True)
class SearchResultsPage:
    """What was asked, what was understood and the ranked answers; ``event`` where it was counted.

    The first ``n_known`` hits are known to meet every condition. Where nothing fits well, ``hits`` are the
    nearest and ``ways_out`` say what would have to give.
    """

    meta: Meta
    query: str
    chips: tuple[Chip, ...]
    residual: str
    hits: tuple[Hit, ...]
    is_weak: bool
    examples: tuple[str, ...]
    event: str
    constraints: tuple[Constraint, ...] = ()
    n_known: int = 0
    ways_out: tuple[WayOut, ...] = ()

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Return what the browser offers while typing; programs that search do not read it."""
        return suggestions()

    @property
    def certain(self) -> tuple[Hit, ...]:
        """Return the hits that are known to meet every condition; all of them where there is none."""
        return self.hits[: self.n_known] if self.constraints else self.hits

    @property
    def less_certain(self) -> tuple[Hit, ...]:
        """Return the hits of which something that was asked for is not known, or that answer less well."""
        return self.hits[len(self.certain) :]


def search_page(query: str, *, visitor: str | None, referrer: str = "") -> SearchResultsPage:
    """Return the answers to a query; without one, only examples.

    Raises:
        TooExpensiveError: the database took too long over it.
    """
    text = " ".join(query.split())[:QUERY_LENGTH]
    meta = Meta(
        title=f"Search: {text}" if text else "Search",
        description="Say what you want to do; get models and tools with the capability that matched and why.",
        path=reverse("search"),
        is_indexable=False,
        has_own_search=True,
    )
    if not text:
        return SearchResultsPage(meta, "", (), "", (), False, EXAMPLES, "")
    with limited_statements():
        found = search_graph(text, limit=RESULTS, visitor=visitor, referrer=referrer)
    return SearchResultsPage(
        meta=meta,
        query=text,
        chips=tuple(_chip(text, item) for item in found.constraints),
        residual=found.residual,
        hits=_hits(_shown(found), found.event_id),
        is_weak=found.is_weak,
        examples=EXAMPLES,
        event=str(found.event_id or ""),
        constraints=tuple(found.constraints),
        n_known=found.n_known,
        ways_out=tuple(WayOut(item, _chip(text, item.constraint).without) for item in found.relaxations),
    )


def _shown(found: SearchPage) -> list[SearchResult]:
    """Return all results, or where nothing fits only the nearest."""
    return list(found.results[:NEAREST] if found.is_weak else found.results)


def _chip(query: str, constraint: Constraint) -> Chip:
    """Return a condition with the query that is left when its words are taken away."""
    start = query.casefold().find(constraint.text.casefold()) if constraint.text else -1
    if start < 0:
        return Chip(constraint.label, "")
    rest = f"{query[:start]} {query[start + len(constraint.text) :]}"
    return Chip(constraint.label, f"{reverse('search')}?{urlencode({'q': ' '.join(rest.split())})}")


def _hits(results: list[SearchResult], event_id: UUID | None) -> tuple[Hit, ...]:
    rows = Artifact.objects.filter(pk__in=[result.artifact_id for result in results])
    artifacts = {row.pk: row for row in rows.select_related("publisher")}
    prices = starting_prices(list(artifacts))
    first = results[0].slug if results else ""
    hits = []
    for result in results:
        artifact = artifacts[result.artifact_id]
        card = artifact_card(artifact)
        other = card.compare_path(first) if result.slug != first else ""
        # Only a search that was written down can be led from with a count.
        path = reverse("open-result", args=[event_id, result.slug]) if event_id else card.path
        price = prices.get(result.artifact_id)
        status = artifact.get_status_display() if Status(artifact.status).is_given_up else ""
        hits.append(Hit(card, path, result, price.text if price else "", other, status))
    return tuple(hits)
