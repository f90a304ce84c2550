"""Admin pages of what the catalogue lists."""

from typing import ClassVar

from django.contrib import admin

from catalog import models


class CapabilityInline(admin.StackedInline[models.Capability, models.Artifact]):
    """An artifact's capabilities, on its own page."""

    model = models.Capability
    extra = 0


class OfferInline(admin.TabularInline[models.Offer, models.Artifact]):
    """An artifact's offers, on its own page."""

    model = models.Offer
    extra = 0
    raw_id_fields = ("source",)


class LinkInline(admin.TabularInline[models.Link, models.Artifact]):
    """An artifact's links, on its own page."""

    model = models.Link
    extra = 0


@admin.register(models.Artifact)
class ArtifactAdmin(admin.ModelAdmin[models.Artifact]):
    """Artifacts; rank columns belong to ``ranking`` and cannot be edited."""

    list_display = ("name", "kind", "publisher", "openness", "rank_score", "status", "updated_at")
    list_filter = ("kind", "openness", "status", "is_demonstration", "categories")
    search_fields = ("name", "slug", "aliases", "hub_id", "github_repo")
    list_select_related = ("publisher",)
    readonly_fields = ("rank_score", "rank_low", "rank_high", "content_digest", "created_at", "updated_at")
    inlines: ClassVar = [CapabilityInline, OfferInline, LinkInline]


@admin.register(models.Publisher)
class PublisherAdmin(admin.ModelAdmin[models.Publisher]):
    """Publishers."""

    list_display = ("name", "slug", "url")
    search_fields = ("name", "slug")


@admin.register(models.Category)
class CategoryAdmin(admin.ModelAdmin[models.Category]):
    """Categories."""

    list_display = ("name", "slug", "description")


@admin.register(models.Capability)
class CapabilityAdmin(admin.ModelAdmin[models.Capability]):
    """Capabilities across artifacts."""

    list_display = ("name", "artifact", "confidence", "origin")
    list_filter = ("origin", "confidence")
    search_fields = ("name", "description", "artifact__name")
    raw_id_fields = ("artifact",)
    list_select_related = ("artifact",)


@admin.register(models.Relation)
class RelationAdmin(admin.ModelAdmin[models.Relation]):
    """Ties between artifacts."""

    list_display = ("artifact", "type", "target")
    list_filter = ("type",)
    raw_id_fields = ("artifact", "target")
    list_select_related = ("artifact", "target")


@admin.register(models.Link)
class LinkAdmin(admin.ModelAdmin[models.Link]):
    """Links across artifacts."""

    list_display = ("artifact", "rel", "url")
    list_filter = ("rel",)
    search_fields = ("url", "artifact__name")
    raw_id_fields = ("artifact",)
    list_select_related = ("artifact",)


@admin.register(models.Offer)
class OfferAdmin(admin.ModelAdmin[models.Offer]):
    """Prices across artifacts."""

    list_display = ("artifact", "kind", "provider", "plan", "unit", "amount", "currency", "as_of")
    list_filter = ("kind", "unit", "provider")
    raw_id_fields = ("artifact", "source")
    list_select_related = ("artifact",)
