"""Writes a made-up corpus into an empty site: rows by COPY, vectors in PostgreSQL's binary form."""

from collections.abc import Iterator

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.corpus import PER_ARTIFACT, Batch, Corpus, Ids, Pool, Vectors
from benchmarks.rank import HEADER, TRAILER
from benchmarks.site import set_defaults
from catalog.models import Artifact, Capability
from matchgraph.texts import digest_of, normalised

# What a search asks for to leave a share of the artifacts.
FILTERS = {"10 %": "MIT licence", "1 %": "GPL licence", "0.1 %": "AGPL licence"}
ARTIFACTS = """
INSERT INTO catalog_publisher (id, slug, name, url) VALUES (1, 'maker', 'Maker', '');
INSERT INTO catalog_artifact (id, slug, name, kind, publisher_id, summary, inputs, outputs, openness, licence_id,
    licence_name, licence_outputs_commercial, licence_weights_commercial, parameter_count, created_at, updated_at)
SELECT n, 'made-' || to_hex(n * 2654435761 %% 4294967296), 'Made ' || to_hex(n * 2654435761 %% 4294967296),
    'model', 1, 'Makes pictures from words.', '{text}', '{image}', 'open-weights', licence, licence, 'yes', 'yes',
    n, now(), now()
FROM generate_series(1::bigint, %s) AS n, LATERAL (SELECT CASE
    WHEN n %% 1000 = 1 THEN 'AGPL-3.0' WHEN n %% 100 = 2 THEN 'GPL-3.0' WHEN n %% 10 = 3 THEN 'MIT'
    ELSE 'Apache-2.0' END AS licence) AS drawn
"""
AFTER = """
INSERT INTO matchgraph_edge (intent_id, capability_id, weight, similarity, impressions, accepted, updated_at)
SELECT intent.id, capability.id, 0.5, 0.5, 0, 0, now()
FROM catalog_capability AS capability JOIN matchgraph_intent AS intent ON intent.text = capability.intents[1];
SELECT setval(pg_get_serial_sequence('catalog_capability', 'id'), max(id)) FROM catalog_capability;
SELECT setval(pg_get_serial_sequence('catalog_artifact', 'id'), max(id)) FROM catalog_artifact;
SELECT setval(pg_get_serial_sequence('matchgraph_intent', 'id'), max(id)) FROM matchgraph_intent;
SELECT setval(pg_get_serial_sequence('matchgraph_nameembedding', 'id'), max(id)) FROM matchgraph_nameembedding;
SELECT setval(pg_get_serial_sequence('matchgraph_capabilityembedding', 'id'), max(id))
FROM matchgraph_capabilityembedding;
"""


def fill(database: psycopg.Connection, corpus: Corpus, *, generation_id: int) -> Iterator[int]:
    """Write artifacts, capabilities, names, intents, edges and vectors; yield how many capabilities there are."""
    n_artifacts = corpus.n // PER_ARTIFACT
    statements = ARTIFACTS.split(";\n")
    _set_defaults(database)
    database.execute(statements[0])
    database.execute(statements[1], [n_artifacts])
    _write_names(database, corpus.names, generation_id)
    _write_intents(database, corpus.intents, generation_id)
    start = 0
    for batch in corpus.batches():
        ids = np.arange(start + 1, start + len(batch.descriptions) + 1)
        artifacts = (ids - 1) // PER_ARTIFACT + 1
        _write_capabilities(database, batch, corpus, ids, artifacts)
        digests = [
            digest_of(corpus.names.texts[name], text)
            for name, text in zip(batch.names, batch.descriptions, strict=True)
        ]
        columns = {
            "id": ids,
            "generation_id": np.full(len(ids), generation_id),
            "capability_id": ids,
            "artifact_id": artifacts,
            "name_id": batch.names + 1,
            "content_digest": np.array(digests, "S64"),
        }
        _copy_vectors(database, "matchgraph_capabilityembedding", columns, batch.vectors)
        start += len(ids)
        yield start
    for statement in AFTER.split(";\n"):
        if statement.strip():
            database.execute(statement)
    database.execute("VACUUM ANALYZE")


def _set_defaults(database: psycopg.Connection) -> None:
    # Drawn with replacement, an artifact may have an ability twice.
    database.execute("ALTER TABLE catalog_capability DROP CONSTRAINT capability_once_per_artifact")
    set_defaults(database, Artifact, Capability)


def _write_capabilities(
    database: psycopg.Connection, batch: Batch, corpus: Corpus, ids: Ids, artifacts: Ids
) -> None:
    names, intents = corpus.names.texts, corpus.intents.texts
    columns = "id, artifact_id, position, name, description, intents, confidence, origin"
    with database.cursor().copy(f"COPY catalog_capability ({columns}) FROM STDIN") as copy:
        rows = zip(ids, artifacts, batch.names, batch.descriptions, batch.intents, strict=True)
        for pk, artifact, name, text, intent in rows:
            place = (pk - 1) % PER_ARTIFACT
            said = (names[name], text, [intents[intent]], "high", "curated")
            copy.write_row((int(pk), int(artifact), int(place), *said))


def _write_names(database: psycopg.Connection, pool: Pool, generation_id: int) -> None:
    _write_pool(database, "matchgraph_nameembedding", "id, generation_id, name", pool, generation_id)


def _write_pool(
    database: psycopg.Connection, table: str, columns: str, pool: Pool, generation_id: int
) -> None:
    with database.cursor().copy(f"COPY {table} ({columns}, vector) FROM STDIN") as copy:
        for number, (text, vector) in enumerate(zip(pool.texts, pool.vectors, strict=True), start=1):
            copy.write_row((number, generation_id, text, _as_text(vector)))


def _as_text(vector: Vectors) -> str:
    return f"[{','.join(f'{value:.5g}' for value in vector)}]"


def _write_intents(database: psycopg.Connection, pool: Pool, generation_id: int) -> None:
    with database.cursor().copy("COPY matchgraph_intent (id, text, text_digest, origin) FROM STDIN") as copy:
        for number, text in enumerate(pool.texts, start=1):
            copy.write_row((number, text, digest_of(normalised(text)), "curated"))
    ids = np.arange(1, len(pool.texts) + 1)
    columns = {"id": ids, "generation_id": np.full(len(ids), generation_id), "intent_id": ids}
    _copy_vectors(database, "matchgraph_intentembedding", columns, pool.vectors)


def _copy_vectors(
    database: psycopg.Connection, table: str, columns: dict[str, NDArray[np.generic]], vectors: Vectors
) -> None:
    """Copy rows of integers, one text of 64 signs at most and a halfvec: length, dimensions, halves."""
    kinds = {name: "S64" if values.dtype.kind == "S" else ">i8" for name, values in columns.items()}
    layout: list[tuple[str, str] | tuple[str, str, int]] = [("n", ">i2")]
    for name, kind in kinds.items():
        layout += [(f"{name}_length", ">i4"), (name, kind)]
    n_dimensions = vectors.shape[1]
    layout += [("length", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f2", n_dimensions)]
    rows = np.zeros(len(vectors), np.dtype(layout))
    rows["n"] = len(columns) + 1
    for name, values in columns.items():
        rows[f"{name}_length"] = 64 if kinds[name] == "S64" else 8
        rows[name] = values
    rows["length"], rows["dimensions"], rows["vector"] = 4 + 2 * n_dimensions, n_dimensions, vectors
    listed = ", ".join([*columns, "vector"])
    with database.cursor().copy(f"COPY {table} ({listed}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(HEADER + rows.tobytes() + TRAILER)
