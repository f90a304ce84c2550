"""Keeps drafts of capabilities, and turns approved ones into capabilities."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from catalog.decompose.drafts import MANIFEST_AUTHOR, Draft, Drafts
from catalog.decompose.endpoint import Endpoint, decompose
from catalog.decompose.extract import extract
from catalog.models import Artifact, Capability, CapabilityDraft, SourceRecord
from catalog.sources.base import IdField, comparable_id
from catalog.sources.huggingface import CARD_TITLE
from catalog.vocabulary import Origin


def configured_endpoint() -> Endpoint | None:
    """Return the chat endpoint of the settings; None where none is set."""
    given: dict[str, Any] = settings.DECOMPOSITION_ENDPOINT
    return Endpoint(**given) if given["url"] and given["model"] else None


def drafts_of(card: str, *, tags: Sequence[str] = (), endpoint: Endpoint | None = None) -> Drafts:
    """Return drafts by the endpoint, or by the plain extractor where there is none.

    Raises:
        DecompositionError: the endpoint gave nothing usable.
    """
    return decompose(card, endpoint) if endpoint else extract(card, tags=tags)


def latest_card(artifact: Artifact) -> tuple[str, str] | None:
    """Return the text and the address of the card that was last read from the Hub; None where none was."""
    name = comparable_id(IdField.HUB, artifact.hub_id)
    cards = SourceRecord.objects.filter(name=CARD_TITLE, subject=name, payload__isnull=False)
    card = cards.exclude(subject="").order_by("-fetched_at", "-pk").first()
    return (card.payload["text"], card.url) if card and card.payload else None


def keep_drafts(artifact: Artifact, drafts: Drafts, *, card: str, source_url: str = "") -> int:
    """Store drafts that wait for a person; return how many are new. The same text adds nothing twice.

    Where the setting ``DECOMPOSITION_NEEDS_APPROVAL`` is off they are approved at once.
    """
    digest = hashlib.sha256(card.encode()).hexdigest()
    before = artifact.capability_drafts.count()
    CapabilityDraft.objects.bulk_create(
        [_row(artifact, draft, drafts.author, digest, source_url) for draft in drafts.drafts],
        ignore_conflicts=True,
    )
    if not settings.DECOMPOSITION_NEEDS_APPROVAL:
        approve(artifact.capability_drafts.filter(state=CapabilityDraft.State.WAITING), by=None)
    return artifact.capability_drafts.count() - before


def approve(drafts: Iterable[CapabilityDraft], *, by: AbstractBaseUser | None) -> int:
    """Make capabilities of waiting drafts; return how many.

    A capability of the same name that a person wrote stays as it is, and the draft is refused.
    """
    return sum(_approve(draft.pk, by) for draft in drafts)


def refuse(drafts: Iterable[CapabilityDraft], *, by: AbstractBaseUser | None) -> int:
    """Refuse waiting drafts; return how many."""
    ids = [draft.pk for draft in drafts]
    waiting = CapabilityDraft.objects.filter(pk__in=ids, state=CapabilityDraft.State.WAITING)
    return waiting.update(state=CapabilityDraft.State.REFUSED, decided_at=timezone.now(), decided_by=by)


@transaction.atomic
def _approve(draft_id: int, by: AbstractBaseUser | None) -> bool:
    draft = CapabilityDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None or draft.state != CapabilityDraft.State.WAITING:
        return False
    origin = Origin.BUILDER if draft.author == MANIFEST_AUTHOR else Origin.DECOMPOSED
    taken = draft.artifact.capabilities.filter(name__iexact=draft.name)
    is_taken = taken.exclude(origin=origin.value).exists()
    if not is_taken:
        Capability.objects.update_or_create(
            artifact=draft.artifact,
            name=draft.name,
            defaults={
                "description": draft.description,
                "confidence": draft.confidence,
                "origin": origin.value,
                "author": draft.author,
                "input_types": draft.input_types,
                "output_types": draft.output_types,
                "intents": draft.intents,
                "source_urls": [draft.source_url] if draft.source_url else [],
                "position": draft.artifact.capabilities.count(),
            },
        )
    draft.state = CapabilityDraft.State.REFUSED if is_taken else CapabilityDraft.State.APPROVED
    draft.decided_at, draft.decided_by_id = timezone.now(), by.pk if by else None
    draft.save(update_fields=["state", "decided_at", "decided_by"])
    return not is_taken


def _row(artifact: Artifact, draft: Draft, author: str, digest: str, source_url: str) -> CapabilityDraft:
    return CapabilityDraft(
        artifact=artifact,
        name=draft.name,
        description=draft.description,
        quote=draft.quote,
        confidence=draft.confidence.value,
        input_types=[word.value for word in draft.inputs],
        output_types=[word.value for word in draft.outputs],
        intents=list(draft.intents),
        author=author[:120],
        source_url=source_url,
        text_digest=digest,
    )
