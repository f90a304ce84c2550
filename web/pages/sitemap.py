"""What ``/sitemap.xml`` leads to: pages that stand for themselves, and comparisons with something to say."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, F, Func, IntegerField, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
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


# One row for each file of comparisons: the day on which any of its pages changed last.
LAST_CHANGES = "SELECT place / %s, max(computed_at) FROM ({rows}) AS pairs GROUP BY 1 ORDER BY 1"


def sitemap_files() -> tuple[SitemapEntry, ...]:
    """Return the files of the index, each with the day of its last change. A few queries for any number."""
    changed_at = Artifact.objects.real().aggregate(last=Max("updated_at"))["last"]
    pages = SitemapEntry(reverse("sitemap-pages"), changed_at.date() if changed_at else None)
    place = Window(RowNumber(), order_by="pk") - 1
    rows = indexable_overlaps().order_by().annotate(place=place).values("place", "computed_at")
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(LAST_CHANGES.format(rows=sql), [PER_FILE, *parameters])
        found = cursor.fetchall()
    return (
        pages,
        *(SitemapEntry(reverse("sitemap-compare", args=[n + 1]), last.date()) for n, last in found),
    )


def sitemap_pages() -> tuple[SitemapEntry, ...]:
    """Return the pages that are no comparisons."""
    fixed = [SitemapEntry(reverse(name)) for name in FIXED]
    shelves = [SitemapEntry(reverse("category", args=[row.slug])) for row in Category.objects.all()]
    suites = [SitemapEntry(reverse("suite", args=[row.slug])) for row in Suite.objects.current().public()]
    suites += [
        SitemapEntry(reverse("suite-leaderboard", args=[row.slug]))
        for row in Suite.objects.current().published()
    ]
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
