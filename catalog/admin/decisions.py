"""Admin pages of what a person decides about the catalogue: which names are one thing, which drafts are right."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import models
from catalog.services.decompose import approve, refuse
from catalog.services.identities import approve_matches, reject_matches
from catalog.services.merge import MergeError, merge_artifacts, merge_problem, undo_merge


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
