"""What can be suspicious about a picture, and what follows from it. Pure: no Django, no picture library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Consequence(StrEnum):
    """What a flag does to the sample's scores."""

    FAILURE = "counted as failure"
    SHOWN = "shown"


@dataclass(frozen=True)
class FlagKind:
    """A kind of suspicion: its name in records, its words for people, and what it does."""

    name: str
    label: str
    consequence: Consequence
    reason: str = ""


@dataclass(frozen=True)
class Flag:
    """One suspicion about one sample, with the reason for it."""

    name: str
    reason: str

    @property
    def kind(self) -> FlagKind:
        """What is declared of flags of this name; a runner's own flag is shown under its name."""
        return KINDS.get(self.name, FlagKind(self.name, self.name.replace("-", " "), Consequence.SHOWN))

    def as_dict(self) -> dict[str, str]:
        """Return the flag as samples store it."""
        return {"name": self.name, "reason": self.reason}


KINDS: Final = {
    kind.name: kind
    for kind in (
        FlagKind("filter", "Withheld by a filter", Consequence.SHOWN, "The model's filter held it back."),
        FlagKind("nan", "Not numbers", Consequence.SHOWN, "The model gave values that are not numbers."),
        FlagKind("black", "Black picture", Consequence.FAILURE),
        FlagKind("constant", "Empty picture", Consequence.FAILURE),
        FlagKind("wrong-size", "Wrong size", Consequence.SHOWN),
        FlagKind("same-for-other-prompt", "Same picture for another prompt", Consequence.FAILURE),
        FlagKind("like-other-prompt", "Almost the same for another prompt", Consequence.SHOWN),
        FlagKind("same-for-other-seed", "Seeds make no difference", Consequence.SHOWN),
        FlagKind("talks-to-judge", "Talks to a judge", Consequence.FAILURE),
        FlagKind(
            "transparency-flattened", "Transparency on white", Consequence.SHOWN, "It had transparent parts."
        ),
        FlagKind(
            "fallback-batch-of-one",
            "Made alone for want of memory",
            Consequence.SHOWN,
            "Memory ran out at the recipe's batch size; it was drawn in a batch of one.",
        ),
        FlagKind(
            "fallback-tiled",
            "Decoded in tiles for want of memory",
            Consequence.SHOWN,
            "Memory ran out in a batch of one; it was decoded in tiles.",
        ),
        FlagKind(
            "fallback-offloaded",
            "Offloaded for want of memory",
            Consequence.SHOWN,
            "Memory ran out with tiles; the model's parts took turns on the GPU.",
        ),
        FlagKind("unstable", "Not the same when made again", Consequence.SHOWN),
    )
}
# Found by laying a run's pictures beside each other, so found anew whenever the run grows.
FOUND_IN_RUN: Final = frozenset(
    {"same-for-other-prompt", "like-other-prompt", "same-for-other-seed", "talks-to-judge"}
)


def flag_named(name: str) -> Flag:
    """Return a flag with the reason that its kind declares: for runners, which know names alone.

    >>> flag_named("nan").reason
    'The model gave values that are not numbers.'
    """
    kind = KINDS.get(name)
    return Flag(name, kind.reason if kind and kind.reason else f"The runner says “{name}”.")


def read_flags(stored: Iterable[Mapping[str, Any]]) -> tuple[Flag, ...]:
    """Return a sample's stored flags."""
    return tuple(Flag(str(row["name"]), str(row["reason"])) for row in stored)


def rejection(flags: Iterable[Flag]) -> Flag | None:
    """Return the first flag for which the sample counts as a failure, or None.

    >>> rejection([Flag("wrong-size", "8 × 8"), Flag("black", "No pixel is brighter than 8.")]).name
    'black'
    """
    return next((flag for flag in flags if flag.kind.consequence == Consequence.FAILURE), None)
