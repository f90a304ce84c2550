"""Capabilities lined up: shared ones in one row, then what only one side has."""

from dataclasses import dataclass

from matchgraph.selectors import AlignedPair, CapabilityView, OverlapView
from ranking.compute.verdict import CapabilityCounts
from web.once import once
from web.pages.capabilities import CapabilityNote, confidence_words, origin_words
from web.pages.folding import Folded, folded

PAIRS_SHOWN = 6
ALONE_SHOWN = 4


@dataclass(frozen=True)
class SharedCapability:
    """Two capabilities that do the same thing; ``similarity`` in percent."""

    first: CapabilityNote
    second: CapabilityNote
    similarity: str


@dataclass(frozen=True)
class CapabilitySection:
    """All capabilities of both sides, each in exactly one place."""

    shared: Folded[SharedCapability]
    only_first: Folded[CapabilityNote]
    only_second: Folded[CapabilityNote]
    overlap: str

    @property
    def summary(self) -> str:
        """Return how the two lists relate, in a sentence."""
        shared = len(self.shared)
        if not shared:
            return "The two lists have nothing in common."
        rows = "row" if shared == 1 else "rows"
        return f"What both do stands in one row: {shared} {rows}, overlap {self.overlap} of 100."

    @property
    def counts(self) -> CapabilityCounts:
        """Return the counts that the verdict may state."""
        return CapabilityCounts(len(self.shared), len(self.only_first), len(self.only_second))

    @property
    def n_first(self) -> int:
        """Return how many capabilities the first side has."""
        return len(self.shared) + len(self.only_first)

    @property
    def n_second(self) -> int:
        """Return how many capabilities the second side has."""
        return len(self.shared) + len(self.only_second)


def capability_section(overlap: OverlapView) -> CapabilitySection:
    """Return the aligned capabilities of two artifacts, best matches first."""
    pairs = sorted(overlap.pairs, key=lambda pair: -pair.similarity)
    return CapabilitySection(
        shared=folded([_shared(pair) for pair in pairs], at=PAIRS_SHOWN),
        only_first=folded([capability_note(view) for view in overlap.only_first], at=ALONE_SHOWN),
        only_second=folded([capability_note(view) for view in overlap.only_second], at=ALONE_SHOWN),
        overlap=f"{overlap.score * 100:.0f}",
    )


def _shared(pair: AlignedPair) -> SharedCapability:
    return SharedCapability(
        capability_note(pair.first), capability_note(pair.second), f"{pair.similarity * 100:.0f} %"
    )


@once
def capability_note(view: CapabilityView) -> CapabilityNote:
    """Return a capability as the page prints it."""
    return CapabilityNote(
        anchor=f"capability-{view.id}",
        name=view.name,
        description=view.description,
        unique_aspect=view.unique_aspect,
        versus_alternatives=view.versus_alternatives,
        confidence=confidence_words(view.confidence),
        origin=origin_words(view.origin),
    )
