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


def by_words(text: str, *, scope: Scope | None) -> dict[int, WordsHit]:
    """Return the capabilities with the most of the query's words (BM25). One query.

    The sum of the weights is divided by what
    a capability with every word, ever so often, would have.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS (
                SELECT word, (unnest(to_tsvector('english', word))).lexeme AS lexeme
                FROM unnest(%(words)s::text[]) AS word
            ), total AS (
                SELECT count(*) AS n FROM matchgraph_lexicaldocument
            ), rarity AS (
                SELECT lexeme, min(word) AS word,
                    ln(1 + (total.n - counted.n + 0.5) / (counted.n + 0.5)) AS idf
                FROM asked, total, LATERAL (
                    SELECT count(*) AS n FROM matchgraph_posting AS posting
                    WHERE posting.lexeme = asked.lexeme
                ) AS counted
                GROUP BY lexeme, total.n, counted.n
            ), best AS (
                SELECT sum(idf) * (%(k1)s + 1) AS score FROM rarity
            )
            SELECT posting.capability_id, sum(posting.weight * rarity.idf) / min(best.score) AS coverage,
                array_agg(rarity.word ORDER BY rarity.idf DESC)
            FROM best, rarity
            JOIN matchgraph_posting AS posting USING (lexeme)
            JOIN catalog_capability AS capability ON capability.id = posting.capability_id
            WHERE %(everywhere)s OR capability.artifact_id = ANY(%(artifacts)s)
            GROUP BY posting.capability_id
            ORDER BY coverage DESC, posting.capability_id
            LIMIT %(limit)s
            """,
            {
                "words": normalised(text).split(),
                "k1": K1,
                "everywhere": scope is None,
                "artifacts": scope.artifact_ids.tolist() if scope else [],
                "limit": N_CAPABILITIES,
            },
        )
        return {row[0]: WordsHit(float(row[1]), tuple(row[2])) for row in cursor.fetchall()}
