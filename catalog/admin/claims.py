"""Admin pages of builders: their claims, people, contests and words, and what anybody disputes."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from catalog import models
from catalog.services.claims import refuse_claim
from catalog.services.contests import decide_contest
from catalog.services.statements import StatementError, accept_statement, refuse_statement


class ClaimEventInline(admin.TabularInline[models.ClaimEvent, models.Claim]):
    """What happened to a claim; written by the site alone."""

    model = models.ClaimEvent
    extra = 0
    can_delete = False
    readonly_fields = ("at", "actor", "action", "detail")

    def has_add_permission(self, request: HttpRequest, obj: models.Claim | None = None) -> bool:
        """Nobody writes history by hand."""
        return False


class MaintainerInline(admin.TabularInline[models.Maintainer, models.Claim]):
    """Who looks after a claim beside its owner."""

    model = models.Maintainer
    extra = 0
    raw_id_fields = ("user",)
    readonly_fields = ("since",)

    def has_add_permission(self, request: HttpRequest, obj: models.Claim | None = None) -> bool:
        """People are asked, and say yes themselves."""
        return False


@admin.register(models.Claim)
class ClaimAdmin(admin.ModelAdmin[models.Claim]):
    """Builders' claims: only the site proves them, an operator can refuse them."""

    list_display = ("artifact", "user", "state", "method", "verified_at", "checked_at", "failing_since")
    list_filter = ("state", "method")
    raw_id_fields = ("artifact", "user")
    list_select_related = ("artifact", "user")
    readonly_fields = ("artifact", "user", "state", "method", "verified_at", "expires_at", "checked_at")
    exclude = ("token",)
    inlines: ClassVar = [MaintainerInline, ClaimEventInline]
    actions = ("refuse",)

    @admin.action(description="Refuse: the badge goes, and the claim cannot be begun again")
    def refuse(self, request: HttpRequest, queryset: QuerySet[models.Claim]) -> None:
        """Refuse the chosen claims."""
        for claim in queryset.select_related("artifact", "user"):
            refuse_claim(claim, actor=cast("User", request.user), reason="refused by the operator")


@admin.register(models.Statement)
class StatementAdmin(admin.ModelAdmin[models.Statement]):
    """Builders' words that wait to be read."""

    list_display = ("claim", "field", "state", "created_at", "decided_by")
    list_filter = ("state", "field")
    list_select_related = ("claim__artifact", "claim__user", "decided_by")
    readonly_fields = ("claim", "field", "value", "before", "state", "created_at", "decided_at", "decided_by")
    actions = ("accept", "refuse")

    @admin.action(description="Accept: show the words on the page as the builder's")
    def accept(self, request: HttpRequest, queryset: QuerySet[models.Statement]) -> None:
        """Accept the chosen statements."""
        self._decide(request, queryset, accept_statement)

    @admin.action(description="Refuse, with what stands under “answer”")
    def refuse(self, request: HttpRequest, queryset: QuerySet[models.Statement]) -> None:
        """Refuse the chosen statements."""
        self._decide(
            request, queryset, lambda s, moderator: refuse_statement(s, moderator=moderator, answer=s.answer)
        )

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[models.Statement], decide: Callable[..., None]
    ) -> None:
        for statement in queryset.select_related("claim"):
            try:
                decide(statement, moderator=request.user)
            except StatementError as error:
                self.message_user(request, f"{statement}: {error}", messages.WARNING)


@admin.register(models.Dispute)
class DisputeAdmin(admin.ModelAdmin[models.Dispute]):
    """What people called wrong, and our answers."""

    list_display = ("artifact", "subject", "state", "created_at", "answered_at")
    list_filter = ("state", "subject")
    list_select_related = ("artifact",)
    readonly_fields = (
        "artifact",
        "subject",
        "statement",
        "evidence_url",
        "contact",
        "reply",
        "claim_record",
        "created_at",
        "answered_at",
    )
    exclude = ("visitor",)

    @admin.display(description="What the record of its claim says")
    def claim_record(self, dispute: models.Dispute) -> SafeString:
        """Return how those who hold the artifact proved it, and all that happened since."""
        holding = models.Claim.objects.verified().filter(artifact=dispute.artifact_id)
        return format_html_join("", "<div>{}{}</div>", ((claim, _record(claim)) for claim in holding))

    def save_model(self, request: HttpRequest, obj: models.Dispute, form: Any, change: bool) -> None:  # noqa: FBT001
        """Date the answer."""
        if obj.state != models.Dispute.State.OPEN and obj.answered_at is None:
            obj.answered_at = timezone.now()
        super().save_model(request, obj, form, change)


class EvidenceInline(admin.TabularInline[models.ContestEvidence, models.Contest]):
    """What both sides have to show; written by them alone."""

    model = models.ContestEvidence
    extra = 0
    can_delete = False
    readonly_fields = ("claim", "author", "text", "url", "at")

    def has_add_permission(self, request: HttpRequest, obj: models.Contest | None = None) -> bool:
        """Nobody speaks for a side but itself."""
        return False


class DecisionForm(forms.ModelForm[models.Contest]):
    """Who may speak for the artifact, and why."""

    class Meta:
        model = models.Contest
        fields = ("outcome", "reason")

    def clean(self) -> dict[str, Any]:
        """Ask for both or neither."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("outcome")) != bool(cleaned.get("reason", "").strip()):
            raise forms.ValidationError("A decision has an outcome and a reason; both sides are told.")
        return cleaned


@admin.register(models.Contest)
class ContestAdmin(admin.ModelAdmin[models.Contest]):
    """Claims that two accounts proved: read what both have to show, then decide."""

    list_display = ("artifact", "holder", "challenger", "opened_at", "evidence_until", "outcome")
    list_filter = (("outcome", admin.EmptyFieldListFilter),)
    list_select_related = (
        "artifact",
        "holder__user",
        "holder__artifact",
        "challenger__user",
        "challenger__artifact",
    )
    form = DecisionForm
    readonly_fields = (
        *("artifact", "holder", "holder_record", "challenger", "challenger_record"),
        *("opened_at", "evidence_until", "decided_at", "decided_by"),
    )
    inlines: ClassVar = [EvidenceInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Contests begin with a second proof."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Contest | None = None) -> bool:
        """What is decided stays decided."""
        return (obj is None or not obj.outcome) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Contest | None = None) -> bool:
        """What was contested stays on record."""
        return False

    @admin.display(description="What the first claim's record says")
    def holder_record(self, contest: models.Contest) -> SafeString:
        """Return when and how the first side proved it, and all that happened since."""
        return _record(contest.holder)

    @admin.display(description="What the later claim's record says")
    def challenger_record(self, contest: models.Contest) -> SafeString:
        """Return when and how the later side proved it, and all that happened since."""
        return _record(contest.challenger)

    def save_model(self, request: HttpRequest, obj: models.Contest, form: Any, change: bool) -> None:  # noqa: FBT001
        """Decide: the form has both the outcome and its reason, or neither."""
        if obj.outcome:
            decide_contest(obj, outcome=obj.outcome, reason=obj.reason, actor=cast("User", request.user))


def _record(claim: models.Claim) -> SafeString:
    lines = ((f"{event.at:%Y-%m-%d %H:%M}", event.action, event.detail) for event in claim.events.all())
    return format_html_join("", "<div>{} {}: {}</div>", lines)
