"""The leg that goes by meaning: capabilities whose text, name or one of whose intents is near a query.

Where few vectors match, all of them are looked at; where many do, an index is followed until enough are
found (``plan``). In both cases the distance that counts is that of the stored vectors.
"""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from matchgraph.embedders.protocol import Vectors
from matchgraph.models import Generation
from matchgraph.search import plan
from matchgraph.search.plan import MOST_SCANNED, SCAN_WIDTH, Route
from matchgraph.search.scope import Scope

N_CAPABILITIES = 200
# Of a large generation only so many of the nearest names and intents are followed to their capabilities.
N_NAMES, N_INTENTS = 100, 100
# Behind the end of a scope's bits are artifacts that are not in it; PostgreSQL would refuse to look there.
IN_SCOPE = " AND CASE WHEN artifact_id < %(end)s THEN get_bit(%(bits)s, artifact_id::int) = 1 ELSE false END"
OF_ARTIFACTS = " AND artifact_id = ANY(%(artifacts)s)"

# An order that is computed from the distance is one that no index offers.
ORDER = {Route.INDEX: "vector <=> %(vector)s::halfvec", Route.EXACT: "(vector <=> %(vector)s::halfvec) + 0"}

NEAREST = """
WITH texts AS MATERIALIZED (
    SELECT capability_id, artifact_id, vector <=> %(vector)s::halfvec AS distance
    FROM matchgraph_capabilityembedding
    WHERE generation_id = {generation}{texts_scope}
    ORDER BY {texts_order} LIMIT %(limit)s
), names AS MATERIALIZED (
    SELECT id, vector <=> %(vector)s::halfvec AS distance
    FROM matchgraph_nameembedding WHERE generation_id = {generation}
    ORDER BY {names_order} LIMIT %(n_names)s
), intents AS MATERIALIZED (
    SELECT intent_id, vector <=> %(vector)s::halfvec AS distance
    FROM matchgraph_intentembedding WHERE generation_id = {generation}
    ORDER BY {intents_order} LIMIT %(n_intents)s
), bearers AS MATERIALIZED (
    SELECT bearer.capability_id, bearer.artifact_id, named.distance
    FROM (SELECT * FROM names ORDER BY distance) AS named CROSS JOIN LATERAL (
        SELECT capability_id, artifact_id FROM matchgraph_capabilityembedding
        WHERE name_id = named.id{scope} LIMIT %(limit)s
    ) AS bearer
    LIMIT %(n_followed)s
), served AS MATERIALIZED (
    SELECT edge.capability_id, asked.intent_id, asked.distance
    FROM (SELECT * FROM intents ORDER BY distance) AS asked CROSS JOIN LATERAL (
        SELECT capability_id FROM matchgraph_edge AS edge
        WHERE edge.intent_id = asked.intent_id{edges_scope} LIMIT %(limit)s
    ) AS edge
    LIMIT %(n_followed)s
), nearest AS (
    SELECT DISTINCT ON (capability_id) capability_id, artifact_id, intent_id, distance
    FROM (
        SELECT capability_id, artifact_id, NULL::bigint AS intent_id, distance FROM texts
        UNION ALL SELECT capability_id, artifact_id, NULL, distance FROM bearers
        UNION ALL SELECT capability_id, NULL, intent_id, distance FROM served
    ) AS near
    ORDER BY capability_id, distance, intent_id NULLS FIRST
), best AS (
    SELECT * FROM nearest ORDER BY distance, capability_id LIMIT %(limit)s
)
"""
# Without a scope every edge counts: a capability has edges only where it has a vector.
EDGE_IN_SCOPE = """ AND EXISTS (
            SELECT 1 FROM matchgraph_capabilityembedding AS embedding
            WHERE embedding.capability_id = edge.capability_id AND generation_id = {generation}{scope}
        )"""
# Of a few artifacts everything is looked at: what is near the query on the whole may be others' alone.
CLOSEST = """
WITH own AS MATERIALIZED (
    SELECT capability_id, artifact_id, name_id, vector <=> %(vector)s::halfvec AS distance
    FROM matchgraph_capabilityembedding
    WHERE generation_id = {generation} AND artifact_id = ANY(%(artifacts)s)
), names AS MATERIALIZED (
    SELECT id, vector <=> %(vector)s::halfvec AS distance
    FROM matchgraph_nameembedding WHERE id IN (SELECT name_id FROM own)
), nearest AS (
    SELECT DISTINCT ON (capability_id) capability_id, artifact_id, intent_id, distance
    FROM (
        SELECT capability_id, artifact_id, NULL::bigint AS intent_id, distance FROM own
        UNION ALL SELECT own.capability_id, own.artifact_id, NULL, names.distance
        FROM own JOIN names ON names.id = own.name_id
        UNION ALL SELECT edge.capability_id, own.artifact_id, edge.intent_id,
            embedding.vector <=> %(vector)s::halfvec
        FROM own JOIN matchgraph_edge AS edge USING (capability_id)
        JOIN matchgraph_intentembedding AS embedding
            ON embedding.intent_id = edge.intent_id AND embedding.generation_id = {generation}
    ) AS near
    ORDER BY capability_id, distance, intent_id NULLS FIRST
), best AS (
    SELECT * FROM nearest ORDER BY distance, capability_id LIMIT %(limit)s
)
"""
# Looked up one by one: joined, all intents would be read for the few that are nearest.
READ = """
SELECT best.capability_id, coalesce(best.artifact_id, (
        SELECT artifact_id FROM catalog_capability WHERE id = best.capability_id
    )), 1 - best.distance, coalesce((SELECT text FROM matchgraph_intent WHERE id = best.intent_id), '')
FROM best ORDER BY best.distance, best.capability_id
"""


@dataclass(frozen=True)
class MeaningHit:
    """A capability near the query; ``intent`` is the text of its own that is nearest, if one is."""

    artifact_id: int
    cosine: float
    intent: str


def by_meaning(vector: Vectors, recipe_digest: str, *, scope: Scope | None) -> dict[int, MeaningHit]:
    """Return the capabilities whose name, text or one of whose intents is nearest. Two queries.

    Only the generation in use is read, and only if it was made by the same recipe as the query's vector;
    else nothing is found this way. There are never fewer than exist, up to ``N_CAPABILITIES``.
    """
    # The axes are hundreds of kilobytes, and only neighbourhoods read them.
    generations = Generation.objects.filter(is_current=True, recipe_digest=recipe_digest)
    generation = generations.defer("signature_axes").first()
    if generation is None or (scope is not None and not len(scope.artifact_ids)):
        return {}
    return nearest(generation, vector, scope=scope)


def nearest(
    generation: Generation, vector: Vectors, *, scope: Scope | None, is_exact: bool = False
) -> dict[int, MeaningHit]:
    """Return the nearest capabilities of one generation, the nearest first.

    ``is_exact`` looks at every vector, names and intents too, whatever it takes.
    """
    ways = _ways(generation, scope, is_exact=is_exact)
    hits = _run(generation, vector, scope=scope, ways=ways)
    if ways.texts == Route.INDEX and len(hits) < N_CAPABILITIES:
        # An index gives up at some point; looking at all does not.
        hits = _run(generation, vector, scope=scope, ways=replace(ways, texts=Route.EXACT))
    return hits


def _ways(generation: Generation, scope: Scope | None, *, is_exact: bool) -> "Ways":
    n_matching = matching(generation, scope)
    indexed = frozenset() if is_exact else frozenset(generation.indexed)
    is_close = bool(indexed) and scope is not None and n_matching <= plan.CLOSELY_UP_TO
    return Ways(plan.route_for(n_matching, is_indexed="texts" in indexed), indexed, is_close=is_close)


def matching(generation: Generation, scope: Scope | None) -> int:
    """Return about how many capabilities stand in a scope: as many of each artifact as on the whole."""
    n_texts, n_artifacts = (int(generation.counts.get(name, 0)) for name in ("texts", "artifacts"))
    return n_texts if scope is None else round(len(scope.artifact_ids) * n_texts / max(n_artifacts, 1))


@dataclass(frozen=True)
class Ways:
    """How the texts are searched, and which kinds have an index; there is none where all is to be looked at."""

    texts: Route
    indexed: frozenset[str]
    # Whether only the names and intents of the scope's own capabilities are looked at, and all of them.
    is_close: bool = False

    def order(self, kind: str) -> str:
        """Return the order that leads to the way chosen."""
        return ORDER[Route.INDEX if kind in self.indexed else Route.EXACT]

    def at_most(self, n: int) -> int | None:
        """Return how many names or intents are followed: in a generation without an index all of them."""
        return n if self.indexed else None


def _run(
    generation: Generation, vector: Vectors, *, scope: Scope | None, ways: Ways
) -> dict[int, MeaningHit]:
    """Run the statement the way that was chosen."""
    # Without an index there is nothing to set, so nothing that a transaction has to take back.
    with transaction.atomic() if generation.indexed else nullcontext(), connection.cursor() as cursor:
        if generation.indexed:
            _prepare_scan(cursor)
        cursor.execute(
            statement(generation, scope=scope, ways=ways), parameters(vector, scope=scope, ways=ways)
        )
        return {row[0]: MeaningHit(row[1], float(row[2]), row[3]) for row in cursor.fetchall()}


def statement(generation: Generation, *, scope: Scope | None, ways: Ways) -> str:
    """Return the statement that goes the ways chosen; the generation is named in it, as in its indexes."""
    if ways.is_close:
        return CLOSEST.format(generation=int(generation.pk)) + READ
    found = NEAREST.format(
        generation=int(generation.pk),
        scope=IN_SCOPE if scope else "",
        edges_scope=EDGE_IN_SCOPE.format(generation=int(generation.pk), scope=IN_SCOPE) if scope else "",
        texts_scope=_texts_scope(scope, ways.texts),
        texts_order=ORDER[ways.texts],
        names_order=ways.order("names"),
        intents_order=ways.order("intents"),
    )
    return found + READ


def _texts_scope(scope: Scope | None, route: Route) -> str:
    if scope is None:
        return ""
    return OF_ARTIFACTS if route == Route.EXACT else IN_SCOPE


def _prepare_scan(cursor: CursorWrapper) -> None:
    """Let a scan go on behind its first results where a filter takes them away; for this transaction only.

    The planner takes a look at ten thousand vectors for cheaper than an index, which finds the same in a tenth.
    """
    cursor.execute(
        "SELECT set_config('enable_seqscan', 'off', true), set_config('hnsw.ef_search', %s, true),"
        " set_config('hnsw.iterative_scan', 'relaxed_order', true),"
        " set_config('hnsw.max_scan_tuples', %s, true)",
        [str(SCAN_WIDTH), str(MOST_SCANNED)],
    )


def parameters(vector: Vectors, *, scope: Scope | None, ways: Ways) -> dict[str, Any]:
    """Return what the statement is given."""
    return {
        "vector": f"[{','.join(f'{value:.6g}' for value in vector)}]",
        "limit": N_CAPABILITIES,
        "n_names": ways.at_most(N_NAMES),
        "n_intents": ways.at_most(N_INTENTS),
        "n_followed": ways.at_most(2 * N_CAPABILITIES),
        "artifacts": scope.artifact_ids.tolist() if scope else [],
        "bits": scope.bits if scope else b"",
        "end": len(scope.is_allowed) if scope else 0,
    }
