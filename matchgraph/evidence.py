"""What an edge from an intent to a capability weighs. Plain mathematics."""

# As many visitors who looked as a similarity counts for before feedback has been seen: one click in a new edge
# moves its weight by less than 0.05.
PRIOR_VISITORS = 20


def edge_weight(similarity: float, *, looks: float, taken: float) -> float:
    """Return the smoothed chance that a capability serves an intent, 0-1.

    The mean of a beta distribution whose prior is the cosine between the two texts, worth ``PRIOR_VISITORS``
    visitors; ``looks`` of them are expected to have looked at it and ``taken`` took it.

    >>> edge_weight(0.6, looks=0, taken=0)
    0.6
    >>> edge_weight(0.6, looks=20, taken=18)
    0.75
    """
    prior = min(max(similarity, 0.0), 1.0)
    return (taken + PRIOR_VISITORS * prior) / (max(looks, taken) + PRIOR_VISITORS)


def edge_confidence(*, looks: float, taken: float) -> float:
    """Return how much of what is believed of an edge rests on visitors, 0-1.

    >>> edge_confidence(looks=20, taken=5)
    0.5
    """
    seen = max(looks, taken)
    return seen / (seen + PRIOR_VISITORS)
