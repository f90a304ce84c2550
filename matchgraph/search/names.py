"""Names in a query: the whole of it, the whole of it misspelt, or a part."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from matchgraph.texts import edit_distance, normalised, trigrams

LONGEST_NAME = 7
# Names that share this many of their trigrams (Dice) are looked at letter by letter; a query is a
# misspelt name where at most one letter in five is wrong. A wrong digit is another version, not a slip.
SHARED_TRIGRAMS = 0.4
WRONG_LETTERS = 0.2
N_CANDIDATES = 50
# A name with so many times more or fewer trigrams than the query is not looked at: one letter in five makes no more.
OF_LIKE_LENGTH = 1.4


class NameMatch(StrEnum):
    """How a name stands in a query, best first."""

    EXACT = "exact"
    NEAR = "near"
    MENTIONED = "mentioned"


@dataclass(frozen=True)
class NameHit:
    """An artifact whose name, alias or identifier stands in the query; ``similarity`` 0-1."""

    artifact_id: int
    slug: str
    name: str
    text: str
    match: NameMatch
    similarity: float


def name_hits(query: str) -> list[NameHit]:
    """Return the names that a query is or contains, best first. One query."""
    text = normalised(query)
    hits = [hit for row in _candidates(text) if (hit := _hit(row, text))]
    order = list(NameMatch)
    return sorted(hits, key=lambda hit: (order.index(hit.match), -hit.similarity, -len(hit.text), hit.slug))


def longest(hits: Iterable[NameHit]) -> list[NameHit]:
    """Leave out names that are only a part of a longer one: who says "flux schnell" does not mean "flux"."""
    hits = list(hits)
    texts = {hit.text for hit in hits}
    return [hit for hit in hits if not any(f" {hit.text} " in f" {text} " for text in texts - {hit.text})]


def _candidates(text: str) -> list[tuple[int, str, str, str]]:
    letters = sorted(trigrams(text))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT artifact.id, artifact.slug, artifact.name, found.text
            FROM (
                SELECT artifact_id, text, text = ANY(%(windows)s) AS is_part, 2.0 * (
                    SELECT count(*) FROM unnest(trigrams) AS part WHERE part = ANY(%(letters)s)
                ) / (cardinality(trigrams) + %(n_letters)s) AS shared
                FROM matchgraph_artifactname
                WHERE text = ANY(%(windows)s) OR (
                    cardinality(trigrams) BETWEEN %(shortest)s AND %(longest)s
                    AND trigrams && %(letters)s::varchar[]
                )
            ) AS found
            JOIN catalog_artifact AS artifact ON artifact.id = found.artifact_id
                AND artifact.merged_into_id IS NULL
            WHERE found.is_part OR found.shared >= %(enough)s
            ORDER BY found.is_part DESC, found.shared DESC, artifact.slug
            LIMIT %(limit)s
            """,
            {
                "letters": letters,
                "n_letters": len(letters),
                "shortest": math.floor(len(letters) / OF_LIKE_LENGTH),
                "longest": math.ceil(len(letters) * OF_LIKE_LENGTH),
                "windows": _windows(text),
                "enough": SHARED_TRIGRAMS,
                "limit": N_CANDIDATES,
            },
        )
        rows: list[tuple[int, str, str, str]] = cursor.fetchall()
        return rows


def _hit(row: tuple[int, str, str, str], query: str) -> NameHit | None:
    pk, slug, name, text = row
    joined, asked = text.replace(" ", ""), query.replace(" ", "")
    if joined == asked:
        return NameHit(pk, slug, name, text, NameMatch.EXACT, 1.0)
    if (similarity := _similarity(joined, asked)) >= 1 - WRONG_LETTERS:
        return NameHit(pk, slug, name, text, NameMatch.NEAR, similarity)
    if f" {text} " in f" {query} ":
        return NameHit(pk, slug, name, text, NameMatch.MENTIONED, similarity)
    return None


def _similarity(name: str, asked: str) -> float:
    """Return the share of right letters; 0 where digits or lengths say that it is no slip of the pen."""
    letters = max(len(name), len(asked))
    if abs(len(name) - len(asked)) > WRONG_LETTERS * letters or _digits(name) != _digits(asked):
        return 0.0
    return 1 - edit_distance(name, asked) / letters


def _digits(text: str) -> list[str]:
    return re.findall(r"\d", text)


def _windows(text: str) -> list[str]:
    """Return every run of words that could be a name."""
    words = text.split()
    return [
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1)
    ]
