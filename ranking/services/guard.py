"""Looks at a new snapshot beside the published one before the pointer moves."""

from ranking.compute.formula import MILLI, parse_formula
from ranking.compute.guard import Standing, reasons_to_hold
from ranking.compute.movement import MovementPart
from ranking.history import movement_parts
from ranking.models import RankSnapshot


def look_over(published: RankSnapshot, new: RankSnapshot) -> list[str]:
    """Return why ``new`` should not follow ``published`` unseen; empty if it may."""
    formula = parse_formula(new.formula.definition)

    def parts_of(slug: str) -> tuple[MovementPart, ...]:
        before, after = (snapshot.entries.get(slug=slug) for snapshot in (published, new))
        return movement_parts(before, after, formula=formula)

    return reasons_to_hold(_standings(published), _standings(new), parts_of=parts_of)


def _standings(snapshot: RankSnapshot) -> dict[str, Standing]:
    rows = snapshot.entries.values_list("slug", "kind", "is_demonstration", "position", "score")
    return {
        slug: Standing((kind, is_demonstration), position, int(score * MILLI))
        for slug, kind, is_demonstration, position, score in rows
    }
