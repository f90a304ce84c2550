"""Admin pages of the catalogue."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import models
from catalog.services.api_keys import revoke_key
from catalog.services.decompose import approve, refuse
from catalog.services.identities import approve_matches, reject_matches
from catalog.services.merge import MergeError, merge_artifacts, merge_problem, undo_merge


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


@admin.register(models.Identity)
class IdentityAdmin(admin.ModelAdmin[models.Identity]):
    """Names that artifacts have elsewhere; one can be added or taken away by hand."""

    list_display = ("artifact", "scheme", "value", "reason", "created_at")
    list_filter = ("scheme",)
    search_fields = ("value", "artifact__name", "artifact__slug")
    raw_id_fields = ("artifact",)
    list_select_related = ("artifact",)


class MergeForm(forms.ModelForm[models.ArtifactMerge]):
    """Two artifacts that can be merged."""

    class Meta:
        model = models.ArtifactMerge
        fields = ("winner", "loser", "reason")

    def clean(self) -> dict[str, Any]:
        """Say why two artifacts cannot be merged."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        winner, loser = cleaned.get("winner"), cleaned.get("loser")
        if winner and loser and (problem := merge_problem(winner, loser)):
            raise forms.ValidationError(problem)
        return cleaned


@admin.register(models.ArtifactMerge)
class ArtifactMergeAdmin(admin.ModelAdmin[models.ArtifactMerge]):
    """Two artifacts made one: a new row merges them, the action takes it back."""

    list_display = ("loser", "winner", "reason", "merged_at", "merged_by", "undone_at")
    list_select_related = ("loser", "winner", "merged_by")
    form = MergeForm
    raw_id_fields = ("winner", "loser")
    actions = ("undo",)

    def has_change_permission(self, request: HttpRequest, obj: models.ArtifactMerge | None = None) -> bool:
        """A merge that happened is not edited; the list with its action is open all the same."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.ArtifactMerge | None = None) -> bool:
        """Without its record a merge could not be undone."""
        return False

    def save_model(self, request: HttpRequest, obj: models.ArtifactMerge, form: Any, change: bool) -> None:  # noqa: FBT001
        """Merge; the form has checked that it can be done."""
        obj.pk = merge_artifacts(obj.winner, obj.loser, by=_person(request), reason=obj.reason).pk

    @admin.action(description="Undo: two artifacts again", permissions=["add"])
    def undo(self, request: HttpRequest, merges: QuerySet[models.ArtifactMerge]) -> None:
        """Undo the chosen merges."""
        for merge in merges:
            try:
                undo_merge(merge)
            except MergeError as error:
                self.message_user(request, f"{merge}: {error}", messages.WARNING)


@admin.register(models.MatchProposal)
class MatchProposalAdmin(admin.ModelAdmin[models.MatchProposal]):
    """Names that may be an artifact's: a person approves or rejects."""

    list_display = ("value", "scheme", "artifact", "reason", "publisher", "url", "state", "created_at")
    list_filter = ("state", "scheme", "reason")
    search_fields = ("value", "name", "artifact__name")
    list_select_related = ("artifact",)
    readonly_fields = (
        *("artifact", "scheme", "value", "name", "publisher", "url", "reason", "state"),
        *("decided_at", "decided_by"),
    )
    actions = ("approve_matches", "reject_matches")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Proposals come from sources; a name that a person knows is an identity."""
        return False

    @admin.action(description="Approve: they are the same thing", permissions=["change"])
    def approve_matches(self, request: HttpRequest, proposals: QuerySet[models.MatchProposal]) -> None:
        """Approve the chosen proposals."""
        self.message_user(request, f"{approve_matches(proposals, by=_person(request))} approved")

    @admin.action(description="Reject: they are different things", permissions=["change"])
    def reject_matches(self, request: HttpRequest, proposals: QuerySet[models.MatchProposal]) -> None:
        """Reject the chosen proposals."""
        self.message_user(request, f"{reject_matches(proposals, by=_person(request))} rejected")


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


@admin.register(models.ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[models.ApiKey]):
    """Keys of the API: seen and closed here, made by ``manage.py api_key``, which shows them once."""

    list_display = (
        "prefix",
        "name",
        "owner",
        "scopes",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    list_filter = ("revoked_at",)
    search_fields = ("prefix", "name")
    readonly_fields = ("prefix", "scopes", "created_at", "revoked_at", "last_used_at")
    raw_id_fields = ("owner",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: a key made here could not be shown to anybody."""
        return False

    @admin.action(description="Revoke the chosen keys")
    def revoke(self, request: HttpRequest, keys: QuerySet[models.ApiKey]) -> None:
        """Close keys for good."""
        for key in keys:
            revoke_key(key.prefix)


@admin.register(models.CapabilityDraft)
class CapabilityDraftAdmin(admin.ModelAdmin[models.CapabilityDraft]):
    """Drafts that a program read out of texts: a person approves or refuses."""

    list_display = ("artifact", "name", "confidence", "author", "state", "created_at")
    list_filter = ("state", "author", "confidence")
    search_fields = ("artifact__slug", "name", "description")
    raw_id_fields = ("artifact",)
    list_select_related = ("artifact",)
    readonly_fields = ("quote", "author", "source_url", "text_digest", "state", "decided_at", "decided_by")
    actions = ("approve_drafts", "refuse_drafts")

    @admin.action(description="Approve: make capabilities of these drafts", permissions=["change"])
    def approve_drafts(self, request: HttpRequest, drafts: QuerySet[models.CapabilityDraft]) -> None:
        """Approve the chosen drafts."""
        self.message_user(request, f"{approve(drafts, by=_person(request))} approved")

    @admin.action(description="Refuse these drafts", permissions=["change"])
    def refuse_drafts(self, request: HttpRequest, drafts: QuerySet[models.CapabilityDraft]) -> None:
        """Refuse the chosen drafts."""
        self.message_user(request, f"{refuse(drafts, by=_person(request))} refused")


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
