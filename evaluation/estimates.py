"""Says in one line what a run needs."""

from __future__ import annotations

from evaluation.services.estimate import RunEstimate

_BASIS = {"measured": "as measured so far", "counted": "counted from its operations"}


def estimate_words(estimate: RunEstimate) -> str:
    """Return the estimate as words, empty where nothing is known and nothing was expected.

    >>> estimate_words(RunEstimate(600, 16_900_000_000, 36.4, "whole", 1.94, "counted"))
    '16.9 B parameters; 36.4 GB at the peak (whole); about 1.9 h (counted from its operations)'
    """
    words = []
    if estimate.unknown:
        words.append(f"size not known: {estimate.unknown}")
    if estimate.n_parameters is not None and estimate.memory_gb is not None:
        words.append(f"{_count(estimate.n_parameters)} parameters")
        where = f" ({estimate.placement})" if estimate.placement else ""
        words.append(f"{estimate.memory_gb:.1f} GB at the peak{where}")
    if estimate.hours is not None and estimate.n_missing:
        words.append(f"about {_time(estimate.hours)} ({_BASIS[estimate.basis]})")
    if estimate.cost_usd is not None and estimate.n_missing:
        words.append(f"about {estimate.cost_usd:.2f} USD")
    return "; ".join(words)


def _count(parameters: int) -> str:
    return f"{parameters / 1e9:.1f} B" if parameters >= 1e8 else f"{parameters / 1e6:.1f} M"


def _time(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{max(1, round(hours * 60))} min"
