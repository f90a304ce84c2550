"""How much each component really decides, beside what the formula declares.

A weight says what a component can give; how far it tells artifacts apart depends on how much it varies
among them, and with what. A component's effective weight is its share of the variance of the scores,
``cov(component, score) / var(score)``; the shares sum to 1, and a component on which all are equal has 0
whatever its points. See Paruolo, Saisana and Saltelli, "Ratings and rankings: voodoo or science?" (2013).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ranking.compute.formula import MILLI, Formula, Profile
from ranking.compute.records import ArtifactInputs, ComponentResult, RankResult

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


class Contributions:
    """What the components gave to ranks of one profile: five bytes for each component of each rank."""

    def __init__(self) -> None:
        self._components: tuple[ComponentResult, ...] = ()
        self._points = array("i")
        self._is_known = array("b")

    def __len__(self) -> int:
        return len(self._points) // len(self._components) if self._components else 0

    def add(self, result: RankResult) -> None:
        """Take one rank.

        Raises:
            ValueError: its profile has other components than those before.
        """
        self._components = self._components or result.components
        if [c.name for c in result.components] != [c.name for c in self._components]:
            raise ValueError("effective weights are those of one profile")
        self._points.extend(component.points for component in result.components)
        self._is_known.extend(not component.is_missing for component in result.components)

    def weights(self, profile: Profile) -> tuple[ComponentWeight, ...]:
        """Return declared and effective weights; empty where fewer than two scores differ."""
        if not self._components:
            return ()
        points = np.array(self._points, dtype=float).reshape(len(self), -1)
        centred = points - points.mean(axis=0)
        score = centred.sum(axis=1)
        if np.ptp(points.sum(axis=1)) == 0:
            return ()
        shares = centred.T @ score / (score @ score)
        known = np.array(self._is_known).reshape(len(self), -1).mean(axis=0)
        varies = np.ptp(points, axis=0) > 0
        declared = np.array([profile.declared[component.name] / 100 for component in self._components])
        aims = np.where(varies, declared / declared[varies].sum(), 0.0)
        return tuple(
            ComponentWeight(
                name=component.name,
                label=component.label,
                declared=float(declared[index]),
                aim=float(aims[index]),
                effective=float(shares[index]),
                points=component.weight / MILLI,
                known=float(known[index]),
            )
            for index, component in enumerate(self._components)
        )


def effective_weights(results: Iterable[RankResult], *, profile: Profile) -> tuple[ComponentWeight, ...]:
    """Return declared and effective weights over ranks of one profile.

    Returns:
        Components in the formula's order; empty where fewer than two scores differ.

    Raises:
        ValueError: the ranks come from profiles with different components.
    """
    contributions = Contributions()
    for result in results:
        contributions.add(result)
    return contributions.weights(profile)
