"""Orders what was found for a query, and makes results of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import Artifact
from catalog.vocabulary import Kind
from matchgraph.search import blend
from matchgraph.search.blend import Signals
from matchgraph.search.candidates import Candidate
from matchgraph.search.condition import Condition
from matchgraph.search.names import NameMatch
from matchgraph.search.prices import order_of
from matchgraph.search.reasons import Answer, is_certain, is_memory_not_known, not_known, reasons, unknown
from matchgraph.search.records import Fit, SearchResult
from matchgraph.selectors import CapabilityView, capability_views

# What a list of results does not show.
LONG_TEXTS = ("about", "best_for", "limitations", "requirements")
# A query that is a name comes first, a misspelt name second, everything else after them.
TIERS = {NameMatch.EXACT: 0, NameMatch.NEAR: 1}
LAST_TIER = 2
# What is known to meet every constraint, and fits, comes before what may; what its publisher has given up
# after both, and what fits badly last.
KNOWN, NOT_KNOWN, GIVEN_UP, POOR = range(4)


@dataclass(frozen=True)
class Scored:
    """One candidate and its place; ``missing`` are the conditions that it is not known to meet."""

    candidate: Candidate
    tier: int
    score: float
    relevance: float
    missing: Sequence[Condition] = ()
    is_given_up: bool = False
    price: float = 0.0

    @property
    def order(self) -> tuple[int, int, float, float, str]:
        """Return what results are sorted by, the first first; ``price`` is 0 unless the cheapest is asked for."""
        group = self._group
        return self.tier, group, self.price if group == KNOWN else 0.0, -self.score, self.candidate.slug

    @property
    def _group(self) -> int:
        if self.relevance < blend.FAIR_FIT:
            return POOR
        if self.is_given_up:
            return GIVEN_UP
        return KNOWN if is_certain(self.missing) else NOT_KNOWN


def scored(answer: Answer, candidates: Iterable[Candidate]) -> list[Scored]:
    """Return the candidates, best first."""
    return sorted((_scored(answer, each) for each in candidates), key=lambda item: item.order)


def _scored(answer: Answer, candidate: Candidate) -> Scored:
    pk = candidate.artifact_id
    hit = answer.named.get(pk)
    missing = unknown(answer, candidate.states)
    if hit is not None and hit.match in TIERS:
        return Scored(candidate, TIERS[hit.match], hit.similarity, relevance=1.0, missing=missing)
    likeness, taken = answer.likeness.get(pk), answer.taken.get(pk)
    signals = Signals(
        texts=tuple(found.relevance for found in answer.found.get(pk, ())),
        likeness=(likeness.share if likeness else 0.0) if answer.likeness else None,
        rank=None if candidate.rank_score is None else float(candidate.rank_score) / 100,
        success=taken.success if taken else candidate.success,
        n_not_known=len(missing),
        is_memory_not_known=is_memory_not_known(missing),
        is_mentioned=hit is not None,
    )
    relevance = blend.relevance(signals, has_text=bool(answer.parsed.residual))
    return Scored(
        candidate,
        LAST_TIER,
        blend.score(signals, relevance=relevance, weights=answer.weights),
        relevance,
        missing,
        is_given_up=hit is None and candidate.status.is_given_up,
        price=order_of(candidate, answer.parsed),
    )


def n_known(best: Sequence[Scored]) -> int:
    """Return how many of the first are known to meet every constraint."""
    return sum(1 for item in best if item.order[:2] <= (LAST_TIER, KNOWN))


def results(answer: Answer, best: Sequence[Scored]) -> tuple[SearchResult, ...]:
    """Return the results with their capabilities and reasons. Two queries."""
    ids = [item.candidate.artifact_id for item in best]
    artifacts = Artifact.objects.defer(*LONG_TEXTS).in_bulk(ids)
    matched = {pk: _matched_id(answer, pk) for pk in ids}
    views = capability_views(pk for pk in matched.values() if pk is not None)
    return tuple(
        _result(answer, item, artifacts[pk], views.get(matched[pk] or 0))
        for item, pk in zip(best, ids, strict=True)
        # One that has gone between two queries is no answer any more.
        if pk in artifacts
    )


def _matched_id(answer: Answer, artifact_id: int) -> int | None:
    """Return the capability that answers the words best, or else that makes the artifact alike."""
    if found := answer.best_found(artifact_id):
        return found.capability_id
    likeness = answer.likeness.get(artifact_id)
    return likeness.capability_id if likeness else None


def _result(
    answer: Answer, item: Scored, artifact: Artifact, capability: CapabilityView | None
) -> SearchResult:
    # What conditions say of a price is read there.
    artifact.starting_price = item.candidate.starting_price  # type: ignore[attr-defined]
    states = item.candidate.states
    return SearchResult(
        artifact_id=artifact.pk,
        slug=artifact.slug,
        name=artifact.name,
        kind=Kind(artifact.kind),
        summary=artifact.summary,
        score=item.score,
        confidence=Fit.LOW if is_memory_not_known(item.missing) else _fit(item, answer),
        matched_capability=capability,
        why=tuple(reasons(answer, artifact, states=states, capability=capability)),
        not_known=tuple(not_known(answer, artifact, states=states)),
        is_named=item.tier != LAST_TIER,
        is_given_up=item.is_given_up,
    )


def _fit(item: Scored, answer: Answer) -> Fit:
    """Return how sure we are; what was asked by constraints alone is answered by them.

    Where it is not known whether a constraint holds, nobody can be very sure.
    """
    if item.relevance >= blend.GOOD_FIT or not (answer.parsed.residual or answer.likeness):
        return Fit.MEDIUM if item.missing else Fit.HIGH
    return Fit.MEDIUM if item.relevance >= blend.FAIR_FIT else Fit.LOW
