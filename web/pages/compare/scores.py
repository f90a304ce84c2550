"""Scores by suite, side by side, and what others reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.selectors import PairedScore, SuiteScore
from ranking.compute.verdict import MeasuredDifference
from web.pages.compare.sides import ComparedArtifact
from web.pages.reported import ReportedValue
from web.pages.scores import OwnScore, own_score


@dataclass(frozen=True)
class StratumRow:
    """One kind of prompt of a suite: both means; None is not measured."""

    name: str
    first: OwnScore | None
    second: OwnScore | None


@dataclass(frozen=True)
class SuiteRow:
    """One suite: both means on one rule and what their paired difference says; None is not measured."""

    suite: OwnScore
    first: OwnScore | None
    second: OwnScore | None
    difference: str
    is_tie: bool
    strata: tuple[StratumRow, ...] = ()


def suite_rows(
    first: ComparedArtifact, second: ComparedArtifact, paired: Sequence[PairedScore]
) -> tuple[SuiteRow, ...]:
    """Return a row for every suite that either side ran."""
    ran = {score.suite_slug: score for side in (second, first) for score in side.scores}
    differences = {pair.suite_slug: pair for pair in paired}
    return tuple(
        _suite_row(score, first, second, differences.get(slug)) for slug, score in sorted(ran.items())
    )


def _suite_row(
    score: SuiteScore, first: ComparedArtifact, second: ComparedArtifact, pair: PairedScore | None
) -> SuiteRow:
    return SuiteRow(
        suite=own_score(score),
        first=_own(first, score.suite_slug),
        second=_own(second, score.suite_slug),
        difference=_difference_words(pair, first, second),
        is_tie=bool(pair and pair.is_tie),
        strata=tuple(_stratum_rows(score.suite_slug, first, second)),
    )


def _stratum_rows(slug: str, first: ComparedArtifact, second: ComparedArtifact) -> Iterable[StratumRow]:
    """Yield a row for every kind of prompt; a suite with one kind only has none to tell apart."""
    names = {score.stratum for side in (first, second) for score in side.strata if score.suite_slug == slug}
    for name in sorted(names) if len(names) > 1 else ():
        words = name.replace("-", " ").capitalize()
        yield StratumRow(words, _own(first, slug, stratum=name), _own(second, slug, stratum=name))


def _own(side: ComparedArtifact, slug: str, *, stratum: str = "") -> OwnScore | None:
    scores = side.strata if stratum else side.scores
    found = (score for score in scores if (score.suite_slug, score.stratum) == (slug, stratum))
    return next((own_score(score, letter=side.letter) for score in found), None)


def _difference_words(pair: PairedScore | None, first: ComparedArtifact, second: ComparedArtifact) -> str:
    if pair is None:
        return "Not run on the same prompts by both, so no difference can be given."
    level = f"{pair.level * 100:.3g} % interval"
    smallest = f"From {pair.minimal_detectable * 100:.0f} points on this suite would tell two models apart."
    if pair.is_tie:
        interval = f"{pair.ci_low * 100:+.0f} to {pair.ci_high * 100:+.0f}"
        return (
            f"A minus B is {pair.difference * 100:+.0f} points; its {level}, {interval}, covers 0. {smallest}"
        )
    ahead = first if pair.difference > 0 else second
    low, high = sorted((abs(pair.ci_low), abs(pair.ci_high)))
    interval = f"{level} {low * 100:.0f} to {high * 100:.0f}"
    return f"{ahead.name} is ahead by {abs(pair.difference) * 100:.0f} points ({interval}). {smallest}"


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
    first: tuple[ReportedValue, ...]
    second: tuple[ReportedValue, ...]


def reported_rows(first: Iterable[ReportedValue], second: Iterable[ReportedValue]) -> tuple[ReportedRow, ...]:
    """Line up what others reported about both sides."""
    sides = [_by_benchmark(results) for results in (first, second)]
    keys = sorted(set(sides[0]) | set(sides[1]))
    return tuple(ReportedRow(*key, sides[0].get(key, ()), sides[1].get(key, ())) for key in keys)


def _by_benchmark(results: Iterable[ReportedValue]) -> dict[tuple[str, str], tuple[ReportedValue, ...]]:
    rows: dict[tuple[str, str], tuple[ReportedValue, ...]] = {}
    for result in results:
        key = (result.benchmark, result.metric)
        rows[key] = (*rows.get(key, ()), result)
    return rows
