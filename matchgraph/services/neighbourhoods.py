"""Keeps the nearest of each artifact where there are too many to keep every pair.

A changed artifact is found new neighbours, enters the lists of those it is now near to, and leaves those it
was in; a list that has become too short is made anew. Nothing else is touched.
"""

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from matchgraph.models import Generation, Neighbourhood, Overlap
from matchgraph.models.graph import SIGNATURE_DIMENSIONS
from matchgraph.neighbours import (
    Neighbour,
    candidates,
    gathered,
    nearest_sets,
    principal_axes,
    signatures,
)
from matchgraph.services.overlap_members import Member, pair_digest
from matchgraph.services.stored_vectors import Floats, Ids, StoredVectors, stored_vectors

# How many neighbours pages are promised, and how many are kept so that a list can lose some.
PROMISED, KEPT = 10, 20
# How many artifacts are compared exactly; of the true ten 92 % are among them (benchmarks/README.md).
N_CANDIDATES = 128
# Up to so many changed artifacts are looked at one by one; more, and everything is read at once.
FEW = 200
SAMPLED = 4_096


@dataclass(frozen=True)
class FoundPair:
    """Two artifacts by their ids, as found from the first, and the pairs of their capabilities."""

    first: int
    second: int
    score: float
    capabilities: tuple[tuple[int, int, float], ...]


def sync_neighbourhoods(generation: Generation, members: Mapping[int, Member]) -> int:
    """Find the nearest of each artifact whose capabilities changed; return how many pairs were written."""
    known = dict(Neighbourhood.objects.values_list("artifact_id", "inputs_digest"))
    changed = [pk for pk, member in members.items() if known.get(pk) != member.digest]
    gone = list(known.keys() - members.keys())
    if len(changed) > FEW or generation.signature_axes is None:
        return _find_all(generation, members)
    short = _leave(changed + gone)
    Neighbourhood.objects.filter(pk__in=gone).delete()
    n_pairs = _find_few(generation, members, changed) if changed else 0
    again = [pk for pk in _too_short(short - set(changed)) if pk in members]
    return n_pairs + (_find_few(generation, members, again) if again else 0)


def _leave(artifact_ids: Sequence[int]) -> set[int]:
    """Take artifacts out of all lists; return the others that had one of them in theirs."""
    rows = Overlap.objects.filter(Q(first__in=artifact_ids) | Q(second__in=artifact_ids))
    touched = {pk for pair in rows.values_list("first_id", "second_id").iterator() for pk in pair}
    rows.delete()
    return touched - set(artifact_ids)


def _too_short(artifact_ids: Collection[int]) -> list[int]:
    """Return the artifacts whose list has fewer neighbours left than pages are promised. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT own.artifact_id FROM unnest(%s::bigint[]) AS asked(id)
            JOIN matchgraph_neighbourhood AS own ON own.artifact_id = asked.id
            CROSS JOIN LATERAL (
                SELECT count(*) AS n FROM (
                    SELECT score FROM matchgraph_overlap WHERE first_id = own.artifact_id
                    UNION ALL SELECT score FROM matchgraph_overlap WHERE second_id = own.artifact_id
                ) AS pair WHERE pair.score >= own.least_score
            ) AS kept
            WHERE kept.n < %s ORDER BY own.artifact_id
            """,
            [list(artifact_ids), PROMISED],
        )
        return [row[0] for row in cursor.fetchall()]


def _find_all(generation: Generation, members: Mapping[int, Member]) -> int:
    """Find everyone's neighbours with everything at hand: candidates by products of all signatures."""
    began = timezone.now()
    with tempfile.TemporaryDirectory(prefix="overlaps-") as folder:
        stored = stored_vectors(generation, folder=Path(folder))
        sums = stored.sums()
        sample = np.random.default_rng(0).permutation(len(sums))[:SAMPLED]
        axes = principal_axes(sums[sample], n=SIGNATURE_DIMENSIONS)
        generation.signature_axes = axes.tobytes()
        generation.save(update_fields=["signature_axes"])
        signed = signatures(sums, axes)
        least: dict[int, float] = {}
        n_pairs = _write_pairs(_found_in_all(stored, signed, least), members)
    Overlap.objects.filter(computed_at__lt=began).delete()
    Neighbourhood.objects.all().delete()
    _write_neighbourhoods(stored.artifact_ids, signed, least, members)
    return n_pairs


def _found_in_all(stored: StoredVectors, signed: Floats, least: dict[int, float]) -> Iterator[FoundPair]:
    """Return the pairs of each artifact's nearest, noting the worst score that is kept of each."""
    for row, others in candidates(signed, np.arange(len(signed)), n=N_CANDIDATES):
        found = _nearest(stored, row, others, n=KEPT)
        least[int(stored.artifact_ids[row])] = found[-1].alignment.score if len(found) == KEPT else 0.0
        for item in found:
            yield _pair(stored, row, int(others[item.place]), item)


def _nearest(stored: StoredVectors, row: int, others: Ids, *, n: int) -> list[Neighbour]:
    own = np.arange(stored.bounds[row], stored.bounds[row + 1])
    columns, starts = gathered(others, stored.bounds)
    return nearest_sets(stored.similarities(own, columns), starts, n=n)


def _pair(stored: StoredVectors, row: int, other: int, item: Neighbour) -> FoundPair:
    first, second = stored.bounds[row], stored.bounds[other]
    ids = stored.capability_ids
    return FoundPair(
        int(stored.artifact_ids[row]),
        int(stored.artifact_ids[other]),
        item.alignment.score,
        tuple(
            (int(ids[first + pair.first]), int(ids[second + pair.second]), round(pair.similarity, 4))
            for pair in item.alignment.pairs
        ),
    )


def _find_few(generation: Generation, members: Mapping[int, Member], changed: Sequence[int]) -> int:
    """Find the neighbours of few artifacts, reading only their candidates."""
    axes = np.frombuffer(generation.signature_axes or b"", np.float32).reshape(-1, SIGNATURE_DIMENSIONS)
    own = stored_vectors(generation, artifact_ids=changed)
    signed = signatures(own.sums(), axes)
    _write_neighbourhoods(own.artifact_ids, signed, {}, members)
    n_pairs = 0
    for artifact_id, signature in zip(own.artifact_ids.tolist(), signed, strict=True):
        near = _near_signatures(signature, artifact_id)
        stored = stored_vectors(generation, artifact_ids=[artifact_id, *near])
        row = int(np.searchsorted(stored.artifact_ids, artifact_id))
        others = np.flatnonzero(stored.artifact_ids != artifact_id)
        found = _nearest(stored, row, others, n=len(others))
        least = found[KEPT - 1].alignment.score if len(found) >= KEPT else 0.0
        pairs = [_pair(stored, row, int(others[item.place]), item) for item in found]
        kept = [pair for pair in pairs if pair.score >= min(least, near.get(pair.second, 0.0))]
        n_pairs += _write_pairs(kept, members)
        Neighbourhood.objects.filter(pk=artifact_id).update(least_score=least)
    return n_pairs


def _near_signatures(signature: Floats, artifact_id: int) -> dict[int, float]:
    """Return the candidates of one artifact, each with the worst score that its own list keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT artifact_id, least_score FROM matchgraph_neighbourhood WHERE artifact_id <> %s"
            " ORDER BY signature <=> %s::halfvec LIMIT %s",
            [artifact_id, f"[{','.join(f'{value:.6g}' for value in signature)}]", N_CANDIDATES],
        )
        return dict(cursor.fetchall())


def _write_neighbourhoods(
    artifact_ids: Ids, signed: Floats, least: Mapping[int, float], members: Mapping[int, Member]
) -> None:
    """Write down what the lists were made for."""
    Neighbourhood.objects.bulk_create(
        (
            Neighbourhood(
                artifact_id=pk,
                inputs_digest=members[pk].digest,
                least_score=least.get(pk, 0.0),
                signature=signature,
            )
            for pk, signature in zip(artifact_ids.tolist(), signed, strict=True)
        ),
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["artifact"],
        update_fields=["inputs_digest", "least_score", "signature"],
    )


WRITE = """
INSERT INTO matchgraph_overlap (first_id, second_id, score, pairs, inputs_digest, computed_at)
SELECT DISTINCT ON (first_id, second_id) first_id, second_id, score, pairs, inputs_digest, %s
FROM found_overlap ORDER BY first_id, second_id
ON CONFLICT (first_id, second_id) DO UPDATE SET
    score = excluded.score, pairs = excluded.pairs,
    inputs_digest = excluded.inputs_digest, computed_at = excluded.computed_at
"""


def _write_pairs(found: Iterable[FoundPair], members: Mapping[int, Member]) -> int:
    """Write pairs as they are found; one that was found from both sides is written once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE found_overlap (first_id bigint, second_id bigint, score float8,"
            " pairs jsonb, inputs_digest varchar(64)) ON COMMIT DROP"
        )
        with cursor.copy("COPY found_overlap FROM STDIN") as copy:
            for pair in found:
                first, second = members[pair.first], members[pair.second]
                is_turned = first.slug > second.slug
                if is_turned:
                    first, second = second, first
                copy.write_row(
                    (
                        first.artifact_id,
                        second.artifact_id,
                        pair.score,
                        _as_json(pair, is_turned=is_turned),
                        pair_digest(first, second),
                    )
                )
        cursor.execute(WRITE, [timezone.now()])
        n_pairs = int(cursor.rowcount)
        cursor.execute("DROP TABLE found_overlap")
    return n_pairs


def _as_json(pair: FoundPair, *, is_turned: bool) -> str:
    names = ("second", "first") if is_turned else ("first", "second")
    return json.dumps(
        [
            {names[0]: one, names[1]: other, "similarity": similarity}
            for one, other, similarity in pair.capabilities
        ]
    )
