"""Whose work rests on an artifact, whose work it runs, and who took it after a search."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from catalog.models import Relation
from catalog.vocabulary import RelationType
from matchgraph.selectors import match_evidence
from ranking.compute.records import SignalInput
from ranking.inputs.origins import Signals

SUPPORTS = (RelationType.RUNS.value, RelationType.IMPLEMENTS.value)


def publishers(ids: Sequence[int]) -> Signals:
    """Yield how many other publishers build on an artifact or run it, and whose work it runs.

    No tie says that none was entered here, not that there is none: the signal is then missing.
    """
    found: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    wanted = set(ids)
    rows = (
        Relation.objects.filter(Q(artifact__in=ids) | Q(target__in=ids))
        .order_by("pk")
        .values_list("artifact", "artifact__publisher", "target", "target__publisher", "type")
    )
    for artifact_id, own, target_id, other, kind in rows:
        if own == other:
            continue
        is_run = kind in SUPPORTS
        found["dependent_publishers"][target_id].add(own)
        found["tool_publishers" if is_run else "derivative_publishers"][target_id].add(own)
        if is_run:
            found["supported_publishers"][artifact_id].add(other)
    for name, by_artifact in found.items():
        for artifact_id in by_artifact.keys() & wanted:
            others = by_artifact[artifact_id]
            yield artifact_id, SignalInput(name, len(others), source="Relations in this catalogue")


def matches(ids: Sequence[int]) -> Signals:
    """Yield how often those who looked at an artifact among the answers to a search took it."""
    for artifact_id, evidence in match_evidence(ids).items():
        if evidence.success is not None and evidence.is_published:
            period = f"{evidence.since} to {evidence.until}"
            signal = SignalInput(
                "match_rate",
                round(evidence.success, 6),
                sd=round(evidence.success_sd, 6),
                source="Searches on this site",
                as_of=evidence.until,
                detail=f"{evidence.times_matched} of {evidence.impressions} visitors took it, {period}",
            )
            yield artifact_id, signal
