"""Scores by suite on one rule, the differences of every two sides, and what others reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.selectors import PairedScore, SuiteScore
from ranking.compute.verdict import MeasuredDifference
from web.figures import Bar, Span
from web.pages.compare.sides import ComparedArtifact
from web.pages.reported import ReportedValue
from web.pages.scores import OwnScore, own_score

NO_DIFFERENCE = "Not run on the same prompts by both, so no difference can be given."
# Half the width of the scale that differences stand on, in points.
EXTENTS = (5, 10, 25, 50, 100)


@dataclass(frozen=True)
class PairOf:
    """The paired difference of two sides on one suite, first minus second."""

    first: ComparedArtifact
    second: ComparedArtifact
    score: PairedScore


@dataclass(frozen=True)
class Difference:
    """First minus second in points, in short and in a sentence, and where it stands on the common scale."""

    first: ComparedArtifact
    second: ComparedArtifact
    text: str
    interval: str
    words: str
    is_tie: bool
    span: Span


@dataclass(frozen=True)
class StratumRow:
    """One kind of prompt of a suite: each side's mean; None is not measured."""

    name: str
    lines: tuple[tuple[ComparedArtifact, OwnScore | None], ...]

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Return what can be drawn on the rule."""
        return _bars(own for _, own in self.lines)


@dataclass(frozen=True)
class SuiteRow:
    """One suite: each side's mean on one rule, and what their paired differences say; None is not measured."""

    suite: OwnScore
    lines: tuple[tuple[ComparedArtifact, OwnScore | None], ...]
    differences: tuple[Difference, ...]
    strata: tuple[StratumRow, ...] = ()

    @property
    def scores(self) -> tuple[OwnScore | None, ...]:
        """Return the means in the order of the sides."""
        return tuple(own for _, own in self.lines)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Return what can be drawn on the rule."""
        return _bars(self.scores)

    @property
    def difference(self) -> str:
        """Return what the difference of two says."""
        return self.differences[0].words if self.differences else NO_DIFFERENCE

    @property
    def is_tie(self) -> bool:
        """Return whether the difference of two is a tie."""
        return bool(self.differences) and self.differences[0].is_tie


@dataclass(frozen=True)
class ScoreSection:
    """All suites; differences stand on a scale from minus to plus ``extent`` points."""

    rows: tuple[SuiteRow, ...]
    extent: int

    @property
    def differences(self) -> tuple[tuple[SuiteRow, Difference], ...]:
        """Return every difference with its suite."""
        return tuple((row, difference) for row in self.rows for difference in row.differences)


def score_section(sides: Sequence[ComparedArtifact], pairs: Sequence[PairOf]) -> ScoreSection:
    """Return a row for every suite that any side ran, with the differences of ``pairs`` on it."""
    ran = {score.suite_slug: score for side in reversed(sides) for score in side.scores}
    most = max((abs(end) * 100 for pair in pairs for end in _ends(pair.score)), default=0.0)
    extent = next((extent for extent in EXTENTS if most <= extent), EXTENTS[-1])
    by_suite: dict[str, list[Difference]] = {slug: [] for slug in ran}
    for pair in pairs:
        by_suite[pair.score.suite_slug].append(_difference(pair, extent))
    rows = (_suite_row(score, sides, by_suite) for _, score in sorted(ran.items()))
    return ScoreSection(tuple(rows), extent)


def _ends(score: PairedScore) -> tuple[float, float]:
    return score.ci_low, score.ci_high


def _suite_row(
    score: SuiteScore, sides: Sequence[ComparedArtifact], differences: Mapping[str, Sequence[Difference]]
) -> SuiteRow:
    slug = score.suite_slug
    return SuiteRow(
        suite=own_score(score),
        lines=tuple((side, _own(side, slug)) for side in sides),
        differences=tuple(differences[slug]),
        strata=tuple(_stratum_rows(slug, sides)),
    )


def _stratum_rows(slug: str, sides: Sequence[ComparedArtifact]) -> Iterable[StratumRow]:
    """Yield a row for every kind of prompt; a suite with one kind only has none to tell apart."""
    names = {score.stratum for side in sides for score in side.strata if score.suite_slug == slug}
    for name in sorted(names) if len(names) > 1 else ():
        lines = tuple((side, _own(side, slug, stratum=name)) for side in sides)
        yield StratumRow(name.replace("-", " ").capitalize(), lines)


def _bars(scores: Iterable[OwnScore | None]) -> tuple[Bar, ...]:
    return tuple(score.bar for score in scores if score and score.bar)


def _own(side: ComparedArtifact, slug: str, *, stratum: str = "") -> OwnScore | None:
    return side.once(_own_scores).get((slug, stratum))


def _own_scores(side: ComparedArtifact) -> dict[tuple[str, str], OwnScore]:
    """Return the means of a side by suite and stratum, "" for the whole suite."""
    return {
        (score.suite_slug, score.stratum): own_score(score, letter=side.letter)
        for score in (*side.scores, *side.strata)
    }


def _difference(pair: PairOf, extent: int) -> Difference:
    score = pair.score
    points, low, high = (value * 100 for value in (score.difference, score.ci_low, score.ci_high))
    return Difference(
        first=pair.first,
        second=pair.second,
        text=_signed(points),
        interval=f"{_signed(low)} to {_signed(high)}",
        words=_difference_words(pair),
        is_tie=score.is_tie,
        span=Span(points, low, high, extent, _ahead(pair).letter if not score.is_tie else ""),
    )


def _signed(points: float) -> str:
    """Return points with their sign; what rounds to nothing has none.

    >>> _signed(-8.2), _signed(0.3), _signed(12.0)
    ('-8', '0', '+12')
    """
    return f"{points:+.0f}" if round(points) else "0"


def _ahead(pair: PairOf) -> ComparedArtifact:
    return pair.first if pair.score.difference > 0 else pair.second


def _difference_words(pair: PairOf) -> str:
    score = pair.score
    level = f"{score.level * 100:.3g} % interval"
    smallest = f"From {score.minimal_detectable * 100:.0f} points on this suite would tell two models apart."
    if score.is_tie:
        interval = f"{_signed(score.ci_low * 100)} to {_signed(score.ci_high * 100)}"
        letters = f"{pair.first.letter.upper()} minus {pair.second.letter.upper()}"
        return f"{letters} is {score.difference * 100:+.0f} points; its {level}, {interval}, covers 0. {smallest}"
    low, high = sorted((abs(score.ci_low), abs(score.ci_high)))
    interval = f"{level} {low * 100:.0f} to {high * 100:.0f}"
    points = f"{abs(score.difference) * 100:.0f} points"
    return f"{_ahead(pair).name} is ahead by {points} ({interval}). {smallest}"


def measured_differences(paired: Sequence[PairedScore]) -> list[MeasuredDifference]:
    """Return the paired differences as the verdict reads them."""
    return [
        MeasuredDifference(pair.suite_name, pair.difference, pair.ci_low, pair.ci_high) for pair in paired
    ]


@dataclass(frozen=True)
class ReportedRow:
    """One benchmark's metric; an empty side means that nobody reported it."""

    benchmark: str
    metric: str
    sides: tuple[tuple[ReportedValue, ...], ...]


def reported_rows(sides: Sequence[ComparedArtifact]) -> tuple[ReportedRow, ...]:
    """Line up what others reported about the sides."""
    found = [_by_benchmark(side.reported) for side in sides]
    keys = sorted({key for side in found for key in side})
    return tuple(ReportedRow(*key, tuple(side.get(key, ()) for side in found)) for key in keys)


def _by_benchmark(results: Iterable[ReportedValue]) -> dict[tuple[str, str], tuple[ReportedValue, ...]]:
    rows: dict[tuple[str, str], tuple[ReportedValue, ...]] = {}
    for result in results:
        key = (result.benchmark, result.metric)
        rows[key] = (*rows.get(key, ()), result)
    return rows
