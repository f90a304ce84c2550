"""How likely a visitor is to look at each position, learnt from neighbours whose order was drawn by lot.

Where a coin decides which of two neighbours stands at position k and which at k + 1, both positions hold the
same artifacts on average; the ratio of what was taken there is the ratio of how often they were looked at.
The chain of these ratios gives every position relative to the first ("intervention harvesting", Agarwal et
al., WSDM 2019; Joachims, Swaminathan and Schnabel, WSDM 2017).
"""

import numpy as np

from matchgraph.learning.showings import Floats, Showings, summed

# No position is taken to be looked at less: a click far down would weigh without bound.
LEAST_EXAMINATION = 0.05
# How steeply attention falls before anything was seen, as an exponent: position k is looked at 1/k as often as
# the first; the belief is worth so many taken results in all. The same for how far a single position may
# depart from the curve that fits all of them.
PRIOR_STEEPNESS, STEEPNESS_TAKEN = 1.0, 20.0
CURVE_TAKEN = 100.0
STEEPNESSES = np.linspace(0.0, 3.0, 301)


def prior_examination(n_positions: int, *, steepness: float = PRIOR_STEEPNESS) -> Floats:
    """Return ``position ** -steepness`` for positions 1 to ``n_positions``, 0.05-1.

    >>> prior_examination(3).round(2).tolist()
    [1.0, 0.5, 0.33]
    """
    curve: Floats = np.power(np.arange(1, n_positions + 1, dtype=np.float64), -steepness)
    return np.maximum(curve, LEAST_EXAMINATION)


def examination(showings: Showings, weights: Floats, *, n_positions: int) -> Floats:
    """Return the chance that each position is looked at, relative to the first.

    A power curve is fitted to all pairs first, by maximum likelihood; each position's ratio to the one above
    it is then drawn from the curve towards its own takes as far as there are many.

    Args:
        showings: results that were shown; only those of pairs drawn by lot are used.
        weights: what each row counts, 0-1.
        n_positions: how many positions to speak of.

    Returns:
        An array of length ``n_positions`` that starts at 1, never rises and never falls below 0.05.
    """
    is_drawn = (showings.drawn > 0) & (showings.drawn < n_positions)
    drawn, taken = showings.drawn[is_drawn], (weights * showings.is_taken)[is_drawn]
    is_lower = showings.position[is_drawn] > drawn
    at_upper = summed(drawn - 1, weights=taken * ~is_lower, size=n_positions - 1)
    at_lower = summed(drawn - 1, weights=taken * is_lower, size=n_positions - 1)
    curve = _step_ratios(_steepness(at_upper, at_lower), n_positions)
    ratios = (at_lower + CURVE_TAKEN * curve / (1 + curve)) / (at_upper + CURVE_TAKEN / (1 + curve))
    chain: Floats = np.concatenate([[1.0], np.cumprod(np.minimum(ratios, 1.0))])
    return np.maximum(chain, LEAST_EXAMINATION)


def _step_ratios(steepness: float, n_positions: int) -> Floats:
    """Return how often each position is looked at for each look at the one above it, from the second on."""
    positions = np.arange(1, n_positions)
    ratios: Floats = (positions / (positions + 1)) ** steepness
    return ratios


def _steepness(at_upper: Floats, at_lower: Floats) -> float:
    """Return the exponent under which the takes at upper and lower places of pairs are likeliest.

    Of the takes of a pair, ``r / (1 + r)`` fall on its lower place, where r is the ratio of looks.
    """
    n_positions = len(at_upper) + 1
    prior = _step_ratios(PRIOR_STEEPNESS, n_positions)
    worth = STEEPNESS_TAKEN / max(len(at_upper), 1)
    lower, upper = at_lower + worth * prior / (1 + prior), at_upper + worth / (1 + prior)
    logs = np.log(np.arange(1, n_positions) / np.arange(2, n_positions + 1))
    log_ratios = STEEPNESSES[:, None] * logs[None, :]
    likelihood = (lower * log_ratios - (lower + upper) * np.log1p(np.exp(log_ratios))).sum(axis=1)
    return float(STEEPNESSES[likelihood.argmax()])
