"""Every scorer and metric by name."""

from __future__ import annotations

from typing import Final

from evaluation.scorers import adherence, anatomy, text
from evaluation.scorers.base import Metric, Scorer, Value
from evaluation.suites.asked import SKILLS
from evaluation.suites.spec import PromptSpec

METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        Metric("text_exact", "All text exact"),
        Metric("text_f1", "Text F1"),
        Metric("cer", "Character error rate", is_higher_better=False),
        Metric("all_correct", "Everything right"),
        Metric("adherence", "Adherence, mean over skills"),
        *(Metric(f"skill_{skill}", f"Adherence: {skill}") for skill in SKILLS),
        Metric("channel_agreement", "Agreement of both channels"),
        Metric("anatomy_pass", "Present and whole"),
        Metric("presence", "Figures present"),
        Metric("integrity", "Figures whole where present"),
    )
}

SCORERS: Final[dict[str, Scorer]] = {
    scorer.name: scorer
    for scorer in (
        Scorer(
            "text", text.VERSION, ("ocr",), lambda _spec: text.METRICS, text.score_text, judges_world=True
        ),
        Scorer(
            "adherence",
            adherence.VERSION,
            ("shapes", "clip"),
            adherence.metrics_of,
            adherence.score_adherence,
        ),
        Scorer(
            "anatomy", anatomy.VERSION, ("figures",), lambda _spec: anatomy.METRICS, anatomy.score_anatomy
        ),
    )
}


def score_failed(scorer: Scorer, spec: PromptSpec, *, status: str, reason: str) -> list[Value]:
    """Give a sample without a picture the worst value of every metric: failures are counted, never dropped."""
    words = f"No picture ({status.lower()}): {reason}"
    return [Value(metric, METRICS[metric].worst, words) for metric in scorer.metrics_of(spec)]
