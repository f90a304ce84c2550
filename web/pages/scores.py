"""An artifact's own measured scores."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from evaluation.scorers.registry import METRICS
from evaluation.selectors import SuiteScore
from web.figures import Bar, share_bar


@dataclass(frozen=True)
class OwnScore:
    """One suite: the mean with its interval, what it counts and which run made it."""

    suite: str
    suite_path: str
    is_beta: bool
    metric: str
    text: str
    note: str
    bar: Bar | None
    scorer: str
    run_path: str
    suite_slug: str
    as_of: dt.date


def own_scores(scores: Iterable[SuiteScore]) -> tuple[OwnScore, ...]:
    """Return scores as pages print them."""
    return tuple(own_score(score) for score in scores)


def own_score(score: SuiteScore, *, letter: str = "") -> OwnScore:
    """Return one score; without a mean it says so and has no bar."""
    bar = None
    if score.mean is not None and score.ci_low is not None and score.ci_high is not None:
        bar = share_bar(score.mean, score.ci_low, score.ci_high, side=letter)
    return OwnScore(
        suite=f"{score.suite_name} {score.suite_version}",
        suite_path=reverse("suite", args=[score.suite_slug]),
        is_beta=score.is_beta,
        metric=METRICS[score.metric].label,
        text=f"{bar.value:.0f}" if bar else "Not scored yet",
        note=counts_words(score),
        bar=bar,
        scorer=_scorer_label(score),
        run_path=reverse("run", args=[score.run_id]),
        suite_slug=score.suite_slug,
        as_of=score.computed_at.date(),
    )


def _scorer_label(score: SuiteScore) -> str:
    """Name the scorer and its version; what holds for drawings alone says so wherever it stands."""
    tier = ", demonstration tier" if score.stands_for != score.suite_slug else ""
    return f"{score.scorer} {score.scorer_version}{tier}"


def counts_words(score: SuiteScore) -> str:
    """Return what a mean was taken over."""
    parts = [f"{score.n_samples} pictures of {score.n_families} prompt families"]
    if score.n_failed:
        parts.append(f"{score.n_failed} failed, counted as 0")
    if score.n_unscored:
        parts.append(f"{score.n_unscored} unscored, left out")
    return "; ".join(parts)
