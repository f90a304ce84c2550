"""Learns from visitors: what their choices say of artifacts, of intents and of edges, and what did not count."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Artifact
from matchgraph.learning.learn import Evidence, Weighed, evidence_by, weighed
from matchgraph.learning.showings import Booleans, Floats, Integers, Showings
from matchgraph.learning.success import USUAL_SUCCESS, Success, smoothed
from matchgraph.models import ArtifactMatch, Discard, Edge, Generation, IntentMatch
from matchgraph.services.graph import EdgeEvidence, GraphReport, sync_edges
from matchgraph.services.showings import day_number, day_of, logged_showings

BATCH = 1000
# Held while evidence is rewritten, so that two workers cannot do it at once.
ADVISORY_LOCK = 7_281_003
LINK = """
UPDATE matchgraph_searchevent AS event SET intent_id = intent.id
FROM matchgraph_intent AS intent
WHERE event.intent_id IS NULL AND event.query_digest <> '' AND intent.text_digest = event.query_digest
"""


@dataclass(frozen=True)
class LearningReport:
    """What was read, what counted, and what did not and why; ``examination`` is by position from 1."""

    n_showings: int
    n_counted: int
    discarded: dict[str, int]
    examination: tuple[float, ...]
    n_artifacts: int
    n_intent_matches: int
    graph: GraphReport | None

    def __str__(self) -> str:
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(self.discarded.items()))
        looks = ", ".join(f"{share:.2f}" for share in self.examination[:10])
        return (
            f"{self.n_counted} of {self.n_showings} showings count"
            f"{f' (not: {why})' if why else ''}; positions are looked at {looks or 'as believed'}; "
            f"{self.n_artifacts} artifacts and {self.n_intent_matches} pairs of intent and artifact written, "
            f"{self.graph.changed if self.graph else 0} edges changed"
        )


def learn_from_visitors(
    *, today: dt.date | None = None, generation: Generation | None = None
) -> LearningReport:
    """Write down what visitors' choices say now; the same log on the same day changes nothing.

    Args:
        today: the day from which the age of evidence counts; by default this one.
        generation: whose vectors edges go by; by default those in use. Without any there are no edges.
    """
    today = today or timezone.now().date()
    generation = generation or Generation.objects.filter(is_current=True).first()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
            cursor.execute(LINK)
        logged = logged_showings()
        found = weighed(logged.showings, today=day_number(today))
        kept = ~(found.discards.repeated | found.discards.burst | found.discards.referrer)
        intent, capability = logged.graph_intent[kept], logged.capability[kept]
        n_artifacts = _write_artifact_matches(found)
        n_matches = _write_intent_matches(found, intent)
        graph = sync_edges(generation, edge_evidence(found, intent, capability)) if generation else None
        discarded = _write_discards(logged.showings, found)
    return LearningReport(
        n_showings=len(logged.showings),
        n_counted=len(found.rows),
        discarded=discarded,
        examination=tuple(float(share) for share in found.examination),
        n_artifacts=n_artifacts,
        n_intent_matches=n_matches,
        graph=graph,
    )


def _write_artifact_matches(found: Weighed) -> int:
    firsts, evidence = evidence_by(found, found.rows.item)
    success = smoothed(evidence.taken, evidence.looks, prior=np.full(len(firsts), USUAL_SUCCESS))
    known = set(Artifact.objects.values_list("pk", flat=True))
    rows = [
        ArtifactMatch(artifact_id=artifact_id, **fields)
        for artifact_id, fields in zip(
            found.rows.item[firsts].tolist(), _fields(evidence, success), strict=True
        )
        if artifact_id in known
    ]
    ArtifactMatch.objects.all().delete()
    ArtifactMatch.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _write_intent_matches(found: Weighed, intent: Integers) -> int:
    """Write the matches of the graph's intents; the prior of each is the best similarity of its edges."""
    in_graph = _only(found, intent > 0)
    firsts, evidence = evidence_by(in_graph, in_graph.rows.intent, in_graph.rows.item)
    pairs = list(zip(in_graph.rows.intent[firsts].tolist(), in_graph.rows.item[firsts].tolist(), strict=True))
    believed = _best_similarities({pair[0] for pair in pairs})
    prior = np.array([USUAL_SUCCESS * believed.get(pair, 1.0) for pair in pairs])
    success = smoothed(evidence.taken, evidence.looks, prior=prior)
    rows = [
        IntentMatch(intent_id=intent_id, artifact_id=artifact_id, **fields)
        for (intent_id, artifact_id), fields in zip(pairs, _fields(evidence, success), strict=True)
    ]
    IntentMatch.objects.all().delete()
    IntentMatch.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _best_similarities(intent_ids: set[int]) -> dict[tuple[int, int], float]:
    """Return by intent and artifact the highest similarity of its edges, 0-1, where there are any."""
    best: dict[tuple[int, int], float] = {}
    edges = Edge.objects.filter(intent__in=intent_ids).values_list(
        "intent", "capability__artifact", "similarity"
    )
    for intent_id, artifact_id, similarity in edges:
        pair = intent_id, artifact_id
        best[pair] = max(best.get(pair, 0.0), min(max(similarity, 0.0), 1.0))
    return best


def edge_evidence(
    found: Weighed, intent: Integers, capability: Integers
) -> dict[tuple[int, int], EdgeEvidence]:
    """Return by cluster's first intent and capability what visitors say of the edge between them."""
    chosen = (intent > 0) & (capability > 0)
    rows, capability = _only(found, chosen), capability[chosen]
    firsts, evidence = evidence_by(rows, rows.rows.intent, capability)
    return {
        (int(rows.rows.intent[row]), int(capability[row])): EdgeEvidence(
            taken=float(evidence.taken[n]),
            looks=float(evidence.looks[n]),
            visitors=int(evidence.visitors[n]),
            visitors_taken=int(evidence.visitors_taken[n]),
            first_on=day_of(evidence.first_day[n]),
            last_on=day_of(evidence.last_day[n]),
        )
        for n, row in enumerate(firsts)
    }


def _only(found: Weighed, chosen: Booleans) -> Weighed:
    """Return some of the rows that count."""
    return Weighed(
        found.rows.where(chosen), found.taken[chosen], found.looks[chosen], found.examination, found.discards
    )


def _fields(evidence: Evidence, success: Success) -> Iterator[dict[str, object]]:
    """Return the columns that every learnt row has, one row after another."""
    columns: dict[str, Floats | Integers] = {
        "success": success.mean,
        "success_sd": success.sd,
        "success_low": success.low,
        "success_high": success.high,
        "looks": evidence.looks,
        "taken": evidence.taken,
        "visitors": evidence.visitors,
        "visitors_taken": evidence.visitors_taken,
    }
    for n, (first, last) in enumerate(zip(evidence.first_day, evidence.last_day, strict=True)):
        values = {name: column[n].item() for name, column in columns.items()}
        yield {**values, "first_on": day_of(first), "last_on": day_of(last)}


def _write_discards(showings: Showings, found: Weighed) -> dict[str, int]:
    """Write anew what was read and did not count, by day and artifact; what the door counted stays."""
    why = {
        Discard.Reason.REPEATED: found.discards.repeated,
        Discard.Reason.BURST: found.discards.burst,
        Discard.Reason.REFERRER: found.discards.referrer,
        Discard.Reason.LITTLE_TRUST: found.discards.little_trust,
    }
    known = set(Artifact.objects.values_list("pk", flat=True))
    Discard.objects.exclude(reason__in=Discard.AT_THE_DOOR).delete()
    rows = [
        Discard(day=day_of(day), reason=reason, artifact_id=item, count=count)
        for reason, mask in why.items()
        for (day, item), count in Counter(
            zip(showings.day[mask].tolist(), showings.item[mask].tolist(), strict=True)
        ).items()
        if item in known
    ]
    Discard.objects.bulk_create(rows, batch_size=BATCH)
    return {reason.value: int(mask.sum()) for reason, mask in why.items() if mask.any()}
