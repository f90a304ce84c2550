"""What the browser offers while somebody types a search: names, then what capabilities are searched by."""

from functools import lru_cache

from django.db.models import Count, F

from catalog.models import Artifact
from matchgraph.models import Intent
from web.freshness import site_version

MOST_NAMES, MOST_INTENTS = 300, 60


def suggestions() -> tuple[str, ...]:
    """Return names, the best ranked first, and intents, those that most capabilities answer first.

    They are read once for each state of the site.
    """
    return _read(site_version())


@lru_cache(maxsize=1)
def _read(_state: str) -> tuple[str, ...]:
    ranked = Artifact.objects.real().order_by(F("rank_score").desc(nulls_last=True), "slug")
    names = ranked.values_list("name", flat=True)[:MOST_NAMES]
    answered = (
        Intent.objects.filter(origin=Intent.Origin.CURATED).annotate(n=Count("edges")).order_by("-n", "text")
    )
    return (*names, *answered.values_list("text", flat=True)[:MOST_INTENTS])
