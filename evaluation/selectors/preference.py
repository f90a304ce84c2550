"""Votes on pictures, counted by the models that made them."""

from dataclasses import dataclass

from django.db.models import Count

from evaluation.models import PreferenceVote


@dataclass(frozen=True)
class PreferenceCount:
    """How often one choice was made between two artifacts in one order."""

    left_id: int
    right_id: int
    choice: str
    n: int


def preference_counts() -> list[PreferenceCount]:
    """Return all votes, counted. One query, one row for each order of a pair and choice."""
    rows = (
        PreferenceVote.objects.order_by()
        .values_list("left__run__recipe__artifact", "right__run__recipe__artifact", "choice")
        .annotate(n=Count("pk"))
        .order_by("left__run__recipe__artifact", "right__run__recipe__artifact", "choice")
    )
    return [PreferenceCount(*row) for row in rows]
