"""Sides of comparisons, kept for a minute per state of the data: every pair of an artifact shares its side."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from django.conf import settings

from matchgraph.capability_sets import EMPTY, CapabilitySet, ReadSets, current_sets
from web.freshness import site_version
from web.pages.compare.load import load_sides
from web.pages.compare.sides import LETTERS, ComparedArtifact

KEPT_S = 60
# State of the data, minute, slug and letter.
Key = tuple[str, int, str, str]


class _Sides:
    """The sides of this process that were asked for last, at most ``settings.COMPARED_SIDES_KEPT``."""

    found: OrderedDict[Key, ComparedArtifact] = OrderedDict()
    lock = threading.Lock()


def sides_of(slugs: Sequence[str]) -> tuple[ComparedArtifact, ...] | None:
    """Return the sides of a comparison in the order of ``slugs``; None if any artifact is unknown.

    No query where all were asked for in this minute, else six for any number of sides.
    """
    if not settings.COMPARED_SIDES_KEPT:
        found = load_sides(dict(zip(slugs, LETTERS, strict=False)))
        return tuple(found[slug] for slug in slugs) if len(found) == len(slugs) else None
    state, minute = site_version(), int(time.monotonic() // KEPT_S)
    keys = [(state, minute, slug, letter) for slug, letter in zip(slugs, LETTERS, strict=False)]
    sides = {key: side for key in keys if (side := _Sides.found.get(key))}
    if missing := {slug: letter for *_, slug, letter in keys if (state, minute, slug, letter) not in sides}:
        loaded = load_sides(missing)
        sides |= {(state, minute, slug, side.letter): side for slug, side in loaded.items()}
    if len(sides) < len(keys):
        return None
    _keep(sides)
    return tuple(sides[key] for key in keys)


def read_with(sides: Sequence[ComparedArtifact]) -> ReadSets:
    """Return how to read the vectors of sides: what was read once is kept with its side."""

    def read(artifact_ids: Iterable[int]) -> dict[int, CapabilitySet]:
        wanted = {side.artifact.pk: side.kept for side in sides if side.artifact.pk in set(artifact_ids)}
        if missing := [id_ for id_, kept in wanted.items() if CapabilitySet not in kept]:
            found = current_sets(missing)
            for id_ in missing:
                wanted[id_][CapabilitySet] = found.get(id_, EMPTY)
        return {id_: kept[CapabilitySet] for id_, kept in wanted.items()}

    return read


def _keep(sides: dict[Key, ComparedArtifact]) -> None:
    with _Sides.lock:
        for key, side in sides.items():
            _Sides.found[key] = side
            _Sides.found.move_to_end(key)
        while len(_Sides.found) > settings.COMPARED_SIDES_KEPT:
            _Sides.found.popitem(last=False)


def forget_sides() -> None:
    """Load every side anew when it is next asked for."""
    with _Sides.lock:
        _Sides.found.clear()
