"""Which generation of vectors is in use: complete and good enough ones take over, old ones go later."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matchgraph.models import Generation, Intent
from matchgraph.services.vector_indexes import drop_indexes
from matchgraph.services.vectors import changed_capabilities

# So long the generation before stays, for a way back that costs nothing.
KEPT_FOR = dt.timedelta(days=7)


class GenerationIncompleteError(Exception):
    """A generation that lacks vectors must not become the one in use."""


def switch_to(generation: Generation) -> None:
    """Make a complete generation the one in use; the one before stays for a way back, older ones go.

    Raises:
        GenerationIncompleteError: where a capability or an intent has no vector in it.
    """
    _require_complete(generation)
    with transaction.atomic():
        before = Generation.objects.select_for_update().filter(is_current=True).first()
        if before == generation:
            return
        _delete(Generation.objects.exclude(pk__in=[generation.pk, before.pk if before else None]))
        Generation.objects.filter(is_current=True).update(is_current=False, retired_at=timezone.now())
        generation.is_current, generation.retired_at = True, None
        generation.save(update_fields=["is_current", "retired_at"])


def _require_complete(generation: Generation) -> None:
    capabilities = changed_capabilities(generation).count()
    intents = Intent.objects.exclude(embeddings__generation=generation).count()
    if capabilities or intents:
        raise GenerationIncompleteError(
            f"{generation} lacks vectors of {capabilities} capabilities and {intents} intents"
        )


def drop_retired() -> int:
    """Delete the generations that nobody went back to in time, with their indexes; return how many."""
    return _delete(Generation.objects.filter(is_current=False, retired_at__lt=timezone.now() - KEPT_FOR))


def _delete(generations: QuerySet[Generation]) -> int:
    rows = list(generations)
    for generation in rows:
        drop_indexes(generation)
        # Before the names that they refer to.
        generation.embeddings.all().delete()
        generation.delete()
    return len(rows)
