"""Orders what was found for a query, and makes results of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import Artifact
from catalog.vocabulary import Kind, Status
from matchgraph.search import blend
from matchgraph.search.blend import Signals
from matchgraph.search.names import NameMatch
from matchgraph.search.prices import order_of
from matchgraph.search.reasons import Answer, is_certain, is_memory_not_known, not_known, reasons
from matchgraph.search.records import Fit, SearchResult
from matchgraph.selectors import CapabilityView, MatchEvidence, capability_views, match_evidence

# A query that is a name comes first, a misspelt name second, everything else after them.
TIERS = {NameMatch.EXACT: 0, NameMatch.NEAR: 1}
LAST_TIER = 2
# What is known to meet every constraint, and fits, comes before what may; what its publisher has given up
# after both, and what fits badly last.
KNOWN, NOT_KNOWN, GIVEN_UP, POOR = range(4)


@dataclass(frozen=True)
class Scored:
    """One artifact and its place."""

    artifact: Artifact
    tier: int
    score: float
    relevance: float
    is_known: bool = True
    is_given_up: bool = False
    price: float = 0.0

    @property
    def order(self) -> tuple[int, int, float, float, str]:
        """Return what results are sorted by, the first first; ``price`` is 0 unless the cheapest is asked for."""
        group = self._group
        return self.tier, group, self.price if group == KNOWN else 0.0, -self.score, self.artifact.slug

    @property
    def _group(self) -> int:
        if self.relevance < blend.FAIR_FIT:
            return POOR
        if self.is_given_up:
            return GIVEN_UP
        return KNOWN if self.is_known else NOT_KNOWN


def scored(answer: Answer, artifacts: Iterable[Artifact]) -> list[Scored]:
    """Return the artifacts, best first. One query, beside the one that reads them."""
    rows = list(artifacts)
    evidence = match_evidence([artifact.pk for artifact in rows])
    items = [
        _scored(answer, artifact, answer.taken.get(artifact.pk, evidence[artifact.pk])) for artifact in rows
    ]
    return sorted(items, key=lambda item: item.order)


def _scored(answer: Answer, artifact: Artifact, evidence: MatchEvidence) -> Scored:
    hit = answer.named.get(artifact.pk)
    if hit is not None and hit.match in TIERS:
        return Scored(artifact, TIERS[hit.match], hit.similarity, relevance=1.0)
    likeness = answer.likeness.get(artifact.pk)
    signals = Signals(
        texts=tuple(found.relevance for found in answer.found.get(artifact.pk, ())),
        likeness=(likeness.share if likeness else 0.0) if answer.likeness else None,
        rank=None if artifact.rank_score is None else float(artifact.rank_score) / 100,
        success=evidence.success,
        n_not_known=sum(1 for _ in not_known(answer, artifact)),
        is_memory_not_known=is_memory_not_known(answer, artifact),
        is_mentioned=hit is not None,
    )
    relevance = blend.relevance(signals, has_text=bool(answer.parsed.residual))
    score = blend.score(signals, relevance=relevance, weights=answer.weights)
    return Scored(
        artifact,
        LAST_TIER,
        score,
        relevance,
        is_certain(answer, artifact),
        is_given_up=hit is None and Status(artifact.status).is_given_up,
        price=order_of(artifact, answer.parsed),
    )


def n_known(best: Sequence[Scored]) -> int:
    """Return how many of the first are known to meet every constraint."""
    return sum(1 for item in best if item.order[:2] <= (LAST_TIER, KNOWN))


def results(answer: Answer, best: Sequence[Scored]) -> tuple[SearchResult, ...]:
    """Return the results with their capabilities and reasons. One query."""
    matched = {item.artifact.pk: _matched_id(answer, item.artifact) for item in best}
    views = capability_views(pk for pk in matched.values() if pk is not None)
    return tuple(_result(answer, item, views.get(matched[item.artifact.pk] or 0)) for item in best)


def _matched_id(answer: Answer, artifact: Artifact) -> int | None:
    """Return the capability that answers the words best, or else that makes the artifact alike."""
    if found := answer.best_found(artifact):
        return found.capability_id
    likeness = answer.likeness.get(artifact.pk)
    return likeness.capability_id if likeness else None


def _result(answer: Answer, item: Scored, capability: CapabilityView | None) -> SearchResult:
    artifact = item.artifact
    missing = tuple(not_known(answer, artifact))
    return SearchResult(
        artifact_id=artifact.pk,
        slug=artifact.slug,
        name=artifact.name,
        kind=Kind(artifact.kind),
        summary=artifact.summary,
        score=item.score,
        confidence=Fit.LOW
        if is_memory_not_known(answer, artifact)
        else _fit(item.relevance, answer, is_known=not missing),
        matched_capability=capability,
        why=tuple(reasons(answer, artifact, capability)),
        not_known=missing,
        is_named=item.tier != LAST_TIER,
        is_given_up=item.is_given_up,
    )


def _fit(relevance: float, answer: Answer, *, is_known: bool) -> Fit:
    """Return how sure we are; what was asked by constraints alone is answered by them.

    Where it is not known whether a constraint holds, nobody can be very sure.
    """
    if relevance >= blend.GOOD_FIT or not (answer.parsed.residual or answer.likeness):
        return Fit.HIGH if is_known else Fit.MEDIUM
    return Fit.MEDIUM if relevance >= blend.FAIR_FIT else Fit.LOW
