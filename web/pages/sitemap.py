"""What ``/sitemap.xml`` leads to: pages that stand for themselves, and comparisons with something to say."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet
from django.urls import reverse

from catalog.models import Artifact, Category
from evaluation.models import Run, Suite
from matchgraph.models import Overlap
from web.pages.cards import compare_path
from web.pages.compare.page import SHARED_FOR_INDEX

# Far below the 50,000 addresses that one file may hold.
PER_FILE = 10_000
FIXED = ("home", "leaderboard", "suites", "methodology", "brief", "about")


@dataclass(frozen=True)
class SitemapEntry:
    """One page; ``changed_on`` only where it is known."""

    path: str
    changed_on: dt.date | None = None


def sitemap_files() -> tuple[SitemapEntry, ...]:
    """Return the files of the index."""
    n_files = -(-indexable_overlaps().count() // PER_FILE)
    comparisons = [
        SitemapEntry(reverse("sitemap-compare", args=[number])) for number in range(1, n_files + 1)
    ]
    return (SitemapEntry(reverse("sitemap-pages")), *comparisons)


def sitemap_pages() -> tuple[SitemapEntry, ...]:
    """Return the pages that are no comparisons."""
    fixed = [SitemapEntry(reverse(name)) for name in FIXED]
    shelves = [SitemapEntry(reverse("category", args=[row.slug])) for row in Category.objects.all()]
    suites = [SitemapEntry(reverse("suite", args=[row.slug])) for row in Suite.objects.current().public()]
    rows = Artifact.objects.real().values_list("slug", "updated_at")
    artifacts = [
        SitemapEntry(reverse(name, args=[slug]), updated_at.date())
        for slug, updated_at in rows
        for name in ("artifact", "alternatives", "artifact-history")
    ]
    return (*fixed, *shelves, *suites, *artifacts)


def sitemap_comparisons(number: int) -> tuple[SitemapEntry, ...]:
    """Return one file of comparisons, ``number`` from 1; empty behind the last."""
    rows = indexable_overlaps().values_list("first__slug", "second__slug", "computed_at")
    start = (number - 1) * PER_FILE
    return tuple(
        SitemapEntry(compare_path(first, second), computed_at.date())
        for first, second, computed_at in rows[start : start + PER_FILE]
    )


def indexable_overlaps() -> QuerySet[Overlap]:
    """Return the pairs that a reader may search for: one shelf, and enough shared or both measured.

    In the order in which they were first computed, so that a pair stays in its file.
    """
    n_pairs = Func(F("pairs"), function="jsonb_array_length", output_field=IntegerField())
    shelf = Category.objects.filter(artifacts=OuterRef("first")).filter(artifacts=OuterRef("second"))
    rows = Overlap.objects.filter(first__is_demonstration=False, second__is_demonstration=False)
    enough = Q(n_pairs__gte=SHARED_FOR_INDEX) | _measured_on_one_suite()
    return rows.annotate(n_pairs=n_pairs).filter(enough, Exists(shelf)).order_by("pk")


def _measured_on_one_suite() -> Q:
    finished = Run.objects.filter(
        state=Run.State.FINISHED, recipe__is_canonical=True, suite__is_current=True
    ).values_list("suite", "recipe__artifact")
    by_suite: dict[int, list[int]] = {}
    for suite, artifact in finished:
        by_suite.setdefault(suite, []).append(artifact)
    both = Q(pk__in=[])
    for ids in by_suite.values():
        both |= Q(first__in=ids, second__in=ids)
    return both
