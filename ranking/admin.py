"""Admin pages of the rank: everything is read-only, a published number is never edited."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ranking import models
from ranking.services.publish import accept_snapshot


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
    """Snapshots; what the guard holds is published here once somebody has looked at it."""

    list_display = ("as_of", "digest", "formula", "n_artifacts", "published_at", "waits", "held_reasons")
    list_filter = (("published_at", admin.EmptyFieldListFilter),)
    list_select_related = ("formula",)
    actions = ("publish_held",)

    @admin.display(boolean=True, description="held")
    def waits(self, snapshot: models.RankSnapshot) -> bool:
        """Show whether it waits for somebody to look at it."""
        return snapshot.is_held

    @admin.action(description="Publish the held snapshot")
    def publish_held(self, request: HttpRequest, queryset: QuerySet[models.RankSnapshot]) -> None:
        """Publish one held snapshot."""
        held = [snapshot for snapshot in queryset if snapshot.is_held]
        if len(held) != 1 or not request.user.is_superuser:
            self.message_user(request, "Choose one held snapshot, as a superuser.", messages.ERROR)
            return
        accept_snapshot(held[0].pk)
        self.message_user(request, f"Snapshot {held[0]} is published.", messages.SUCCESS)


@admin.register(models.RankEntry)
class RankEntryAdmin(ReadOnlyAdmin):
    """Entries of snapshots."""

    list_display = ("slug", "kind", "places", "n_ranked", "score", "low", "high", "snapshot")
    list_filter = ("kind", "snapshot")
    search_fields = ("slug",)
    list_select_related = ("snapshot",)


@admin.register(models.CurrentSnapshot)
class CurrentSnapshotAdmin(ReadOnlyAdmin):
    """The pointer."""

    list_display = ("snapshot", "moved_at")
    list_select_related = ("snapshot",)
