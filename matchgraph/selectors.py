"""Reads of the match graph that pages and the rank share."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject

from catalog.models import Capability
from catalog.vocabulary import Confidence, Kind, Openness, Origin
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.capability_sets import EMPTY, AlignedIds, ReadSets, aligned, current_sets
from matchgraph.models import ArtifactMatch, Intent, IntentMatch, Overlap

TOP_INTENTS = 3


@dataclass(frozen=True)
class CapabilityView:
    """One capability as pages show it."""

    id: int
    name: str
    description: str
    unique_aspect: str
    versus_alternatives: str
    confidence: Confidence
    origin: Origin


@dataclass(frozen=True)
class AlignedPair:
    """A capability of each artifact that do the same, and the cosine between them."""

    first: CapabilityView
    second: CapabilityView
    similarity: float


@dataclass(frozen=True)
class OverlapView:
    """How far two artifacts do the same, 0-1: what they share, and what only one of them has."""

    score: float
    pairs: tuple[AlignedPair, ...]
    only_first: tuple[CapabilityView, ...]
    only_second: tuple[CapabilityView, ...]


@dataclass(frozen=True)
class Related:
    """An artifact that shares capabilities with another one."""

    artifact_id: int
    slug: str
    name: str
    kind: Kind
    rank_score: float | None
    overlap: float
    n_shared: int
    n_own: int
    shared: tuple[str, ...]
    openness: Openness


@dataclass(frozen=True)
class MatchedIntent:
    """What at least five visitors wanted from one day to another, and how many of them took the artifact up."""

    text: str
    visitors: int
    times_matched: int
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class MatchEvidence:
    """Of ``impressions`` visitors who were shown an artifact, ``times_matched`` took it up.

    A visitor counts once a day, whatever the number of searches and clicks. Who said afterwards that it
    did not help has not taken it up; what is suspicious has not been counted. ``success`` is the chance that
    who looks at it takes it, corrected for where it stood, smoothed, with its standard deviation and a 90 %
    interval; ``None`` where nobody was shown it. ``intents`` are what most took it for, where they were asked for.
    """

    times_matched: int
    impressions: int
    since: dt.date | None
    until: dt.date | None = None
    success: float | None = None
    success_sd: float = 0.0
    success_low: float = 0.0
    success_high: float = 1.0
    intents: tuple[MatchedIntent, ...] = ()

    @property
    def is_published(self) -> bool:
        """Return whether enough visitors stand behind it that it says nothing about one of them."""
        return self.impressions >= SMALLEST_GROUP

    @property
    def smallest_group(self) -> int:
        """Return how many visitors are enough."""
        return SMALLEST_GROUP

    @property
    def success_percent(self) -> str:
        """Return the success rate in words."""
        return f"{self.success or 0.0:.0%}".replace("%", " %")

    @property
    def interval_percent(self) -> str:
        """Return the 90 % interval of the success rate in words."""
        return f"{self.success_low:.0%} to {self.success_high:.0%}".replace("%", " %")


def capability_view(capability: Capability) -> CapabilityView:
    """Return a capability row as a view."""
    return CapabilityView(
        id=capability.pk,
        name=capability.name,
        description=capability.description,
        unique_aspect=capability.unique_aspect,
        versus_alternatives=capability.versus_alternatives,
        confidence=Confidence(capability.confidence),
        origin=Origin(capability.origin),
    )


def overlap_of(first_id: int, second_id: int) -> OverlapView:
    """Return how two artifacts' capabilities line up, in the order asked for.

    Two queries; a third where the pair is not stored yet and is computed from the stored vectors.
    """
    return overlaps_of(first_id, [second_id])[second_id]


def capabilities_of(artifact_ids: Sequence[int]) -> dict[int, dict[int, CapabilityView]]:
    """Return the capabilities of artifacts in their order, by the ids of both. One query."""
    capabilities = Capability.objects.filter(artifact__in=artifact_ids).order_by("position", "id")
    views: dict[int, dict[int, CapabilityView]] = {id_: {} for id_ in artifact_ids}
    for capability in capabilities:
        views[capability.artifact_id][capability.pk] = capability_view(capability)
    return views


def overlaps_of(
    first_id: int,
    other_ids: Sequence[int],
    *,
    views: Mapping[int, dict[int, CapabilityView]] | None = None,
    read_sets: ReadSets = current_sets,
) -> dict[int, OverlapView]:
    """Return how each of several artifacts' capabilities line up with one artifact's, by their ids.

    Two queries, one where ``views`` of all of them were read already; where a pair is not stored yet, it is
    computed from the vectors that ``read_sets`` reads: one more.
    """
    known = capabilities_of([first_id, *other_ids]) if views is None else views
    stored = _stored_overlaps(first_id, other_ids)
    if missing := [id_ for id_ in other_ids if id_ not in stored]:
        sets = read_sets([first_id, *missing])
        own = sets.get(first_id, EMPTY)
        stored |= {id_: aligned(own, sets.get(id_, EMPTY)) for id_ in missing}
    return {id_: _overlap_view(stored[id_], known[first_id], known[id_]) for id_ in other_ids}


def _overlap_view(
    alignment: tuple[float, list[AlignedIds]],
    first: dict[int, CapabilityView],
    second: dict[int, CapabilityView],
) -> OverlapView:
    score, ids = alignment
    # A capability that went after the last build has no place on a page.
    pairs = [pair for pair in ids if pair.first in first and pair.second in second]
    return OverlapView(
        score,
        tuple(AlignedPair(first[pair.first], second[pair.second], pair.similarity) for pair in pairs),
        _rest(first, {pair.first for pair in pairs}),
        _rest(second, {pair.second for pair in pairs}),
    )


def _rest(views: dict[int, CapabilityView], used: set[int]) -> tuple[CapabilityView, ...]:
    return tuple(view for pk, view in views.items() if pk not in used)


def _stored_overlaps(first_id: int, other_ids: Sequence[int]) -> dict[int, tuple[float, list[AlignedIds]]]:
    ids = [first_id, *other_ids]
    rows = Overlap.objects.filter(first__in=ids, second__in=ids)
    found = {}
    for one, other, score, stored in rows.values_list("first_id", "second_id", "score", "pairs"):
        pairs = [AlignedIds(**pair) for pair in stored]
        if one == first_id:
            found[other] = score, pairs
        elif other == first_id:
            found[one] = score, [AlignedIds(pair.second, pair.first, pair.similarity) for pair in pairs]
    return found


def related(artifact_id: int, *, names: dict[int, str] | None = None, limit: int = 6) -> list[Related]:
    """Return the artifacts whose capabilities overlap most with an artifact's.

    ``names`` are those of its own capabilities by id, in their order; one query with them, two without.
    Demonstration models are left out, unless the artifact is one itself.
    """
    rows = list(
        Overlap.objects.of(artifact_id)
        .filter(score__gt=0)
        .select_related("first", "second")
        .order_by("-score", "first__slug", "second__slug")[:limit]
    )
    if names is None:
        own = Capability.objects.filter(artifact=artifact_id).order_by("position")
        names = dict(own.values_list("id", "name"))
    return [_related(row, artifact_id, names) for row in rows]


def _related(row: Overlap, artifact_id: int, names: dict[int, str]) -> Related:
    is_first = row.first_id == artifact_id
    other = row.second if is_first else row.first
    own_ids = [pair["first" if is_first else "second"] for pair in row.pairs]
    return Related(
        artifact_id=other.pk,
        slug=other.slug,
        name=other.name,
        kind=Kind(other.kind),
        rank_score=None if other.rank_score is None else float(other.rank_score),
        overlap=row.score,
        n_shared=len(row.pairs),
        n_own=len(names),
        shared=tuple(names[pk] for pk in own_ids if pk in names),
        openness=Openness(other.openness),
    )


def match_evidence(artifact_ids: Sequence[int], *, with_intents: bool = False) -> dict[int, MatchEvidence]:
    """Return what searches on this site say about artifacts, for each id asked for. One query.

    ``with_intents`` the few that most visitors took it for come along, only what enough of them wanted.
    """
    rows = ArtifactMatch.objects.filter(artifact__in=artifact_ids)
    if with_intents:
        rows = rows.annotate(intents=ArraySubquery(_taken_for(OuterRef("artifact"))[:TOP_INTENTS]))
    found = {
        row.artifact_id: replace(_evidence(row), intents=_matched_intents(getattr(row, "intents", ())))
        for row in rows
    }
    return {artifact_id: found.get(artifact_id, NO_EVIDENCE) for artifact_id in artifact_ids}


def _taken_for(artifact: OuterRef) -> QuerySet[IntentMatch, Any]:
    """Return what most visitors took an artifact for, as JSON."""
    rows = IntentMatch.objects.filter(
        artifact=artifact, visitors__gte=SMALLEST_GROUP, visitors_taken__gt=0
    ).order_by("-visitors_taken", "-success", "intent__text")
    return rows.values(
        json=JSONObject(
            text="intent__text",
            visitors="visitors",
            times_matched="visitors_taken",
            since="first_on",
            until="last_on",
        )
    )


def _matched_intents(rows: Iterable[dict[str, Any]]) -> tuple[MatchedIntent, ...]:
    """Return intents that the database put together; their days came as text."""
    days = ("since", "until")
    return tuple(
        MatchedIntent(**{**row, **{day: dt.date.fromisoformat(row[day]) for day in days}}) for row in rows
    )


NO_EVIDENCE = MatchEvidence(times_matched=0, impressions=0, since=None)


def intent_evidence(text_digests: Sequence[str]) -> dict[int, MatchEvidence]:
    """Return by artifact what visitors say who wanted what these intents say. One query.

    Where several intents speak of an artifact, the one that more visitors had.
    """
    clusters = Intent.objects.filter(text_digest__in=text_digests).values(first=Coalesce("cluster", "pk"))
    rows = IntentMatch.objects.filter(intent__in=clusters).order_by("visitors")
    return {row.artifact_id: _evidence(row) for row in rows}


def _evidence(row: ArtifactMatch | IntentMatch) -> MatchEvidence:
    return MatchEvidence(
        times_matched=row.visitors_taken,
        impressions=row.visitors,
        since=row.first_on,
        until=row.last_on,
        success=row.success,
        success_sd=row.success_sd,
        success_low=row.success_low,
        success_high=row.success_high,
    )


def capability_views(capability_ids: Iterable[int]) -> dict[int, CapabilityView]:
    """Return capabilities by id. One query."""
    rows = Capability.objects.filter(pk__in=list(capability_ids))
    return {capability.pk: capability_view(capability) for capability in rows}
