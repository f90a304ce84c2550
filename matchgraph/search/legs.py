"""The leg that goes by words: which share of a query's words a capability has, weighted by their rarity."""

from dataclasses import dataclass

from django.db import connection

from matchgraph.search.nearest import N_CAPABILITIES
from matchgraph.search.scope import Scope
from matchgraph.services.lexicon import K1
from matchgraph.texts import normalised


@dataclass(frozen=True)
class WordsHit:
    """A capability that has words of the query; ``coverage`` 0-1."""

    coverage: float
    words: tuple[str, ...]


# Of one word so many postings are read, those that weigh most; a rarer word is read whole.
MOST_POSTINGS = 5_000
# Beside the rarest words, which are always read, a word that reaches this many says too little to be read.
ALWAYS_READ = 4
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
    SELECT sum(idf) * (%(k1)s + 1) AS score FROM rarity
)
SELECT posting.capability_id, sum(posting.weight * rarity.idf) / min(best.score) AS coverage,
    array_agg(rarity.word ORDER BY rarity.idf DESC)
FROM best, rarity CROSS JOIN LATERAL (
    SELECT posting.capability_id, posting.weight FROM matchgraph_posting AS posting{owner}
    WHERE posting.lexeme = rarity.lexeme{scope}
    ORDER BY posting.weight DESC LIMIT %(most)s
) AS posting
WHERE rarity.n < %(common)s OR rarity.place <= %(always)s
GROUP BY posting.capability_id
ORDER BY coverage DESC, posting.capability_id
LIMIT %(limit)s
"""
OWNER = " JOIN catalog_capability AS capability ON capability.id = posting.capability_id"
IN_SCOPE = " AND capability.artifact_id = ANY(%(artifacts)s)"


def by_words(text: str, *, scope: Scope | None) -> dict[int, WordsHit]:
    """Return the capabilities with the most of the query's words (BM25). One query.

    The sum of the weights is divided by what a capability with every word, ever so often, would have. Of
    words that very many have only the postings that weigh most are read, so that a query costs the same
    however large the catalogue is.
    """
    statement = BEST.format(owner=OWNER if scope else "", scope=IN_SCOPE if scope else "")
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "words": normalised(text).split(),
                "k1": K1,
                "counted": COUNTED_UP_TO,
                "common": 10 * MOST_POSTINGS,
                "most": MOST_POSTINGS,
                "always": ALWAYS_READ,
                "artifacts": scope.artifact_ids.tolist() if scope else [],
                "limit": N_CAPABILITIES,
            },
        )
        return {row[0]: WordsHit(float(row[1]), tuple(row[2])) for row in cursor.fetchall()}
