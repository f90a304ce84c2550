"""Edit distances that say which letters were right, wrong, missing, doubled or too many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Edits:
    """A cheapest way from one text to another; letters kept in place count as hits.

    ``duplications`` are those of the insertions that repeat the letter beside them.
    """

    cost: int
    hits: int
    substitutions: int
    deletions: int
    insertions: int
    duplications: int


@lru_cache(maxsize=16_384)
def count_edits(asked: str, read: str) -> Edits:
    """Align two texts (Levenshtein 1966); among the cheapest ways one with the most hits is taken.

    >>> edits = count_edits("OPEN MENU", "OPE MENNU")
    >>> edits.hits, edits.deletions, edits.insertions, edits.duplications, edits.cost
    (8, 1, 1, 1, 2)
    """
    table, scale = _fill(asked, read)
    cost, hits = _apart(table[-1][-1], scale)
    # Every letter of either text is a hit, a substitution, or on its own: three unknowns, three equations.
    substitutions = len(asked) + len(read) - 2 * hits - cost
    return Edits(
        cost=cost,
        hits=hits,
        substitutions=substitutions,
        deletions=len(asked) - hits - substitutions,
        insertions=len(read) - hits - substitutions,
        duplications=_duplications(asked, read, table=table, scale=scale),
    )


def _fill(asked: str, read: str) -> tuple[list[list[int]], int]:
    """Return the table of ``cost * scale - hits``: one integer whose order is cheapest first, then most hits."""
    scale = min(len(asked), len(read)) + 1
    table = [[j * scale for j in range(len(read) + 1)]]
    for i, letter in enumerate(asked, start=1):
        above, row = table[-1], [i * scale]
        for j, other in enumerate(read, start=1):
            diagonal = above[j - 1] - 1 if letter == other else above[j - 1] + scale
            row.append(min(diagonal, above[j] + scale, row[-1] + scale))
        table.append(row)
    return table, scale


def _apart(key: int, scale: int) -> tuple[int, int]:
    cost = -(-key // scale)
    return cost, cost * scale - key


def _duplications(asked: str, read: str, *, table: list[list[int]], scale: int) -> int:
    """Walk one cheapest way back and count inserted letters that stand beside their like."""
    i, j, found = len(asked), len(read), 0
    while j:
        if i and table[i][j] == table[i - 1][j] + scale:
            i -= 1
        elif table[i][j] == table[i][j - 1] + scale:
            j -= 1
            found += read[j] in read[max(0, j - 1) : j] + read[j + 1 : j + 2]
        else:
            i, j = i - 1, j - 1
    return found
