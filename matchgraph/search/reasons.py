"""Says why a result is there, and what is not known about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Artifact
from matchgraph.search.blend import COSINE_FLOOR, Weights
from matchgraph.search.condition import SATISFIED, Condition
from matchgraph.search.likeness import Likeness
from matchgraph.search.names import NameHit, NameMatch
from matchgraph.search.records import ConstraintKind, ParsedQuery
from matchgraph.search.retrieval import Found
from matchgraph.selectors import CapabilityView, MatchEvidence

MATTERS_OF_TASTE = (ConstraintKind.KIND, ConstraintKind.MODALITY)


@dataclass(frozen=True)
class Answer:
    """Everything that was found out about one query, by artifact."""

    parsed: ParsedQuery
    conditions: Sequence[Condition]
    named: Mapping[int, NameHit]
    found: Mapping[int, Sequence[Found]]
    likeness: Mapping[int, Likeness]
    taken: Mapping[int, MatchEvidence]
    weights: Weights

    def best_found(self, artifact_id: int) -> Found | None:
        """Return the artifact's capability that answers the words of the query best."""
        return next(iter(self.found.get(artifact_id, ())), None)


def reasons(
    answer: Answer, artifact: Artifact, *, states: Sequence[int], capability: CapabilityView | None
) -> Iterator[str]:
    """Return why an artifact is in the list: its name, its likeness, a capability, what it satisfies."""
    if hit := answer.named.get(artifact.pk):
        yield {
            NameMatch.EXACT: f"Known as \u201c{hit.text}\u201d",
            NameMatch.NEAR: f"Named almost like that: {hit.name}",
            NameMatch.MENTIONED: f"Your search names it: \u201c{hit.text}\u201d",
        }[hit.match]
    if likeness := answer.likeness.get(artifact.pk):
        yield from _likeness_reasons(likeness, _liked(answer))
    if capability and (found := answer.best_found(artifact.pk)):
        yield from _text_reasons(found, capability)
    if (taken := answer.taken.get(artifact.pk)) and taken.is_published:
        yield f"Taken by {taken.times_matched} of {taken.impressions} visitors who wanted this and were shown it"
    for condition, state in zip(answer.conditions, states, strict=True):
        if state == SATISFIED and (words := condition.if_satisfied(artifact)):
            yield words


def not_known(answer: Answer, artifact: Artifact, *, states: Sequence[int]) -> Iterator[str]:
    """Return what the query asks for and the catalogue does not say of an artifact."""
    for condition in unknown(answer, states):
        yield condition.if_not_known(artifact)


def unknown(answer: Answer, states: Sequence[int]) -> list[Condition]:
    """Return the conditions of which it is not known whether they hold, where that is a loss."""
    return [
        condition
        for condition, state in zip(answer.conditions, states, strict=True)
        if state != SATISFIED and not condition.is_silent
    ]


def is_certain(missing: Sequence[Condition]) -> bool:
    """Return whether what was asked for is known to be met; what counts as a tool is a matter of taste."""
    return all(condition.constraint.kind in MATTERS_OF_TASTE for condition in missing)


def is_memory_not_known(missing: Sequence[Condition]) -> bool:
    """Return whether a bound on memory was asked for that an artifact is not known to keep."""
    return any(condition.constraint.kind == ConstraintKind.MEMORY for condition in missing)


def _text_reasons(found: Found, capability: CapabilityView) -> Iterator[str]:
    if found.meaning and found.meaning.cosine >= COSINE_FLOOR:
        nearest = f"\u201c{found.meaning.intent}\u201d" if found.meaning.intent else "what it does"
        yield f"{capability.name}: close in meaning to {nearest} ({found.meaning.cosine:.2f})"
    if found.words:
        yield f"Your words in it: {', '.join(found.words.words)}"


def _likeness_reasons(likeness: Likeness, liked: str) -> Iterator[str]:
    if likeness.n_shared:
        noun = "capability" if likeness.n_shared == 1 else "capabilities"
        yield f"Shares {likeness.n_shared} {noun} with {liked}"
    if likeness.uses:
        yield f"For the same use as {liked}: {', '.join(likeness.uses)}"


def _liked(answer: Answer) -> str:
    """Return the name of the artifact that the query wants others like."""
    label = next(item.label for item in answer.parsed.constraints if item.kind == ConstraintKind.LIKE)
    return label.removeprefix("Like ")
