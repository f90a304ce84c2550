"""Admin pages of the rank: everything is read-only, a published number is never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from ranking import models


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False


@admin.register(models.Formula)
class FormulaAdmin(ReadOnlyAdmin):
    """Versions of the formula."""

    list_display = ("version", "digest", "created_at")


@admin.register(models.RankSnapshot)
class RankSnapshotAdmin(ReadOnlyAdmin):
    """Snapshots."""

    list_display = ("as_of", "digest", "formula", "n_artifacts", "created_at")
    list_select_related = ("formula",)


@admin.register(models.RankEntry)
class RankEntryAdmin(ReadOnlyAdmin):
    """Entries of snapshots."""

    list_display = ("slug", "kind", "position", "n_ranked", "score", "low", "high", "snapshot")
    list_filter = ("kind", "snapshot")
    search_fields = ("slug",)
    list_select_related = ("snapshot",)


@admin.register(models.CurrentSnapshot)
class CurrentSnapshotAdmin(ReadOnlyAdmin):
    """The pointer."""

    list_display = ("snapshot", "moved_at")
    list_select_related = ("snapshot",)
