"""Everything that a comparison reads about one of its sides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from catalog.costs import StartingPrice, starting_price
from catalog.models import Artifact
from catalog.pricing import Price, pricing_model
from catalog.seed.usage import shipped_usage
from catalog.vocabulary import Openness
from evaluation.selectors import Speed, SuiteScore
from matchgraph.selectors import NO_EVIDENCE, CapabilityView, MatchEvidence
from ranking.compute.verdict import ComponentSide, LicenceSide, PriceSide, RankSide, Side
from ranking.selectors import EntryView, HistoryPoint, history_from_json
from web.pages.cards import ArtifactCard, artifact_card
from web.pages.compare.alternatives import Alternative
from web.pages.compare.rows import capability_from_json, price_from_json
from web.pages.components import Component, components_of
from web.pages.reported import ReportedValue, reported_from_json
from web.pages.sources import Source, source_from_json

LETTERS = "abcd"
T = TypeVar("T")


@dataclass(frozen=True)
class ComparedArtifact:
    """One side: ``letter`` is one of ``LETTERS``; ``fact_sources`` by field."""

    letter: str
    artifact: Artifact
    card: ArtifactCard
    entry: EntryView | None
    components: tuple[Component, ...]
    prices: tuple[Price, ...]
    price_sources: tuple[Source, ...]
    fact_sources: dict[str, Source]
    reported: tuple[ReportedValue, ...]
    shelves: frozenset[str]
    scores: tuple[SuiteScore, ...]
    strata: tuple[SuiteScore, ...]
    speed: Speed | None
    matches: MatchEvidence
    capabilities: dict[int, CapabilityView]
    alternatives: tuple[Alternative, ...]
    history: tuple[HistoryPoint, ...]
    kept: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Return the artifact's name."""
        return self.artifact.name

    @property
    def n_capabilities(self) -> int:
        """Return how many capabilities are described."""
        return len(self.capabilities)

    def once(self, make: Callable[["ComparedArtifact"], T]) -> T:
        """Return what follows from this side alone, worked out once for as long as the side is kept."""
        if make not in self.kept:
            self.kept[make] = make(self)
        found: T = self.kept[make]
        return found

    @property
    def pricing(self) -> str:
        """Return how one pays, in words."""
        return pricing_model(Openness(self.artifact.openness), self.prices)

    @property
    def starting_price(self) -> StartingPrice | None:
        """Return the one price that stands for this side."""
        return self.once(_starting_price)


def _starting_price(side: ComparedArtifact) -> StartingPrice | None:
    return starting_price(side.prices, artifact=side.artifact.slug, usage=shipped_usage())


@dataclass(frozen=True)
class SideRows:
    """What the selectors returned for one artifact; ``scores`` by suite and by stratum."""

    entry: EntryView | None
    scores: list[SuiteScore]
    matches: MatchEvidence
    alternatives: tuple[Alternative, ...]
    speed: Speed | None = None


NO_ROWS = SideRows(None, [], NO_EVIDENCE, ())


def compared(artifact: Artifact, rows: SideRows, *, letter: str) -> ComparedArtifact:
    """Put one side together from an artifact that ``compared_artifacts`` loaded."""
    offers = getattr(artifact, "offer_rows", [])
    facts = getattr(artifact, "fact_rows", [])
    reported = getattr(artifact, "reported_rows", [])
    capabilities = getattr(artifact, "capability_rows", [])
    return ComparedArtifact(
        letter=letter,
        artifact=artifact,
        card=artifact_card(artifact, side=letter),
        entry=rows.entry,
        components=components_of(rows.entry, side=letter) if rows.entry else (),
        prices=tuple(price_from_json(offer) for offer in offers),
        price_sources=tuple(source_from_json(offer["source"]) for offer in offers),
        fact_sources={fact["field"]: source_from_json(fact["source"]) for fact in facts},
        reported=tuple(reported_from_json(row) for row in reported),
        shelves=frozenset(getattr(artifact, "shelf_slugs", [])),
        scores=tuple(score for score in rows.scores if not score.stratum),
        strata=tuple(score for score in rows.scores if score.stratum),
        speed=rows.speed,
        matches=rows.matches,
        capabilities={row["id"]: capability_from_json(row) for row in capabilities},
        alternatives=rows.alternatives,
        history=history_from_json(getattr(artifact, "published_rows", [])),
    )


def verdict_side(side: ComparedArtifact) -> Side:
    """Return what the verdict may use of a side: the same values that the table prints."""
    price, entry = side.starting_price, side.entry
    return Side(
        name=side.name,
        kind=side.artifact.kind,
        rank=RankSide(entry.score, entry.low, entry.high, component_sides(side)) if entry else None,
        price=PriceSide(model=side.pricing, starting_price=price.text if price else None),
        licence=LicenceSide(
            name=side.artifact.licence_name,
            outputs_commercial=side.artifact.licence_outputs_commercial,
            condition=side.artifact.licence_condition,
        ),
        is_measured=bool(side.scores),
    )


def component_sides(side: ComparedArtifact) -> tuple[ComponentSide, ...]:
    """Return the components of a side's rank as the verdict weighs them; none where it is not ranked."""
    parts = side.entry.components if side.entry else ()
    return tuple(ComponentSide(part.name, part.label, part.value, part.sd, part.is_missing) for part in parts)
