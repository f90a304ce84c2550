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
from evaluation.selectors.samples import SampleCell, SamplePair, sample_pairs
from evaluation.selectors.scores import PairedScore, SuiteScore, headline_scores, paired_scores

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
    "SuiteOverview",
    "SuiteScore",
    "headline_scores",
    "paired_scores",
    "progress_of",
    "prompt_gallery",
    "run_progress",
    "run_record",
    "sample_pairs",
    "suite_overview",
]
