"""Every scorer and metric by name."""

from __future__ import annotations

from typing import Final

from evaluation.scorers import adherence, anatomy, bodies, text
from evaluation.scorers.base import Metric, Scorer, Value
from evaluation.suites.asked import SKILLS
from evaluation.suites.spec import PromptSpec


def _regions(number: int) -> str:
    if number == text.MOST_REGIONS:
        return f"{number} regions or more"
    return "1 region" if number == 1 else f"{number} regions"


METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        Metric("text_exact", "All text exact"),
        Metric("text_f1", "Text F1"),
        Metric("cer", "Character error rate", is_higher_better=False),
        Metric("ned", "Normalised edit similarity"),
        Metric("regions_exact", "Regions exact"),
        *(Metric(f"text_exact_{n}_regions", f"All text exact, {_regions(n)}") for n in range(1, 6)),
        Metric("omissions", "Letters left out", is_higher_better=False),
        Metric("substitutions", "Letters replaced", is_higher_better=False),
        Metric("duplications", "Letters painted twice", is_higher_better=False),
        Metric("engines_differ", "Text engines differ", is_higher_better=False),
        Metric("all_correct", "Everything right"),
        Metric("adherence", "Adherence, mean over skills"),
        *(Metric(f"skill_{skill}", f"Adherence: {skill}") for skill in SKILLS),
        Metric("channel_agreement", "Agreement of both channels"),
        *(Metric(f"agreement_{skill}", f"Agreement of both channels: {skill}") for skill in SKILLS),
        Metric("clip_similarity", "Image-text similarity, a canary"),
        Metric("anatomy_pass", "Present and whole"),
        Metric("presence", "Figures present"),
        Metric("integrity", "Figures whole where present"),
        Metric("anatomy_score", "Presence times integrity"),
    )
}

SCORERS: Final[dict[str, Scorer]] = {
    scorer.name: scorer
    for scorer in (
        Scorer(
            "text",
            text.VERSION,
            text.READERS,
            text.metrics_of,
            text.score_text,
            judges_world=True,
            cannot_judge=text.cannot_judge,
        ),
        Scorer(
            "adherence",
            adherence.VERSION,
            adherence.READERS,
            adherence.metrics_of,
            adherence.score_adherence,
        ),
        Scorer(
            "adherence-judged",
            adherence.JUDGED_VERSION,
            adherence.JUDGED_READERS,
            adherence.metrics_of,
            adherence.score_judged,
            judges_world=True,
        ),
        Scorer(
            "anatomy",
            anatomy.VERSION,
            anatomy.READERS,
            lambda _spec: anatomy.METRICS,
            anatomy.score_anatomy,
        ),
        Scorer(
            "anatomy-judged",
            bodies.VERSION,
            bodies.READERS,
            lambda _spec: bodies.METRICS,
            bodies.score_bodies,
            judges_world=True,
        ),
    )
}


def score_failed(scorer: Scorer, spec: PromptSpec, *, status: str, reason: str) -> list[Value]:
    """Give a sample without a picture the worst value of every metric: failures are counted, never dropped."""
    words = f"No picture ({status.lower()}): {reason}"
    return [Value(metric, METRICS[metric].worst, words) for metric in scorer.metrics_of(spec)]
