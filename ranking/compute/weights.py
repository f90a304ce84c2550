"""How much each component really decides, beside what the formula declares.

A weight says what a component can give; how far it tells artifacts apart depends on how much it varies
among them, and with what. A component's effective weight is its share of the variance of the scores,
``cov(component, score) / var(score)``; the shares sum to 1, and a component on which all are equal has 0
whatever its points. See Paruolo, Saisana and Saltelli, "Ratings and rankings: voodoo or science?" (2013).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ranking.compute.formula import MILLI, Formula, Profile
from ranking.compute.records import ArtifactInputs, RankResult

# How far from its aim a component's effective weight may stand.
TOLERANCE = 0.2


@dataclass(frozen=True)
class ComponentWeight:
    """One component of a profile; shares are 0-1.

    ``declared`` is what it should decide, ``aim`` the same among the components that vary at all,
    ``effective`` its share of the variance of the scores, ``points`` what it can give of 100 and
    ``known`` the share of artifacts of which anything is known.
    """

    name: str
    label: str
    declared: float
    aim: float
    effective: float
    points: float
    known: float

    @property
    def is_effective(self) -> bool:
        """Return whether it decides what it should, within a fifth; true where nothing can decide."""
        return abs(self.effective - self.aim) <= TOLERANCE * self.aim


def grouped_by_profile(
    ranked: Iterable[tuple[ArtifactInputs, RankResult]], *, formula: Formula
) -> dict[str, list[RankResult]]:
    """Return ranks by the name of their profile, without demonstrations."""
    found: dict[str, list[RankResult]] = defaultdict(list)
    for item, result in ranked:
        if not item.is_demonstration:
            found[formula.profile_of(item.kind).name].append(result)
    return dict(found)


def effective_weights(results: Sequence[RankResult], *, profile: Profile) -> tuple[ComponentWeight, ...]:
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
    declared = [profile.declared[component.name] / 100 for component in results[0].components]
    acting = sum(weight for weight, varies in zip(declared, centred.any(axis=0), strict=True) if varies)
    return tuple(
        ComponentWeight(
            name=component.name,
            label=component.label,
            declared=declared[index],
            aim=declared[index] / acting if centred[:, index].any() else 0.0,
            effective=float(shares[index]),
            points=component.weight / MILLI,
            known=sum(not r.components[index].is_missing for r in results) / len(results),
        )
        for index, component in enumerate(results[0].components)
    )
