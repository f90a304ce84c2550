"""Reads everything that the rank may know, once, into frozen records.

This package is the only door to the rank. It reads counts, dates, relations, documentation links,
capabilities, measured aggregates, reported results and match evidence; it never reads a claim, a badge, a
price or any other commercial field. How many providers host a model is read as a count of names, not of
money. What an artifact's own builder states feeds no signal.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db.models.functions import Collate

from catalog.models import Artifact
from ranking.compute.formula import Formula
from ranking.compute.records import ArtifactInputs, SignalInput
from ranking.inputs.activity import activity
from ranking.inputs.adoption import adoption, hosting_providers
from ranking.inputs.documentation import capability_evidence, documentation
from ranking.inputs.origins import ACTIVITY_FIELDS, Signals, fact_origins
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


def read_inputs(formula: Formula, *, as_of: dt.date) -> list[ArtifactInputs]:
    """Return the inputs of every artifact, ordered by slug, in a fixed number of queries.

    An artifact's record holds the signals that the formula uses for its kind and no other.
    """
    # The digest depends on the order, so no server's locale may decide it.
    artifacts = list(Artifact.objects.only(*ARTIFACT_COLUMNS).order_by(Collate("slug", "C")))
    ids = [artifact.pk for artifact in artifacts]
    origins = fact_origins()
    signals: dict[int, list[SignalInput]] = defaultdict(list)
    readers: Sequence[Callable[[], Signals]] = (
        adoption,
        hosting_providers,
        lambda: quality(ids, formula),
        lambda: documentation(artifacts, origins),
        capability_evidence,
        publishers,
        lambda: matches(ids),
        lambda: activity(artifacts, origins, formula=formula, as_of=as_of),
    )
    for read in readers:
        for artifact_id, signal in read():
            signals[artifact_id].append(signal)
    return [_inputs(artifact, signals[artifact.pk], formula) for artifact in artifacts]


def _inputs(artifact: Artifact, signals: Iterable[SignalInput], formula: Formula) -> ArtifactInputs:
    used = {rule.name for rule in formula.profile_of(artifact.kind).signals}
    kept = sorted((signal for signal in signals if signal.name in used), key=lambda signal: signal.name)
    return ArtifactInputs(artifact.slug, artifact.kind, tuple(kept), artifact.is_demonstration)
