"""Keeps the overlap of every pair of artifacts; a pair whose capabilities are as before is left alone."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import combinations

from django.utils import timezone

from matchgraph.capability_sets import NAME_SHARE, CapabilitySet, aligned, capability_sets
from matchgraph.models import Generation, Overlap
from matchgraph.overlap import THRESHOLD
from matchgraph.texts import digest_of

METHOD = f"soft Jaccard, one-to-one, threshold {THRESHOLD}, names count {NAME_SHARE}"
CHUNK = 2_000


@dataclass(frozen=True)
class OverlapReport:
    """How many pairs were computed, and how many stood already."""

    computed: int
    unchanged: int


@dataclass(frozen=True, order=True)
class Member:
    """One artifact, and the digest of everything about it that decides its overlaps."""

    slug: str
    artifact_id: int
    digest: str


def sync_overlaps(generation: Generation) -> OverlapReport:
    """Compute the overlap of each pair whose capabilities changed; drop those of emptied artifacts."""
    members = _members(generation)
    known = {
        (first, second): digest
        for first, second, digest in Overlap.objects.values_list("first_id", "second_id", "inputs_digest")
    }
    pairs = list(combinations(sorted(members), 2))
    changed = [
        (first, second)
        for first, second in pairs
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
    ids = [member.artifact_id for member in members]
    Overlap.objects.exclude(first__in=ids, second__in=ids).delete()
    return OverlapReport(len(changed), len(pairs) - len(changed))


def pair_digest(first: Member, second: Member) -> str:
    """Return the digest of everything that decides a pair's row."""
    return digest_of(METHOD, first.digest, second.digest)


def _members(generation: Generation) -> list[Member]:
    parts: dict[tuple[str, int], list[str]] = defaultdict(list)
    rows = generation.embeddings.order_by("capability_id").values_list(
        "capability__artifact__slug", "capability__artifact_id", "capability_id", "content_digest"
    )
    for slug, artifact_id, capability_id, digest in rows:
        parts[slug, artifact_id].append(f"{capability_id}:{digest}")
    return [
        Member(slug, artifact_id, digest_of(generation.recipe_digest, *texts))
        for (slug, artifact_id), texts in parts.items()
    ]


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
