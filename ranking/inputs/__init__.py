"""Reads everything that the rank may know, once, into frozen records.

This package is the only door to the rank. It reads counts, dates, relations, documentation links,
capabilities, measured aggregates, reported results and match evidence; it never reads a claim, a badge, a
price or any other commercial field. How many providers host a model is read as a count of names, not of
money. What an artifact's own builder states feeds no signal.
"""

import datetime as dt
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.db.models.functions import Collate

from catalog.models import Artifact
from ranking.compute.formula import Formula
from ranking.compute.records import ArtifactInputs, SignalInput
from ranking.inputs.activity import activity
from ranking.inputs.adoption import adoption, hosting_providers
from ranking.inputs.documentation import capability_evidence, documentation
from ranking.inputs.origins import ACTIVITY_FIELDS, Signals, known_facts
from ranking.inputs.quality import quality
from ranking.inputs.ties import matches, publishers

ARTIFACT_COLUMNS = (
    "slug",
    "kind",
    "status",
    "is_demonstration",
    "licence_id",
    "licence_outputs_commercial",
    *ACTIVITY_FIELDS,
)


# How many artifacts are read together: each takes a few kilobytes while it is.
CHUNK = 5_000


def read_inputs(formula: Formula, *, as_of: dt.date, chunk: int = CHUNK) -> Iterator[ArtifactInputs]:
    """Yield the inputs of every artifact, ordered by slug, in a fixed number of queries for each chunk.

    An artifact's record holds the signals that the formula uses for its kind and no other. Memory does not
    grow with the catalogue, but for eight bytes an artifact.
    """
    # The digest depends on the order, so no server's locale may decide it.
    ids = array("q", Artifact.objects.order_by(Collate("slug", "C")).values_list("pk", flat=True).iterator())
    for start in range(0, len(ids), chunk):
        yield from _read_chunk(list(ids[start : start + chunk]), formula, as_of)


def _read_chunk(ids: Sequence[int], formula: Formula, as_of: dt.date) -> Iterator[ArtifactInputs]:
    found = Artifact.objects.only(*ARTIFACT_COLUMNS).in_bulk(ids)
    artifacts = [found[artifact_id] for artifact_id in ids if artifact_id in found]
    facts = known_facts(ids)
    signals: dict[int, list[SignalInput]] = defaultdict(list)
    readers: Sequence[Callable[[], Signals]] = (
        lambda: adoption(ids),
        lambda: hosting_providers(ids),
        lambda: quality(ids, formula),
        lambda: documentation(artifacts, facts.origins),
        lambda: capability_evidence(ids),
        lambda: publishers(ids),
        lambda: matches(ids),
        lambda: activity(artifacts, facts, formula=formula, as_of=as_of),
    )
    for read in readers:
        for artifact_id, signal in read():
            signals[artifact_id].append(signal)
    for artifact in artifacts:
        yield _inputs(artifact, signals[artifact.pk], formula)


def _inputs(artifact: Artifact, signals: Iterable[SignalInput], formula: Formula) -> ArtifactInputs:
    used = {rule.name for rule in formula.profile_of(artifact.kind).signals}
    kept = sorted((signal for signal in signals if signal.name in used), key=lambda signal: signal.name)
    return ArtifactInputs(artifact.slug, artifact.kind, tuple(kept), artifact.is_demonstration)
