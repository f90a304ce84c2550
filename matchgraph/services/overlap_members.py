"""The artifacts that have capabilities, and what decides the overlaps of each."""

from dataclasses import dataclass

from django.db import connection

from matchgraph.capability_sets import NAME_SHARE
from matchgraph.models import Generation
from matchgraph.overlap import THRESHOLD
from matchgraph.texts import digest_of

METHOD = f"soft Jaccard, one-to-one, threshold {THRESHOLD}, names count {NAME_SHARE}"


@dataclass(frozen=True, order=True)
class Member:
    """One artifact, and the digest of everything about it that decides its overlaps."""

    slug: str
    artifact_id: int
    digest: str


def members_of(generation: Generation) -> dict[int, Member]:
    """Return the artifacts with capabilities by their ids; the database makes the digests."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT artifact.slug, artifact.id, encode(sha256(convert_to(%s || E'\\x1f' || string_agg(
                embedding.capability_id || ':' || embedding.content_digest, E'\\x1f'
                ORDER BY embedding.capability_id), 'UTF8')), 'hex')
            FROM matchgraph_capabilityembedding AS embedding
            JOIN catalog_artifact AS artifact ON artifact.id = embedding.artifact_id
                AND artifact.merged_into_id IS NULL
            WHERE embedding.generation_id = %s GROUP BY artifact.id
            """,
            [generation.recipe_digest, generation.pk],
        )
        return {row[1]: Member(*row) for row in cursor.fetchall()}


def pair_digest(first: Member, second: Member) -> str:
    """Return the digest of everything that decides a pair's row."""
    return digest_of(METHOD, first.digest, second.digest)
