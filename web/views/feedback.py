"""What visitors do with the results of a search: opened, compared, helped or not."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Artifact
from matchgraph.models import Discard, Interaction
from matchgraph.services.feedback import count_discard, record_interaction
from web.api.limits import VOTE, caller_name, spend
from web.views.errors import too_many
from web.visitors import is_builder, is_prefetch, visitor_key
from web.written import is_search_written

VOTES = {"helped": Interaction.Kind.SELECT, "not-this": Interaction.Kind.REJECT}


@never_cache
@require_safe
def open_result(request: HttpRequest, event_id: UUID, slug: str) -> HttpResponse:
    """Lead from a search to the artifact that it found, and count that somebody went there."""
    artifact = get_object_or_404(Artifact, slug=slug)
    if request.method == "GET":
        record(request, event_id, artifact, Interaction.Kind.CLICK)
    return redirect(f"{artifact.get_absolute_url()}?from={event_id}")


@never_cache
@require_POST
def vote(request: HttpRequest, event_id: UUID, slug: str) -> HttpResponse:
    """Write down whether an artifact did what its visitor had searched for.

    A search that is not written down, or not yet, takes no vote: nobody is thanked for what would be lost.
    """
    artifact = get_object_or_404(Artifact, slug=slug)
    said = request.POST.get("said", "")
    if said not in VOTES:
        return HttpResponseBadRequest("Say “helped” or “not-this”.", content_type="text/plain; charset=utf-8")
    allowance = spend(VOTE, caller=caller_name(request, key_id=None), is_keyed=False)
    if allowance.is_exceeded:
        return too_many(request, allowance)
    if not is_search_written(event_id):
        raise Http404
    record(request, event_id, artifact, VOTES[said])
    return redirect(f"{artifact.get_absolute_url()}?from={event_id}&said={said}#vote")


def record(request: HttpRequest, event_id: UUID, artifact: Artifact, kind: Interaction.Kind) -> None:
    """Count an interaction of a person; of bots, pages fetched ahead and builders only that they were there."""
    visitor = visitor_key(request)
    if visitor is None or is_prefetch(request):
        count_discard(Discard.Reason.BOT, artifact_id=artifact.pk)
    # Builders' own clicks do not count.
    elif is_builder(request, of=artifact):
        count_discard(Discard.Reason.OWN, artifact_id=artifact.pk)
    else:
        record_interaction(event_id, artifact_id=artifact.pk, kind=kind, visitor=visitor)
