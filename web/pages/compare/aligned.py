"""Capabilities of three or four lined up: each of the first's in a row with what the others have like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchgraph.selectors import AlignedPair, OverlapView
from web.pages.capabilities import CapabilityNote
from web.pages.compare.capabilities import ALONE_SHOWN, PAIRS_SHOWN, capability_note
from web.pages.compare.sides import ComparedArtifact
from web.pages.folding import Folded, folded


@dataclass(frozen=True)
class AlignedRow:
    """A capability of the first side; of each other the one that does the same, None where there is none."""

    answers: tuple[tuple[ComparedArtifact, CapabilityNote | None], ...]


@dataclass(frozen=True)
class OnlyList:
    """What one side has and the first has not; of the first, what nobody else has."""

    side: ComparedArtifact
    notes: Folded[CapabilityNote]
    title: str


@dataclass(frozen=True)
class AlignedSection:
    """All capabilities of all sides: what two or more share with the first in rows, the rest in lists."""

    rows: Folded[AlignedRow]
    only: tuple[OnlyList, ...]


def aligned_section(sides: Sequence[ComparedArtifact], overlaps: Mapping[int, OverlapView]) -> AlignedSection:
    """Line up the capabilities of ``sides`` with the first's; ``overlaps`` with it by the others' ids."""
    first, *others = sides
    views = [overlaps[side.artifact.pk] for side in others]
    matched = [{pair.first.id: pair for pair in view.pairs} for view in views]
    own = {pair.first.id: pair.first for view in views for pair in view.pairs}
    order = sorted(own, key=lambda pk: (-_shared_by(pk, matched), pk))
    rows = [
        AlignedRow(
            (
                (first, capability_note(own[pk])),
                *(
                    (side, capability_note(each[pk].second) if pk in each else None)
                    for side, each in zip(others, matched, strict=True)
                ),
            )
        )
        for pk in order
    ]
    alone = [view for view in views[0].only_first if view.id not in own]
    lists = [(first, alone, f"Only {first.name}")] + [
        (side, list(view.only_second), f"{side.name}, not {first.name}")
        for side, view in zip(others, views, strict=True)
    ]
    return AlignedSection(
        folded(rows, at=PAIRS_SHOWN),
        tuple(
            OnlyList(side, folded([capability_note(view) for view in found], at=ALONE_SHOWN), title)
            for side, found, title in lists
        ),
    )


def _shared_by(pk: int, matched: Sequence[Mapping[int, AlignedPair]]) -> int:
    return sum(pk in each for each in matched)
