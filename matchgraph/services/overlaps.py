"""Keeps the overlap of artifacts: of every pair in a small catalogue, of each one's nearest in a large one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations

from django.db import connection
from django.utils import timezone

from matchgraph.capability_sets import CapabilitySet, aligned, capability_sets
from matchgraph.models import Generation, Neighbourhood, Overlap
from matchgraph.services.neighbourhoods import sync_neighbourhoods
from matchgraph.services.overlap_members import Member, members_of, pair_digest

# With more artifacts than this only the nearest of each are kept: pairs grow with the square.
EVERY_PAIR_UP_TO = 1_000
CHUNK = 2_000


@dataclass(frozen=True)
class OverlapReport:
    """How many pairs were computed, and how many stood already."""

    computed: int
    unchanged: int


def sync_overlaps(generation: Generation) -> OverlapReport:
    """Compute what the capabilities that changed decide; drop the overlaps of emptied artifacts."""
    members = members_of(generation)
    _drop_emptied(generation)
    if len(members) > EVERY_PAIR_UP_TO:
        n_computed = sync_neighbourhoods(generation, members)
    else:
        n_computed = _sync_every_pair(generation, members)
    return OverlapReport(n_computed, Overlap.objects.count() - n_computed)


def _drop_emptied(generation: Generation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM matchgraph_overlap AS overlap WHERE EXISTS (
                SELECT 1 FROM unnest(ARRAY[overlap.first_id, overlap.second_id]) AS side
                WHERE NOT EXISTS (
                    SELECT 1 FROM matchgraph_capabilityembedding
                    WHERE artifact_id = side AND generation_id = %s
                )
            )
            """,
            [generation.pk],
        )


def _sync_every_pair(generation: Generation, members: Mapping[int, Member]) -> int:
    """Compute each pair of which one side changed; return how many there were."""
    Neighbourhood.objects.all().delete()
    known = {
        (first, second): digest
        for first, second, digest in Overlap.objects.values_list("first_id", "second_id", "inputs_digest")
    }
    changed = [
        (first, second)
        for first, second in combinations(sorted(members.values()), 2)
        if known.get((first.artifact_id, second.artifact_id)) != pair_digest(first, second)
    ]
    sets = capability_sets(generation.pk, {member.artifact_id for pair in changed for member in pair})
    Overlap.objects.bulk_create(
        [_overlap_row(first, second, sets) for first, second in changed],
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "pairs", "inputs_digest", "computed_at"],
    )
    return len(changed)


def _overlap_row(first: Member, second: Member, sets: dict[int, CapabilitySet]) -> Overlap:
    score, pairs = aligned(sets[first.artifact_id], sets[second.artifact_id])
    return Overlap(
        first_id=first.artifact_id,
        second_id=second.artifact_id,
        score=score,
        pairs=[asdict(pair) for pair in pairs],
        inputs_digest=pair_digest(first, second),
        computed_at=timezone.now(),
    )
