"""Artifacts by the page, found by key: the next page begins behind a row, not at a number."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Q

from catalog.models import Artifact
from catalog.models.artifact import ArtifactQuerySet
from ranking.selectors import EntryView, SnapshotView, current_snapshot, rank_entries
from web.pages.cards import ArtifactCard, artifact_card

UNRANKED = "unranked"
RANK_LAST = F("rank_score").desc(nulls_last=True)


@dataclass(frozen=True)
class Wanted:
    """Which artifacts, how many, and behind which row: ``after`` is ``<score>:<slug>`` as ``next`` was."""

    limit: int
    after: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    with_demonstrations: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of artifacts, the best ranked first and the unranked at the end."""

    cards: tuple[ArtifactCard, ...]
    next: str | None
    snapshot: SnapshotView | None


@dataclass(frozen=True)
class RankListing:
    """One page of ranks in the same order, each with its explanation."""

    rows: tuple[tuple[ArtifactCard, EntryView], ...]
    next: str | None
    snapshot: SnapshotView | None


def artifact_listing(wanted: Wanted) -> Listing:
    """Return a page of artifacts. Two queries for any number of rows."""
    rows, following = _rows(Artifact.objects.all(), wanted)
    return Listing(tuple(artifact_card(row) for row in rows), following, current_snapshot())


def rank_listing(wanted: Wanted) -> RankListing:
    """Return a page of published ranks with their explanations. Three queries for any number of rows."""
    rows, following = _rows(Artifact.objects.filter(rank_score__isnull=False), wanted)
    entries = rank_entries([row.pk for row in rows])
    ranked = tuple((artifact_card(row), entries[row.pk]) for row in rows if row.pk in entries)
    return RankListing(ranked, following, current_snapshot())


def _rows(artifacts: ArtifactQuerySet, wanted: Wanted) -> tuple[list[Artifact], str | None]:
    if not wanted.with_demonstrations:
        artifacts = artifacts.real()
    found = artifacts.filter(**wanted.filters).filter(_behind(wanted.after))
    # NULL is larger than any number in PostgreSQL, so descending order needs it said.
    rows = list(found.select_related("publisher").order_by(RANK_LAST, "slug")[: wanted.limit + 1])
    page = rows[: wanted.limit]
    return page, _cursor(page[-1]) if len(rows) > wanted.limit else None


def _cursor(artifact: Artifact) -> str:
    score = UNRANKED if artifact.rank_score is None else f"{artifact.rank_score:.3f}"
    return f"{score}:{artifact.slug}"


def _behind(after: str) -> Q:
    """Return the condition that a row stands behind a cursor.

    >>> _behind("unranked:b")
    <Q: (AND: ('rank_score__isnull', True), ('slug__gt', 'b'))>
    """
    if not after:
        return Q()
    score, _, slug = after.partition(":")
    if score == UNRANKED:
        return Q(rank_score__isnull=True, slug__gt=slug)
    points = Decimal(score)
    return Q(rank_score__lt=points) | Q(rank_score=points, slug__gt=slug) | Q(rank_score__isnull=True)
