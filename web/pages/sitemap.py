"""What ``/sitemap.xml`` lists."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Artifact, Category
from evaluation.models import Suite

# The limit of one file; the catalogue stays far below it.
MOST_ENTRIES = 50_000


@dataclass(frozen=True)
class SitemapEntry:
    """One page; ``changed_on`` only where it is known."""

    path: str
    changed_on: dt.date | None = None


def sitemap_entries() -> tuple[SitemapEntry, ...]:
    """Return the pages that stand for themselves; comparisons are found through them."""
    fixed = [SitemapEntry(reverse(name)) for name in ("home", "leaderboard", "suites", "methodology")]
    shelves = [SitemapEntry(reverse("category", args=[row.slug])) for row in Category.objects.all()]
    suites = [SitemapEntry(reverse("suite", args=[row.slug])) for row in Suite.objects.current()]
    rows = Artifact.objects.real().values_list("slug", "updated_at")
    artifacts = [
        SitemapEntry(reverse(name, args=[slug]), updated_at.date())
        for slug, updated_at in rows
        for name in ("artifact", "alternatives")
    ]
    return tuple([*fixed, *shelves, *suites, *artifacts][:MOST_ENTRIES])
