"""The two ways to find capabilities: by their words and by their meaning.

Both return scores that mean the same for every query: the share of the query's words that a
capability has, weighted by how rare they are, and the cosine to the nearest of a capability's texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from matchgraph.embedders.protocol import Vectors
from matchgraph.services.lexicon import K1
from matchgraph.texts import normalised

N_CAPABILITIES = 200


@dataclass(frozen=True)
class WordsHit:
    """A capability that has words of the query; ``coverage`` 0-1."""

    coverage: float
    words: tuple[str, ...]


def by_words(text: str, *, artifact_ids: Sequence[int] | None) -> dict[int, WordsHit]:
    """Return the capabilities with the most of the query's words (BM25). One query.

    ``artifact_ids`` limits the search to these artifacts. The sum of the weights is divided by what
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
                "everywhere": artifact_ids is None,
                "artifacts": list(artifact_ids or []),
                "limit": N_CAPABILITIES,
            },
        )
        return {row[0]: WordsHit(float(row[1]), tuple(row[2])) for row in cursor.fetchall()}


@dataclass(frozen=True)
class MeaningHit:
    """A capability near the query; ``intent`` is the text of its own that is nearest, if one is."""

    cosine: float
    intent: str


def by_meaning(
    vector: Vectors, recipe_digest: str, *, artifact_ids: Sequence[int] | None
) -> dict[int, MeaningHit]:
    """Return the capabilities whose name, text or one of whose intents is nearest. One query.

    The scan is exact. Only the generation in use is read, and only if it was made by the same recipe
    as the query's vector; else nothing is found this way.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH generation AS (
                SELECT id FROM matchgraph_generation WHERE is_current AND recipe_digest = %(recipe)s
            ), near AS (
                SELECT capability_id, '' AS intent, 1 - (vector <=> %(vector)s::halfvec) AS cosine
                FROM matchgraph_capabilityembedding
                WHERE generation_id = (SELECT id FROM generation)
                UNION ALL
                SELECT capability_id, '', 1 - (name_vector <=> %(vector)s::halfvec)
                FROM matchgraph_capabilityembedding
                WHERE generation_id = (SELECT id FROM generation)
                UNION ALL
                SELECT edge.capability_id, intent.text, 1 - (embedding.vector <=> %(vector)s::halfvec)
                FROM matchgraph_intentembedding AS embedding
                JOIN matchgraph_intent AS intent ON intent.id = embedding.intent_id
                JOIN matchgraph_edge AS edge ON edge.intent_id = intent.id
                WHERE embedding.generation_id = (SELECT id FROM generation)
            ), nearest AS (
                SELECT DISTINCT ON (near.capability_id) near.*
                FROM near
                JOIN catalog_capability AS capability ON capability.id = near.capability_id
                WHERE %(everywhere)s OR capability.artifact_id = ANY(%(artifacts)s)
                ORDER BY near.capability_id, near.cosine DESC
            )
            SELECT capability_id, cosine, intent FROM nearest
            ORDER BY cosine DESC, capability_id LIMIT %(limit)s
            """,
            {
                "recipe": recipe_digest,
                "vector": f"[{','.join(f'{value:.6g}' for value in vector)}]",
                "everywhere": artifact_ids is None,
                "artifacts": list(artifact_ids or []),
                "limit": N_CAPABILITIES,
            },
        )
        return {row[0]: MeaningHit(float(row[1]), row[2]) for row in cursor.fetchall()}
