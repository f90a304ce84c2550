"""Inputs and results of the rank, as frozen records that go into the export as they are."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

State = Literal["observed", "missing"]


@dataclass(frozen=True)
class SignalInput:
    """What is known of one signal of one artifact.

    ``value`` is a count for a reference signal, a share in [0, 1] for a share, the days since the
    last activity for freshness and the accepted matches for a match signal (``trials`` then holds
    how often it was shown). ``sd`` is the value's own standard deviation where one was measured.
    ``doubt`` is the standard deviation that something suspicious adds to the logarithm of a count,
    ``grace_days`` the grace that an artifact's own rhythm of releases gives it, and ``is_archived``
    says that its source has closed it.
    """

    name: str
    value: float
    sd: float | None = None
    trials: int | None = None
    source: str = ""
    source_url: str = ""
    as_of: dt.date | None = None
    detail: str = ""
    doubt: float | None = None
    grace_days: int | None = None
    is_archived: bool | None = None


@dataclass(frozen=True)
class ArtifactInputs:
    """All that the rank knows of one artifact. No commercial or claim field exists here.

    ``is_demonstration`` decides whose company its position is counted in, never its score.
    """

    slug: str
    kind: str
    signals: tuple[SignalInput, ...]
    is_demonstration: bool = False


@dataclass(frozen=True)
class SignalResult:
    """One signal's contribution. ``share`` is its value on 0-1; ``points`` are milli-points."""

    name: str
    label: str
    component: str
    state: State
    share: float
    sd: float
    weight: int
    points: int
    given: SignalInput | None


@dataclass(frozen=True)
class ComponentResult:
    """One component: the sum of its signals. ``weight`` and the points are milli-points."""

    name: str
    label: str
    weight: int
    points: int
    sd: float
    is_missing: bool
    signals: tuple[SignalResult, ...]

    @property
    def share(self) -> float:
        """Return the component's value on 0-1."""
        return self.points / self.weight


@dataclass(frozen=True)
class RankResult:
    """One artifact's rank in milli-points (0-100,000): ``score`` is exactly the components' sum."""

    slug: str
    kind: str
    score: int
    low: int
    high: int
    components: tuple[ComponentResult, ...]
