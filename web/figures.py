"""Geometry of the marks on the 0-100 rule. Pages build these; templates only place them."""

from dataclasses import dataclass

TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Bar:
    """A value with its interval, all 0-100. ``words`` say the same for those who do not see it."""

    value: float
    low: float
    high: float
    words: str
    side: str = ""

    @property
    def band_x(self) -> str:
        """Return where the band begins."""
        return f"{self.low:.2f}%"

    @property
    def band_width(self) -> str:
        """Return the width of the band."""
        return f"{max(self.high - self.low, 0):.2f}%"

    @property
    def band_end(self) -> str:
        """Return where the band ends."""
        return f"{self.high:.2f}%"

    @property
    def rest(self) -> str:
        """Return how much of 100 is missing: where an upright bar begins."""
        return f"{100 - self.value:.1f}%"

    @property
    def value_x(self) -> str:
        """Return where the value stands."""
        return f"{self.value:.2f}%"


@dataclass(frozen=True)
class Span:
    """A difference with its interval, in points, on a scale from minus to plus ``extent`` around 0."""

    value: float
    low: float
    high: float
    extent: float
    side: str = ""

    @property
    def value_x(self) -> str:
        """Return where the difference stands."""
        return f"{self._place(self.value):.2f}%"

    @property
    def band_x(self) -> str:
        """Return where the interval begins."""
        return f"{self._place(self.low):.2f}%"

    @property
    def band_end(self) -> str:
        """Return where the interval ends."""
        return f"{self._place(self.high):.2f}%"

    @property
    def band_width(self) -> str:
        """Return the width of the interval."""
        return f"{self._place(self.high) - self._place(self.low):.2f}%"

    def _place(self, points: float) -> float:
        """Return the place of some points in per cent of the scale.

        >>> Span(0, -5, 5, 10)._place(-10)
        0.0
        """
        return 50 + 50 * points / self.extent


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where it stands on the frame, in per cent, and what it says."""

    at: str
    text: str


def rank_bar(score: float, low: float, high: float, *, side: str = "") -> Bar:
    """Return a rank of 0-100 as a bar.

    >>> rank_bar(58.2, 51, 64.9).words
    '58.2 of 100, 90 % interval 51.0 to 64.9'
    """
    words = f"{score:.1f} of 100, 90 % interval {low:.1f} to {high:.1f}"
    return Bar(score, low, high, words, side)


def share_bar(mean: float, low: float, high: float, *, level: int = 95, side: str = "") -> Bar:
    """Return a share of 0-1 as a bar of 0-100.

    >>> share_bar(0.5, 0.4, 0.6).value_x
    '50.00%'
    """
    words = f"{mean * 100:.0f} of 100, {level} % interval {low * 100:.0f} to {high * 100:.0f}"
    return Bar(mean * 100, low * 100, high * 100, words, side)
