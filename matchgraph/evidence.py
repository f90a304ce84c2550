"""What feedback is worth. Plain mathematics."""

# As many visitors as a similarity counts for before feedback has been seen: one click in a new edge
# moves its weight by less than 0.05.
PRIOR_VISITORS = 20


def edge_weight(similarity: float, *, impressions: int, accepted: int) -> float:
    """Return the smoothed chance that a capability serves an intent, 0-1.

    The mean of a beta distribution whose prior is the cosine between the two texts, worth
    ``PRIOR_VISITORS`` visitors; ``impressions`` visitors were shown it and ``accepted`` took it.

    >>> edge_weight(0.6, impressions=0, accepted=0)
    0.6
    >>> edge_weight(0.6, impressions=20, accepted=18)
    0.75
    """
    prior = min(max(similarity, 0.0), 1.0)
    return (accepted + PRIOR_VISITORS * prior) / (impressions + PRIOR_VISITORS)
