"""Admin pages of the match graph. Rows are made by builds and searches, so they are read here, not edited."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from matchgraph import models
from matchgraph.unanswered import DAYS, unanswered


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows that only the site's own services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a row made by hand would be gone, or wrong, after the next build."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse, for the same reason."""
        return False


@admin.register(models.Generation)
class GenerationAdmin(ReadOnlyAdmin):
    """Generations of vectors, and which one is in use."""

    list_display = (
        "id",
        "recipe_digest",
        "is_current",
        "built_at",
        "recall_at_10",
        "ndcg_at_10",
        "retired_at",
    )


@admin.register(models.CapabilityEmbedding)
class CapabilityEmbeddingAdmin(ReadOnlyAdmin):
    """Which capabilities have vectors, and of which text."""

    list_display = ("capability", "generation", "content_digest")
    list_filter = ("generation",)
    search_fields = ("capability__name", "capability__artifact__name")
    list_select_related = ("capability", "generation")
    raw_id_fields = ("name",)
    exclude = ("vector",)


@admin.register(models.NameEmbedding)
class NameEmbeddingAdmin(ReadOnlyAdmin):
    """Which names have vectors."""

    list_display = ("name", "generation")
    list_filter = ("generation",)
    search_fields = ("name",)
    list_select_related = ("generation",)
    exclude = ("vector",)


@admin.register(models.IntentEmbedding)
class IntentEmbeddingAdmin(ReadOnlyAdmin):
    """Which intents have vectors."""

    list_display = ("intent", "generation")
    list_filter = ("generation",)
    list_select_related = ("intent", "generation")
    exclude = ("vector",)


@admin.register(models.Intent)
class IntentAdmin(ReadOnlyAdmin):
    """What people want to do."""

    list_display = ("text", "origin", "cluster")
    list_filter = ("origin",)
    search_fields = ("text",)


@admin.register(models.Edge)
class EdgeAdmin(ReadOnlyAdmin):
    """Which capability serves which intent, and on what evidence."""

    list_display = (
        "intent",
        "capability",
        "weight",
        "confidence",
        "similarity",
        "impressions",
        "accepted",
        "last_shown_on",
        "updated_at",
    )
    search_fields = ("intent__text", "capability__name", "capability__artifact__name")
    list_select_related = ("intent", "capability")


@admin.register(models.Overlap)
class OverlapAdmin(ReadOnlyAdmin):
    """Pairs of artifacts by what they share."""

    list_display = ("first", "second", "score", "computed_at")
    search_fields = ("first__name", "second__name")
    list_select_related = ("first", "second")


@admin.register(models.Neighbourhood)
class NeighbourhoodAdmin(ReadOnlyAdmin):
    """What the nearest of each artifact were found for, in a large catalogue."""

    list_display = ("artifact", "least_score", "inputs_digest")
    search_fields = ("artifact__name",)
    list_select_related = ("artifact",)
    exclude = ("signature",)


@admin.register(models.ArtifactName)
class ArtifactNameAdmin(ReadOnlyAdmin):
    """Names that search knows artifacts by."""

    list_display = ("text", "artifact")
    search_fields = ("text",)
    list_select_related = ("artifact",)


@admin.register(models.Posting)
class PostingAdmin(ReadOnlyAdmin):
    """Words that search finds capabilities by."""

    list_display = ("lexeme", "capability", "weight")
    search_fields = ("=lexeme",)
    list_select_related = ("capability",)


@admin.register(models.Lexeme)
class LexemeAdmin(ReadOnlyAdmin):
    """How common each word is."""

    list_display = ("lexeme", "n_capabilities")
    search_fields = ("=lexeme",)


@admin.register(models.LexicalDocument)
class LexicalDocumentAdmin(ReadOnlyAdmin):
    """Which capabilities have postings, and of which text."""

    list_display = ("capability", "content_digest")
    list_select_related = ("capability",)


class ImpressionInline(admin.TabularInline[models.Impression, models.SearchEvent]):
    """What one search showed."""

    model = models.Impression
    extra = 0
    can_delete = False
    raw_id_fields = ("artifact", "capability")


@admin.register(models.SearchEvent)
class SearchEventAdmin(ReadOnlyAdmin):
    """What visitors searched for; filter on weak ones for intents that nothing fits."""

    list_display = ("query", "intent", "referrer", "n_results", "is_weak", "created_at")
    list_select_related = ("intent",)
    list_filter = ("is_weak",)
    search_fields = ("query",)
    date_hierarchy = "created_at"
    inlines = (ImpressionInline,)

    def get_urls(self) -> list[URLPattern]:
        """Add the report of what nothing fitted."""
        report = self.admin_site.admin_view(self.unanswered)
        return [path("unanswered/", report, name="matchgraph_unanswered"), *super().get_urls()]

    def unanswered(self, request: HttpRequest) -> HttpResponse:
        """Show the searches without a good answer, to those who may see searches."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "What nothing fitted",
            "rows": unanswered(),
            "days": DAYS,
        }
        return TemplateResponse(request, "admin/matchgraph/unanswered.html", context)


@admin.register(models.Impression)
class ImpressionAdmin(ReadOnlyAdmin):
    """Results that were shown."""

    list_display = ("event", "artifact", "capability", "position", "drawn")
    list_select_related = ("event", "artifact", "capability")


@admin.register(models.Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    """What visitors did with results."""

    list_display = ("impression", "kind", "created_at")
    list_filter = ("kind",)
    date_hierarchy = "created_at"
    list_select_related = ("impression",)


@admin.register(models.Discard)
class DiscardAdmin(ReadOnlyAdmin):
    """What visitors did and did not count: how much, about which artifact, and why."""

    list_display = ("day", "reason", "artifact", "count")
    list_filter = ("reason",)
    search_fields = ("artifact__name", "artifact__slug")
    date_hierarchy = "day"
    list_select_related = ("artifact",)


@admin.register(models.ArtifactMatch)
class ArtifactMatchAdmin(ReadOnlyAdmin):
    """What visitors' choices say of artifacts."""

    list_display = (
        "artifact",
        "success",
        "success_low",
        "success_high",
        "visitors",
        "visitors_taken",
        "last_on",
    )
    search_fields = ("artifact__name", "artifact__slug")
    list_select_related = ("artifact",)


@admin.register(models.IntentMatch)
class IntentMatchAdmin(ReadOnlyAdmin):
    """What visitors' choices say of artifacts, by what was wanted."""

    list_display = ("intent", "artifact", "success", "visitors", "visitors_taken", "last_on")
    search_fields = ("intent__text", "artifact__name", "artifact__slug")
    list_select_related = ("intent", "artifact")
