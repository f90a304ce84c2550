"""The leg that goes by words: which share of a query's words a capability has, weighted by their rarity."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from matchgraph.search.nearest import IN_SCOPE, N_CAPABILITIES
from matchgraph.search.scope import Scope
from matchgraph.services.lexicon import K1
from matchgraph.texts import normalised


@dataclass(frozen=True)
class WordsHit:
    """A capability that has words of the query; ``coverage`` 0-1."""

    artifact_id: int
    coverage: float
    words: tuple[str, ...]


# Of one word so many postings are read, those that weigh most; a rarer word is read whole. Where a scope takes
# most of them away again, so many times more are read.
MOST_POSTINGS, MORE_IN_SCOPE = 4_000, 4
# Beside the rarest words, which are always read, a word that reaches this many says too little to be read.
ALWAYS_READ = 4
# A word further down than this in the order of rarity has no bit to be remembered by.
MOST_WORDS = 60
# Below so many texts they are counted; above, the planner's own count is near enough.
COUNTED_UP_TO = 50_000

BEST = """
WITH asked AS (
    SELECT word, (unnest(to_tsvector('english', word))).lexeme AS lexeme
    FROM unnest(%(words)s::text[]) AS word
), total AS (
    SELECT CASE WHEN reltuples > %(counted)s THEN reltuples::bigint
        ELSE (SELECT count(*) FROM matchgraph_lexicaldocument) END AS n
    FROM pg_class WHERE oid = 'matchgraph_lexicaldocument'::regclass
), rarity AS MATERIALIZED (
    SELECT lexeme, min(word) AS word, counted.n,
        ln(1 + (greatest(total.n, counted.n) - counted.n + 0.5) / (counted.n + 0.5)) AS idf,
        row_number() OVER (ORDER BY counted.n, lexeme) AS place
    FROM asked CROSS JOIN total CROSS JOIN LATERAL (
        SELECT coalesce(max(n_capabilities), 0) AS n FROM matchgraph_lexeme WHERE lexeme = asked.lexeme
    ) AS counted
    GROUP BY lexeme, total.n, counted.n
), best AS (
    SELECT sum(posting.weight * rarity.idf) AS score, posting.capability_id, posting.artifact_id,
        bit_or(1::bigint << rarity.place::int) AS places
    FROM rarity CROSS JOIN LATERAL (
        SELECT capability_id, artifact_id, weight FROM matchgraph_posting
        WHERE lexeme = rarity.lexeme
        ORDER BY weight DESC LIMIT %(most)s
    ) AS posting
    WHERE (rarity.n < %(common)s OR rarity.place <= %(always)s) AND rarity.place <= %(most_words)s{scope}
    GROUP BY posting.capability_id, posting.artifact_id
    ORDER BY score DESC, posting.capability_id
    LIMIT %(limit)s
)
SELECT capability_id, artifact_id, score / (SELECT sum(idf) * (%(k1)s + 1) FROM rarity), (
        SELECT array_agg(word ORDER BY place) FROM rarity WHERE places & (1::bigint << place::int) <> 0
    )
FROM best ORDER BY score DESC, capability_id
"""


def by_words(text: str, *, scope: Scope | None) -> dict[int, WordsHit]:
    """Return the capabilities with the most of the query's words (BM25). One query.

    The sum of the weights is divided by what a capability with every word, ever so often, would have. Of
    words that very many have only the postings that weigh most are read, so that a query costs the same
    however large the catalogue is.
    """
    bits: dict[str, Any] = {"bits": scope.bits, "end": len(scope.is_allowed)} if scope else {}
    with connection.cursor() as cursor:
        cursor.execute(
            BEST.format(scope=IN_SCOPE if scope else ""),
            {
                "words": normalised(text).split(),
                "k1": K1,
                "counted": COUNTED_UP_TO,
                "common": 10 * MOST_POSTINGS,
                "most": MOST_POSTINGS * (MORE_IN_SCOPE if scope else 1),
                "most_words": MOST_WORDS,
                "always": ALWAYS_READ,
                "limit": N_CAPABILITIES,
                **bits,
            },
        )
        return {row[0]: WordsHit(row[1], float(row[2]), tuple(row[3])) for row in cursor.fetchall()}
