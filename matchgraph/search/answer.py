"""Orders what was found for a query, and says of each result why it is there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Artifact
from catalog.vocabulary import Kind
from matchgraph.search import blend
from matchgraph.search.blend import Signals, Weights
from matchgraph.search.conditions import Condition
from matchgraph.search.names import NameHit, NameMatch
from matchgraph.search.records import ConstraintKind, Fit, ParsedQuery, SearchResult
from matchgraph.search.retrieval import SATISFIED, Found, Likeness
from matchgraph.selectors import CapabilityView, MatchEvidence, capability_views, match_evidence

# A query that is a name comes first, a misspelt name second, everything else after them.
TIERS = {NameMatch.EXACT: 0, NameMatch.NEAR: 1, NameMatch.MENTIONED: 2}
LAST_TIER = 2


@dataclass(frozen=True)
class Answer:
    """Everything that was found out about one query."""

    parsed: ParsedQuery
    conditions: Sequence[Condition]
    named: Mapping[int, NameHit]
    found: Mapping[int, Sequence[Found]]
    likeness: Mapping[int, Likeness]
    weights: Weights


@dataclass(frozen=True)
class Scored:
    """One artifact and its place."""

    artifact: Artifact
    tier: int
    score: float
    relevance: float


def scored(answer: Answer, artifacts: Iterable[Artifact]) -> list[Scored]:
    """Return the artifacts, best first. One query, beside the one that reads them."""
    rows = list(artifacts)
    evidence = match_evidence([artifact.pk for artifact in rows])
    items = [_scored(answer, artifact, evidence[artifact.pk]) for artifact in rows]
    return sorted(items, key=lambda item: (item.tier, -item.score, item.artifact.slug))


def _scored(answer: Answer, artifact: Artifact, evidence: MatchEvidence) -> Scored:
    hit = answer.named.get(artifact.pk)
    if hit is not None and hit.match != NameMatch.MENTIONED:
        return Scored(artifact, TIERS[hit.match], hit.similarity, relevance=1.0)
    likeness = answer.likeness.get(artifact.pk)
    signals = Signals(
        texts=tuple(found.relevance for found in answer.found.get(artifact.pk, ())),
        likeness=(likeness.share if likeness else 0.0) if answer.likeness else None,
        rank=None if artifact.rank_score is None else float(artifact.rank_score) / 100,
        times_matched=evidence.times_matched,
        impressions=evidence.impressions,
        n_not_known=sum(1 for _ in _not_known(answer, artifact)),
        is_mentioned=hit is not None,
    )
    relevance = blend.relevance(signals, has_text=bool(answer.parsed.residual))
    score = blend.score(signals, relevance=relevance, weights=answer.weights)
    return Scored(artifact, LAST_TIER, score, relevance)


def results(answer: Answer, best: Sequence[Scored]) -> tuple[SearchResult, ...]:
    """Return the results with their capabilities and reasons. One query."""
    found = {
        item.artifact.pk: answer.found[item.artifact.pk][0]
        for item in best
        if item.artifact.pk in answer.found
    }
    views = capability_views(item.capability_id for item in found.values())
    return tuple(_result(answer, item, found.get(item.artifact.pk), views) for item in best)


def _result(
    answer: Answer, item: Scored, found: Found | None, views: Mapping[int, CapabilityView]
) -> SearchResult:
    artifact = item.artifact
    capability = views.get(found.capability_id) if found else None
    return SearchResult(
        artifact_id=artifact.pk,
        slug=artifact.slug,
        name=artifact.name,
        kind=Kind(artifact.kind),
        summary=artifact.summary,
        score=item.score,
        confidence=_fit(item.relevance, answer),
        matched_capability=capability,
        why=tuple(_reasons(answer, artifact, found, capability)),
        not_known=tuple(_not_known(answer, artifact)),
    )


def _fit(relevance: float, answer: Answer) -> Fit:
    """Return how sure we are; what was asked by constraints alone is answered by them."""
    if relevance >= blend.GOOD_FIT or not (answer.parsed.residual or answer.likeness):
        return Fit.HIGH
    return Fit.MEDIUM if relevance >= blend.FAIR_FIT else Fit.LOW


def _reasons(
    answer: Answer, artifact: Artifact, found: Found | None, capability: CapabilityView | None
) -> Iterator[str]:
    if hit := answer.named.get(artifact.pk):
        yield {
            NameMatch.EXACT: f"Known as \u201c{hit.text}\u201d",
            NameMatch.NEAR: f"Named almost like that: {hit.name}",
            NameMatch.MENTIONED: f"Your search names it: \u201c{hit.text}\u201d",
        }[hit.match]
    if likeness := answer.likeness.get(artifact.pk):
        yield f"Shares {_counted(likeness.n_shared, 'capability', 'capabilities')} with {_liked(answer)}"
    if found and capability:
        yield from _text_reasons(found, capability)
    yield from (
        words
        for condition, state in _states(answer, artifact)
        if state == SATISFIED and (words := condition.if_satisfied(artifact))
    )


def _text_reasons(found: Found, capability: CapabilityView) -> Iterator[str]:
    if found.meaning and found.meaning.cosine >= blend.COSINE_FLOOR:
        nearest = f"\u201c{found.meaning.intent}\u201d" if found.meaning.intent else "what it does"
        yield f"{capability.name}: close in meaning to {nearest} ({found.meaning.cosine:.2f})"
    if found.words:
        yield f"Your words in it: {', '.join(found.words.words)}"


def _liked(answer: Answer) -> str:
    """Return the name of the artifact that the query wants others like."""
    label = next(item.label for item in answer.parsed.constraints if item.kind == ConstraintKind.LIKE)
    return label.removeprefix("Like ")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _not_known(answer: Answer, artifact: Artifact) -> Iterator[str]:
    for condition, state in _states(answer, artifact):
        if state != SATISFIED and (words := condition.if_not_known(artifact)):
            yield words


def _states(answer: Answer, artifact: Artifact) -> Iterator[tuple[Condition, int]]:
    """Return each condition with what ``judged`` annotated for it."""
    for number, condition in enumerate(answer.conditions):
        yield condition, int(getattr(artifact, f"state_{number}"))
