"""What must not be published unseen: artifacts that vanish, and jumps that no changed input explains."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ranking.compute.movement import MovementPart, is_explained

MAX_UNEXPLAINED_PLACES = 10
SHOWN = 20


@dataclass(frozen=True)
class Standing:
    """Where an artifact stands: ``place`` among those of its ``group``; ``score`` in milli-points."""

    group: tuple[str, bool]
    place: int
    score: int


def reasons_to_hold(
    before: Mapping[str, Standing],
    after: Mapping[str, Standing],
    *,
    parts_of: Callable[[str], Iterable[MovementPart]],
    max_places: int = MAX_UNEXPLAINED_PLACES,
) -> list[str]:
    """Return why a new snapshot should be looked at before it is published; empty if it may be.

    An artifact whose own score did not change is moved by others, and those are looked at themselves.

    Args:
        before: the published standings by slug.
        after: the new standings by slug.
        parts_of: the parts of an artifact's movement, asked for where it jumped.
        max_places: how far an artifact may jump without a changed input.
    """
    reasons = [f"{slug} has vanished" for slug in sorted(before.keys() - after.keys())]
    for slug in sorted(before.keys() & after.keys()):
        was, now = before[slug], after[slug]
        jump = abs(now.place - was.place)
        if was.group != now.group or jump <= max_places or was.score == now.score:
            continue
        if not is_explained(list(parts_of(slug))):
            reasons.append(f"{slug} jumps from place {was.place} to {now.place} without a changed input")
    if len(reasons) > SHOWN:
        return [*reasons[:SHOWN], f"and {len(reasons) - SHOWN} more"]
    return reasons
