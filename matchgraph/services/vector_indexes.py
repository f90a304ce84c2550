"""Approximate indexes of one generation's vectors: each holds that generation alone, and goes with it."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from matchgraph.models import CapabilityEmbedding, Generation, IntentEmbedding, NameEmbedding
from matchgraph.search.plan import INDEXED_FROM

# Neighbours a vector keeps, and how many are looked at to choose them; the gate says whether that is enough.
NEIGHBOURS, LOOKED_AT = 16, 128
# What a vector of 384 halves and its neighbours take while an index is built.
BYTES_PER_VECTOR = 1_700


@dataclass(frozen=True)
class Indexed:
    """A table of vectors, and what the index of one generation of it is called."""

    table: str
    stem: str

    def name(self, generation: Generation) -> str:
        """Return the name of a generation's index."""
        return f"{self.stem}_{generation.pk}"


TABLES = {
    "texts": Indexed(CapabilityEmbedding._meta.db_table, "near_texts"),
    "names": Indexed(NameEmbedding._meta.db_table, "near_names"),
    "intents": Indexed(IntentEmbedding._meta.db_table, "near_intents"),
}


def index_generation(generation: Generation) -> None:
    """Count a generation's vectors, and index each kind of which there are many and that has no index.

    Later vectors enter by themselves. What is small is scanned exactly and needs none.
    """
    generation.counts = {
        "texts": generation.embeddings.count(),
        "names": generation.name_embeddings.count(),
        "intents": generation.intent_embeddings.count(),
        "artifacts": generation.embeddings.values("artifact").distinct().count(),
    }
    for kind, indexed in TABLES.items():
        n = generation.counts[kind]
        if n >= INDEXED_FROM and kind not in generation.indexed:
            _create(indexed, generation, n=n)
            generation.indexed = [*generation.indexed, kind]
    generation.save(update_fields=["counts", "indexed"])


def drop_indexes(generation: Generation) -> None:
    """Remove a generation's indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for indexed in TABLES.values():
            name = sql.Identifier(indexed.name(generation))
            cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(name))


def _create(indexed: Indexed, generation: Generation, *, n: int) -> None:
    """Build one index, in memory as far as the settings allow: on disk it takes many times as long."""
    megabytes = min(max(n * BYTES_PER_VECTOR // 2**20, 64), settings.INDEX_MEMORY_MB)
    statement = sql.SQL(
        "CREATE INDEX {name} ON {table} USING hnsw (vector halfvec_cosine_ops)"
        " WITH (m = {m}, ef_construction = {looked_at}) WHERE generation_id = {generation}"
    ).format(
        name=sql.Identifier(indexed.name(generation)),
        table=sql.Identifier(indexed.table),
        m=sql.Literal(NEIGHBOURS),
        looked_at=sql.Literal(LOOKED_AT),
        generation=sql.Literal(generation.pk),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # Rows whose references wait to be checked may not be indexed yet.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [f"{megabytes}MB"])
        cursor.execute(statement)
