"""A stretch of a query that a constraint was read from. Plain Python."""

from dataclasses import dataclass

from matchgraph.search.records import Constraint

# Stands where words were taken out of the query.
GAP = "…"


@dataclass(frozen=True)
class Taken:
    """A constraint and the stretch of the text that says it."""

    constraint: Constraint
    start: int
    end: int

    def taken_from(self, text: str) -> str:
        """Return the text with a gap where the stretch was."""
        return text[: self.start] + gap(text[self.start : self.end]) + text[self.end :]


def gap(words: str) -> str:
    """Return a gap as long as the words, so that positions stay: one sign, and spaces."""
    return GAP + " " * (len(words) - 1)
