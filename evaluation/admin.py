"""Admin pages of the evaluation. Its rows are records of what happened: they are shown, never edited."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from evaluation import models
from evaluation.dispatch import dispatch_run
from evaluation.selectors import run_progress
from evaluation.services.runs import cancel_run, retry_run

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

    list_display = ("id", "recipe", "suite", "state", "reason", "origin", "created_at", "finished_at")
    list_filter = ("state", "suite")
    list_select_related = ("recipe__artifact", "suite")
    actions = ("cancel", "retry")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Records are not edited, but who may change runs may stop them and open them again."""
        return request.user.has_perm("evaluation.change_run")

    @admin.action(description="Cancel: begin nothing more, keep what is there", permissions=["operate"])
    def cancel(self, request: HttpRequest, runs: QuerySet[models.Run]) -> None:
        """Stop the chosen runs."""
        reason = f"Cancelled by {request.user.get_username()}."
        n_cancelled = sum(cancel_run(run.pk, reason=reason) for run in runs)
        self.message_user(request, f"{n_cancelled} of {len(runs)} runs cancelled; the others were over.")

    @admin.action(description="Retry what failed, go on with what was stopped", permissions=["operate"])
    def retry(self, request: HttpRequest, runs: QuerySet[models.Run]) -> None:
        """Open the chosen runs again and tell the workers."""
        n_planned = 0
        for run in runs:
            n_planned += retry_run(run.pk)
            dispatch_run(run_progress(run.pk))
        self.message_user(request, f"{n_planned} samples planned in {len(runs)} runs.")


@admin.register(models.Sample)
class SampleAdmin(RecordAdmin[models.Sample]):
    """Samples."""

    list_display = ("id", "run", "prompt", "k", "status", "reason", "attempts", "claimed_by", "ended_at")
    list_filter = ("status", "run__suite")
    list_select_related = ("run__recipe__artifact", "run__suite", "prompt")
    search_fields = ("key", "image_digest", "prompt__key")


@admin.register(models.Canary)
class CanaryAdmin(RecordAdmin[models.Canary]):
    """Pictures made a second time."""

    list_display = ("sample", "verdict", "psnr_db", "largest_difference", "is_other_worker", "compared_at")
    list_filter = ("verdict", "is_other_worker", "sample__run__suite")
    list_select_related = ("sample__prompt",)


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
