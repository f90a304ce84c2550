"""Reads across the evaluation's tables, as frozen records for pages, ranks and tasks."""

from evaluation.selectors.canaries import CanaryRecord
from evaluation.selectors.pairs import (
    PairedScore,
    PairwiseScore,
    ScoredPair,
    ScoredSet,
    paired_differences,
    paired_scores,
    pairwise_scores,
    scored_pairs,
    scored_sets,
    several_scores,
)
from evaluation.selectors.preference import PreferenceCount, preference_counts
from evaluation.selectors.progress import RunProgress, progress_of, run_progress
from evaluation.selectors.prompts import PromptView
from evaluation.selectors.records import ReaderOutput, SampleRecord, SampleScore, sample_record
from evaluation.selectors.rotation import (
    ContaminationGap,
    RotatingSplit,
    contamination_gaps,
    rotating_splits,
)
from evaluation.selectors.runs import AggregateView, MakingView, RecipeView, RunRecord, RunSample, run_record
from evaluation.selectors.samples import (
    SampleCell,
    SamplePair,
    SampleSet,
    pair_samples,
    sample_pairs,
    set_samples,
    typical_pairs,
    typical_sets,
)
from evaluation.selectors.scores import SuiteScore, headline_scores
from evaluation.selectors.speed import Speed, measured_speed
from evaluation.selectors.suites import (
    ArtifactScore,
    GalleryRow,
    PromptGallery,
    SuiteOverview,
    prompt_gallery,
    suite_overview,
)
from evaluation.selectors.typical import TypicalPrompt, suites_with_pictures, typical_prompts

__all__ = [
    "AggregateView",
    "ArtifactScore",
    "CanaryRecord",
    "ContaminationGap",
    "GalleryRow",
    "MakingView",
    "PairedScore",
    "PairwiseScore",
    "PreferenceCount",
    "PromptGallery",
    "PromptView",
    "ReaderOutput",
    "RecipeView",
    "RotatingSplit",
    "RunProgress",
    "RunRecord",
    "RunSample",
    "SampleCell",
    "SamplePair",
    "SampleRecord",
    "SampleScore",
    "SampleSet",
    "ScoredPair",
    "ScoredSet",
    "Speed",
    "SuiteOverview",
    "SuiteScore",
    "TypicalPrompt",
    "contamination_gaps",
    "headline_scores",
    "measured_speed",
    "pair_samples",
    "paired_differences",
    "paired_scores",
    "pairwise_scores",
    "preference_counts",
    "progress_of",
    "prompt_gallery",
    "rotating_splits",
    "run_progress",
    "run_record",
    "sample_pairs",
    "sample_record",
    "scored_pairs",
    "scored_sets",
    "set_samples",
    "several_scores",
    "suite_overview",
    "suites_with_pictures",
    "typical_pairs",
    "typical_prompts",
    "typical_sets",
]
