"""Admin pages of the evaluation. Its rows are records of what happened: they are shown, never edited."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from evaluation import models

Row = TypeVar("Row", bound=Model)


class RecordAdmin(admin.ModelAdmin[Row]):
    """Rows that are written by commands and workers alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a record by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        """Nobody edits a record."""
        return False


@admin.register(models.Suite)
class SuiteAdmin(RecordAdmin[models.Suite]):
    """Suites, loaded from their files."""

    list_display = (
        "slug",
        "version",
        "name",
        "tier",
        "measures",
        "split",
        "headline_metric",
        "is_beta",
        "is_current",
        "loaded_at",
    )
    list_filter = ("is_current", "tier", "measures", "split")


@admin.register(models.Prompt)
class PromptAdmin(RecordAdmin[models.Prompt]):
    """Prompts of all suites."""

    list_display = ("key", "suite", "family", "stratum", "text", "difficulty", "split")
    list_filter = ("suite", "stratum", "split")
    list_select_related = ("suite",)
    search_fields = ("key", "text", "family")


@admin.register(models.Recipe)
class RecipeAdmin(RecordAdmin[models.Recipe]):
    """Recipes."""

    list_display = (
        "artifact",
        "runner",
        "location",
        "scheduler",
        "steps",
        "guidance",
        "is_canonical",
        "created_at",
    )
    list_filter = ("runner", "is_canonical")
    list_select_related = ("artifact",)
    search_fields = ("artifact__slug", "location", "digest")


@admin.register(models.Run)
class RunAdmin(RecordAdmin[models.Run]):
    """Runs."""

    list_display = ("id", "recipe", "suite", "state", "reason", "created_at", "finished_at")
    list_filter = ("state", "suite")
    list_select_related = ("recipe__artifact", "suite")


@admin.register(models.Sample)
class SampleAdmin(RecordAdmin[models.Sample]):
    """Samples."""

    list_display = ("id", "run", "prompt", "k", "status", "reason", "attempts", "claimed_by", "ended_at")
    list_filter = ("status", "run__suite")
    list_select_related = ("run__recipe__artifact", "run__suite", "prompt")
    search_fields = ("key", "image_digest", "prompt__key")


@admin.register(models.Observation)
class ObservationAdmin(RecordAdmin[models.Observation]):
    """What readers saw."""

    list_display = ("sample", "reader", "reader_version", "created_at")
    list_filter = ("reader", "reader_version")
    list_select_related = ("sample__prompt",)


@admin.register(models.Score)
class ScoreAdmin(RecordAdmin[models.Score]):
    """What scorers made of it."""

    list_display = ("sample", "metric", "value", "reason", "scorer", "scorer_version")
    list_filter = ("metric", "scorer_version")
    list_select_related = ("sample__prompt",)


@admin.register(models.Aggregate)
class AggregateAdmin(RecordAdmin[models.Aggregate]):
    """Means with their intervals."""

    list_display = (
        "run",
        "metric",
        "stratum",
        "mean",
        "ci_low",
        "ci_high",
        "n_samples",
        "n_failed",
        "n_unscored",
    )
    list_filter = ("metric", "run__suite")
    list_select_related = ("run__recipe__artifact", "run__suite")


@admin.register(models.ScorerReport)
class ScorerReportAdmin(RecordAdmin[models.ScorerReport]):
    """Measured errors of the scorers."""

    list_display = (
        "scorer",
        "scorer_version",
        "sanity_suite",
        "measure",
        "value",
        "gate",
        "passed",
        "measured_at",
    )
    list_filter = ("scorer", "passed", "tier")
