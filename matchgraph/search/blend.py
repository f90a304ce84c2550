"""How the parts of a score are put together. Plain mathematics; the weights are published."""

from dataclasses import dataclass

# Relevance is a convex combination of meaning and words; tuned on the tuning half of
# data/search/intents.yaml with ``manage.py evaluate_search``.
MEANING_WEIGHT = 0.7
WORDS_WEIGHT = 0.3
# Unrelated texts have a cosine of about 0.15 in this space, and the same thing said in other words
# about 0.85; between them meaning counts from 0 to 1.
COSINE_FLOOR, COSINE_CEILING = 0.15, 0.85
# Beside relevance: the rank and what visitors took decide only between results that fit alike.
RANK_WEIGHT = 0.04
EVIDENCE_WEIGHT = 0.02
# As many visitors as the usual success rate counts for before an artifact's own is seen.
USUAL_SUCCESS, USUAL_VISITORS = 0.1, 20
# What an artifact keeps of its score for each constraint of which it is not known whether it meets it.
KEPT_IF_NOT_KNOWN = 0.85
# Share of likeness where a query says both "like X" and what it wants.
LIKENESS_SHARE = 0.5
# Relevance from which a result is called a good or a fair fit; below, and without a name in the
# query, the page says that nothing fits well.
GOOD_FIT, FAIR_FIT = 0.6, 0.42


@dataclass(frozen=True)
class Signals:
    """What is known of one artifact for one query; relevance parts 0-1 or ``None`` where not asked."""

    cosine: float | None = None
    coverage: float | None = None
    likeness: float | None = None
    rank: float | None = None
    times_matched: int = 0
    impressions: int = 0
    n_not_known: int = 0


def text_relevance(cosine: float | None, coverage: float | None) -> float:
    """Return how well a capability answers the words of a query, 0-1.

    Without vectors words are all there is, and the other way round.

    >>> round(text_relevance(0.85, 0.5), 2)
    0.85
    """
    meaning = 0.0 if cosine is None else (cosine - COSINE_FLOOR) / (COSINE_CEILING - COSINE_FLOOR)
    return MEANING_WEIGHT * min(max(meaning, 0.0), 1.0) + WORDS_WEIGHT * (coverage or 0.0)


def relevance(signals: Signals, *, has_text: bool) -> float:
    """Return how well an artifact answers a query, 0-1: text, likeness, or half of each.

    A query of constraints alone is answered by everything that meets them.
    """
    text = text_relevance(signals.cosine, signals.coverage)
    if signals.likeness is None:
        return text if has_text else 1.0
    if not has_text:
        return signals.likeness
    return LIKENESS_SHARE * signals.likeness + (1 - LIKENESS_SHARE) * text


def score(signals: Signals, *, relevance: float) -> float:
    """Return the score that results are ordered by, 0-1."""
    success = (signals.times_matched + USUAL_SUCCESS * USUAL_VISITORS) / (
        signals.impressions + USUAL_VISITORS
    )
    blended = (
        (1 - RANK_WEIGHT - EVIDENCE_WEIGHT) * relevance
        + RANK_WEIGHT * (signals.rank or 0.0)
        + EVIDENCE_WEIGHT * success
    )
    return float(blended * KEPT_IF_NOT_KNOWN**signals.n_not_known)
