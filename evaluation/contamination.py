"""How much better a model does on published prompts than on ones that nobody has seen: pure mathematics.

Both splits are drawn by the same grammar, so a model that never saw the published prompts scores alike on
both. The interval of the gap is put together from those of the two means (MOVER: Zou & Donner 2008,
"Construction of confidence limits about effect measures", Statistics in Medicine 27, section 2). The splits
are taken as independent; that they share families makes the interval wider than it need be, never narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.statistics import Interval, mean_interval


@dataclass(frozen=True)
class Gap:
    """Mean on the published prompts minus mean on the hidden ones, between -1 and 1, with its 95 % interval.

    ``is_suspicious`` says that the whole interval lies above 0: published prompts are easier for this model.
    """

    public: Interval
    hidden: Interval
    difference: float
    low: float
    high: float

    @property
    def is_suspicious(self) -> bool:
        """Whether chance is a poor explanation of the gap."""
        return self.low > 0.0


def split_gap(
    public: Sequence[float],
    public_families: Sequence[str],
    hidden: Sequence[float],
    hidden_families: Sequence[str],
) -> Gap:
    """Return the gap between two splits of one suite; values lie in [0, 1], families name their clusters.

    Raises:
        ValueError: for no values, unequal lengths, or a value outside [0, 1].

    >>> gap = split_gap([1.0, 1.0], ["a", "b"], [1.0, 0.0], ["a", "b"])
    >>> gap.difference, gap.is_suspicious
    (0.5, False)
    """
    shown, kept = mean_interval(public, public_families), mean_interval(hidden, hidden_families)
    difference = shown.mean - kept.mean
    below = np.hypot(shown.mean - shown.low, kept.high - kept.mean)
    above = np.hypot(shown.high - shown.mean, kept.mean - kept.low)
    return Gap(
        shown, kept, difference, max(-1.0, float(difference - below)), min(1.0, float(difference + above))
    )
