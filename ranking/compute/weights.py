"""How much each component really decides, beside what the formula declares.

A weight says what a component can give; how far it tells artifacts apart depends on how much it varies
among them, and with what. A component's effective weight is its share of the variance of the scores,
``cov(component, score) / var(score)``; the shares sum to 1, and a component on which all are equal has 0
whatever its points. See Paruolo, Saisana and Saltelli, "Ratings and rankings: voodoo or science?" (2013).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranking.compute.records import RankResult


@dataclass(frozen=True)
class ComponentWeight:
    """One component: points declared (0-1), share of the scores' variance, share of artifacts known."""

    name: str
    label: str
    declared: float
    effective: float
    known: float


def effective_weights(results: Sequence[RankResult]) -> tuple[ComponentWeight, ...]:
    """Return declared and effective weights over ranks of one profile.

    Returns:
        Components in the formula's order; empty where fewer than two scores differ.

    Raises:
        ValueError: the ranks come from profiles with different components.
    """
    if len({tuple(c.name for c in result.components) for result in results}) > 1:
        raise ValueError("effective weights are those of one profile")
    if len({result.score for result in results}) < 2:
        return ()
    points = np.array([[c.points for c in result.components] for result in results], dtype=float)
    centred = points - points.mean(axis=0)
    score = centred.sum(axis=1)
    shares = centred.T @ score / (score @ score)
    total = sum(c.weight for c in results[0].components)
    return tuple(
        ComponentWeight(
            name=component.name,
            label=component.label,
            declared=component.weight / total,
            effective=float(shares[index]),
            known=sum(not r.components[index].is_missing for r in results) / len(results),
        )
        for index, component in enumerate(results[0].components)
    )
