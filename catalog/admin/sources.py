"""Admin pages of what was read where: counts, results, facts, and the runs that read them."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from catalog import models


@admin.register(models.AdoptionSignal)
class AdoptionSignalAdmin(admin.ModelAdmin[models.AdoptionSignal]):
    """Observed counts."""

    list_display = ("artifact", "metric", "value", "observed_on", "source", "is_suspect")
    list_editable = ("is_suspect",)
    list_filter = ("is_suspect", "metric")
    date_hierarchy = "observed_on"
    raw_id_fields = ("artifact", "source")
    list_select_related = ("artifact", "source")


@admin.register(models.ReportedResult)
class ReportedResultAdmin(admin.ModelAdmin[models.ReportedResult]):
    """Benchmark values that others published."""

    list_display = ("artifact", "benchmark", "metric", "value", "reported_by", "claimant", "copy_of")
    list_filter = ("claimant", "is_primary", "benchmark")
    raw_id_fields = ("artifact", "source")
    list_select_related = ("artifact",)


@admin.register(models.SourceRecord)
class SourceRecordAdmin(admin.ModelAdmin[models.SourceRecord]):
    """What was read where and when."""

    list_display = ("name", "kind", "url", "observed_on", "fetched_at", "stale_since")
    list_filter = ("kind", "connector", ("stale_since", admin.EmptyFieldListFilter))
    search_fields = ("name", "url")
    date_hierarchy = "observed_on"


@admin.register(models.Fact)
class FactAdmin(admin.ModelAdmin[models.Fact]):
    """Every statement about every field, winning or not."""

    list_display = ("artifact", "field", "value", "source", "observed_on", "is_winning")
    list_filter = ("field", "is_winning", "source__kind")
    search_fields = ("artifact__name", "field")
    raw_id_fields = ("artifact", "source")
    list_select_related = ("artifact", "source")


@admin.register(models.SourceCheck)
class SourceCheckAdmin(admin.ModelAdmin[models.SourceCheck]):
    """When each thing was last asked for and last read."""

    list_display = ("source", "subject", "tried_at", "read_at")
    list_filter = ("source",)
    search_fields = ("subject",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Connectors alone write here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.SourceCheck | None = None) -> bool:
        """Connectors alone write here."""
        return False


class IngestRefusalInline(admin.TabularInline[models.IngestRefusal, models.IngestRun]):
    """What could not be read, on the page of its run."""

    model = models.IngestRefusal
    extra = 0
    can_delete = False
    readonly_fields = ("key", "reason")


@admin.register(models.IngestRun)
class IngestRunAdmin(admin.ModelAdmin[models.IngestRun]):
    """What connectors read, and what failed; a record of the past, so nothing is edited."""

    list_display = (
        "source",
        "state",
        "started_at",
        "finished_at",
        "record_count",
        "fact_count",
        "offer_count",
        "refusal_count",
        "candidate_count",
        "error",
    )
    list_filter = ("source", "state")
    date_hierarchy = "started_at"
    inlines: ClassVar = [IngestRefusalInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Runs begin by command or schedule."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.IngestRun | None = None) -> bool:
        """Runs are read only."""
        return False
