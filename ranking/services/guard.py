"""Looks at a new snapshot beside the published one before the pointer moves."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Abs

from ranking.compute.formula import MILLI, parse_formula
from ranking.compute.guard import MAX_UNEXPLAINED_PLACES, Standing, reasons_to_hold
from ranking.compute.movement import MovementPart
from ranking.history import movement_parts
from ranking.models import RankEntry, RankSnapshot


def look_over(published: RankSnapshot, new: RankSnapshot) -> list[str]:
    """Return why ``new`` should not follow ``published`` unseen; empty if it may.

    Only what vanished or jumped is read: in a large catalogue nearly everything stays where it was.
    """
    formula = parse_formula(new.formula.definition)
    jumped = set(_jumped(published, new).values_list("slug", flat=True))
    vanished = _vanished(published, new)

    def parts_of(slug: str) -> tuple[MovementPart, ...]:
        before, after = (snapshot.entries.get(slug=slug) for snapshot in (published, new))
        return movement_parts(before, after, formula=formula)

    before = _standings(published.entries.filter(slug__in=jumped)) | _standings(vanished)
    after = _standings(new.entries.filter(slug__in=jumped))
    return reasons_to_hold(before, after, parts_of=parts_of)


def _vanished(published: RankSnapshot, new: RankSnapshot) -> QuerySet[RankEntry]:
    return published.entries.filter(~Exists(new.entries.filter(slug=OuterRef("slug"))))


def _jumped(published: RankSnapshot, new: RankSnapshot) -> QuerySet[RankEntry]:
    """Return the new entries that stand far from where they stood, and whose own score changed."""
    was = published.entries.filter(slug=OuterRef("slug"))
    return (
        new.entries.annotate(
            was_position=Subquery(was.values("position")), was_score=Subquery(was.values("score"))
        )
        .filter(
            ~Q(score=F("was_score")),
            Q(was_position__isnull=False),
        )
        .annotate(jump=Abs(F("position") - F("was_position")))
        .filter(jump__gt=MAX_UNEXPLAINED_PLACES)
    )


def _standings(entries: QuerySet[RankEntry]) -> dict[str, Standing]:
    rows = entries.values_list("slug", "kind", "is_demonstration", "position", "score")
    return {
        slug: Standing((kind, is_demonstration), position, int(score * MILLI))
        for slug, kind, is_demonstration, position, score in rows
    }
