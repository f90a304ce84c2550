"""How the parts of a score are put together. Plain mathematics; the weights are published."""

from dataclasses import dataclass

from matchgraph.learning.success import USUAL_SUCCESS


@dataclass(frozen=True)
class Weights:
    """What each part counts; ``meaning`` and ``words`` make relevance and add up to 1."""

    meaning: float
    words: float
    # Beside relevance: the rank and what visitors took decide only between results that fit alike.
    rank: float
    evidence: float


# Tuned on the tuning half of data/search with ``manage.py evaluate_search``. What visitors took helps the more the more
# it weighs, for there they take what is right; so it weighs what its usual spread (0.05-0.6) takes to decide between
# results as close as a near-tie, and who buys clicks buys no more.
PUBLISHED = Weights(meaning=0.4, words=0.6, rank=0.04, evidence=0.04)
# An artifact is at least as good as its best capability for a query; each of the next two closes up to
# this share of what is then missing.
FURTHER_CAPABILITIES, FURTHER_SHARE = 2, 0.3
# Unrelated texts have a cosine of about 0.15 in this space, and the same thing said in other words
# about 0.85; between them meaning counts from 0 to 1.
COSINE_FLOOR, COSINE_CEILING = 0.15, 0.85
# What an artifact keeps of its score for each constraint of which it is not known whether it meets it.
KEPT_IF_NOT_KNOWN = 0.85
# Beside that, where it is the memory: a model that does not fit does not run at all.
KEPT_IF_MEMORY_NOT_KNOWN = 0.5
# Share of likeness where a query says both "like X" and what it wants.
LIKENESS_SHARE = 0.5
# What a name in the query adds to the relevance of the artifact that bears it.
MENTION_BONUS = 0.25
# Relevance from which a result is called a good or a fair fit; below, and without a name in the
# query, the page says that nothing fits well.
GOOD_FIT, FAIR_FIT = 0.5, 0.33


@dataclass(frozen=True)
class Signals:
    """What is known of one artifact for one query, each 0-1; ``None`` where it was not asked for.

    ``success`` is how often visitors who look at it take it, ``None`` where none was shown it.
    ``texts`` is how well each of its capabilities answers the words of the query.
    """

    texts: tuple[float, ...] = ()
    likeness: float | None = None
    rank: float | None = None
    success: float | None = None
    n_not_known: int = 0
    is_memory_not_known: bool = False
    is_mentioned: bool = False


def text_relevance(cosine: float | None, coverage: float | None, *, weights: Weights = PUBLISHED) -> float:
    """Return how well a capability answers the words of a query, 0-1.

    >>> round(text_relevance(0.85, 0.5), 2)
    0.7
    """
    meaning = 0.0 if cosine is None else (cosine - COSINE_FLOOR) / (COSINE_CEILING - COSINE_FLOOR)
    return weights.meaning * min(max(meaning, 0.0), 1.0) + weights.words * (coverage or 0.0)


def relevance(signals: Signals, *, has_text: bool) -> float:
    """Return how well an artifact answers a query, 0-1: text, likeness, or half of each.

    A query of constraints alone is answered by everything that meets them.
    """
    best, *further = [*sorted(signals.texts, reverse=True), 0.0]
    text = best + (1 - best) * FURTHER_SHARE * sum(further[:FURTHER_CAPABILITIES])
    if signals.likeness is not None:
        share = LIKENESS_SHARE if has_text else 1.0
        answered = share * signals.likeness + (1 - share) * text
    else:
        answered = text if has_text else 1.0
    return min(answered + MENTION_BONUS * signals.is_mentioned, 1.0)


def score(signals: Signals, *, relevance: float, weights: Weights = PUBLISHED) -> float:
    """Return the score that results are ordered by, 0-1."""
    success = USUAL_SUCCESS if signals.success is None else signals.success
    beside = weights.rank * (signals.rank or 0.0) + weights.evidence * success
    blended = (1 - weights.rank - weights.evidence) * relevance + beside
    kept = KEPT_IF_NOT_KNOWN**signals.n_not_known
    return float(blended * kept * (KEPT_IF_MEMORY_NOT_KNOWN if signals.is_memory_not_known else 1.0))
