"""Anybody may say that a fact or a score is wrong; the answer is public."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.models import Artifact, Dispute
from catalog.services.claim_disputes import tell_holders
from web.pages.disputes import disputes_page
from web.views.merged import unknown_or_merged
from web.views.rendering import page_response
from web.visitors import network_key

MOST_A_DAY = 5


class DisputeForm(forms.ModelForm[Dispute]):
    """What a visitor may write; where it leads is the artifact's page."""

    evidence_url = forms.URLField(required=False, max_length=500, assume_scheme="https")
    # People leave it empty because they cannot see it; programs that fill every field do not.
    website = forms.CharField(required=False)

    class Meta:
        model = Dispute
        fields = ("subject", "statement", "evidence_url", "contact")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disputes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an artifact's disputes with their answers; a POST adds one."""
    artifact = Artifact.objects.filter(slug=slug).first()
    if artifact is None:
        return unknown_or_merged(request, slug, route="disputes")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        form = DisputeForm(request.POST)
        visitor = network_key(request)
        if not form.is_valid():
            errors = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
        elif Dispute.objects.filter(visitor=visitor).count() >= MOST_A_DAY:
            errors = {
                "statement": [f"You have written {MOST_A_DAY} times today. Thank you; come back tomorrow."]
            }
        else:
            if not form.cleaned_data["website"]:
                dispute = form.save(commit=False)
                dispute.artifact, dispute.visitor = artifact, visitor
                dispute.save()
                tell_holders(dispute)
            return redirect(f"{request.path}?sent=1#disputes")
    page = disputes_page(artifact, written=request.POST, errors=errors, is_sent="sent" in request.GET)
    return page_response(request, "disputes.html", page, status=422 if errors else 200)
