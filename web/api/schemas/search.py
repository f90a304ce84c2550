"""Searches, and intents resolved to one recommendation."""

import datetime as dt

from pydantic import Field

from matchgraph.search.records import Constraint, ConstraintKind, Fit
from web.api.schemas.artifacts import ArtifactSummary, LinkOut, artifact_summary
from web.api.schemas.common import Out, StartingPriceOut, starting_price_out
from web.api.schemas.stated import FactOut, fact_out
from web.pages.resolve import Recommendation, ResolvePage
from web.pages.search import Hit, SearchResultsPage


class ConstraintOut(Out):
    """One thing that the query asks for, and the words that say it."""

    kind: ConstraintKind
    label: str
    value: str
    unit: str
    text: str


class HitOut(Out):
    """One answer: the artifact, the capability that matched and why."""

    artifact: ArtifactSummary
    score: float = Field(description="How well it matches, 0-1: words, meaning and rank blended.")
    confidence: Fit
    capability: str | None = Field(description="The capability that matched.")
    why: list[str]
    not_known: list[str] = Field(description="What was asked for and the catalogue does not say.")
    starting_price: str = Field(description="In words; empty where none is known.")
    status: str = Field(description="Deprecated or Archived; empty where it is still looked after.")


class RelaxationOut(Out):
    """What would have to give where nothing fits: without this constraint so many artifacts do, this one best."""

    constraint: ConstraintOut
    n_more: int
    slug: str
    name: str


class SearchOut(Out):
    """What was asked, what was understood and the ranked answers."""

    query: str
    constraints: list[ConstraintOut]
    residual: str = Field(description="The words left after the constraints.")
    is_weak: bool = Field(description="Nothing fits well; the nearest are listed all the same.")
    n_known: int = Field(
        description="So many of the first items are known to meet every constraint; of the others something is not."
    )
    relaxations: list[RelaxationOut] = Field(description="Only where nothing fits well.")
    items: list[HitOut]


class RecommendationOut(Out):
    """One artifact with everything needed to decide and to begin."""

    hit: HitOut
    pricing: str
    starting_price: StartingPriceOut | None
    licence: FactOut
    requirements: list[str]
    how_to_start: list[LinkOut] = Field(description="In the order in which to try them.")


class FeedbackToken(Out):
    """How to say what came of it: POST it to `path` with the slug and what was done."""

    token: str
    path: str
    expires_at: dt.datetime


class ResolveOut(Out):
    """An intent resolved: one recommendation, or none where nothing fits, and what else there is."""

    intent: str
    constraints: list[ConstraintOut]
    recommendation: RecommendationOut | None = Field(description="Null where nothing fits well.")
    alternatives: list[HitOut]
    relaxations: list[RelaxationOut] = Field(
        description="Where nothing fits well: constraints without which something would."
    )
    feedback: FeedbackToken | None = Field(
        description="Only where the search was counted: a person's browser, or an API key."
    )


def hit_out(hit: Hit) -> HitOut:
    """Return one answer."""
    result = hit.result
    return HitOut(
        artifact=artifact_summary(hit.card),
        score=result.score,
        confidence=result.confidence,
        capability=result.matched_capability.name if result.matched_capability else None,
        why=list(result.why),
        not_known=list(result.not_known),
        starting_price=hit.starting_price,
        status=hit.status,
    )


def search_out(page: SearchResultsPage) -> SearchOut:
    """Return what the search page shows."""
    return SearchOut(
        query=page.query,
        constraints=_constraints(page),
        residual=page.residual,
        is_weak=page.is_weak,
        n_known=page.n_known,
        relaxations=_relaxations(page),
        items=[hit_out(hit) for hit in page.hits],
    )


def resolve_out(page: ResolvePage, *, feedback: FeedbackToken | None) -> ResolveOut:
    """Return a resolved intent."""
    return ResolveOut(
        intent=page.found.query,
        constraints=_constraints(page.found),
        recommendation=_recommendation(page.best) if page.best else None,
        alternatives=[hit_out(hit) for hit in page.alternatives],
        relaxations=_relaxations(page.found),
        feedback=feedback,
    )


def _constraints(page: SearchResultsPage) -> list[ConstraintOut]:
    return [_constraint(item) for item in page.constraints]


def _constraint(item: Constraint) -> ConstraintOut:
    return ConstraintOut(kind=item.kind, label=item.label, value=item.value, unit=item.unit, text=item.text)


def _relaxations(page: SearchResultsPage) -> list[RelaxationOut]:
    return [
        RelaxationOut(
            constraint=_constraint(way.relaxation.constraint),
            n_more=way.relaxation.n_more,
            slug=way.relaxation.slug,
            name=way.relaxation.name,
        )
        for way in page.ways_out
    ]


def _recommendation(best: Recommendation) -> RecommendationOut:
    page = best.page
    return RecommendationOut(
        hit=hit_out(best.hit),
        pricing=page.pricing,
        starting_price=starting_price_out(page.starting_price),
        licence=fact_out(best.licence),
        requirements=list(page.requirements),
        how_to_start=[LinkOut(name=link.name, url=link.url) for link in best.how_to_start],
    )
