"""Reads across the evaluation's tables, as frozen records for pages, ranks and tasks."""

from evaluation.selectors.pages import (
    AggregateView,
    ArtifactScore,
    GalleryRow,
    PromptGallery,
    PromptView,
    RecipeView,
    RunRecord,
    RunSample,
    SuiteOverview,
    prompt_gallery,
    run_record,
    suite_overview,
)
from evaluation.selectors.progress import RunProgress, progress_of, run_progress
from evaluation.selectors.samples import SampleCell, SamplePair, pair_samples, sample_pairs, typical_pairs
from evaluation.selectors.scores import (
    PairedScore,
    ScoredPair,
    SuiteScore,
    headline_scores,
    paired_differences,
    paired_scores,
    scored_pairs,
)
from evaluation.selectors.speed import Speed, measured_speed

__all__ = [
    "AggregateView",
    "ArtifactScore",
    "GalleryRow",
    "PairedScore",
    "PromptGallery",
    "PromptView",
    "RecipeView",
    "RunProgress",
    "RunRecord",
    "RunSample",
    "SampleCell",
    "SamplePair",
    "ScoredPair",
    "Speed",
    "SuiteOverview",
    "SuiteScore",
    "headline_scores",
    "measured_speed",
    "pair_samples",
    "paired_differences",
    "paired_scores",
    "progress_of",
    "prompt_gallery",
    "run_progress",
    "run_record",
    "sample_pairs",
    "scored_pairs",
    "suite_overview",
    "typical_pairs",
]
