"""Reads everything that the rank may know, once, into frozen records.

This file is the only door to the rank. It reads counts, dates, relations, documentation links,
measured aggregates, reported results and match evidence; it never reads a claim, a badge, a price or
any other commercial field. How many providers host a model is read as a count of names, not of money.
What an artifact's own builder states feeds no signal.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Count, Max
from django.db.models.functions import Collate, Lower

from catalog.models import AdoptionSignal, Artifact, Fact, Link, Offer, Relation, ReportedResult
from catalog.vocabulary import LinkRel, OfferKind, SourceKind
from evaluation.selectors import headline_scores
from matchgraph.selectors import match_evidence
from ranking.compute.formula import Formula
from ranking.compute.records import ArtifactInputs, SignalInput

Z_95 = 1.959964
ACTIVITY_FIELDS = ("last_activity_on", "released_on")
LICENCE_FIELD = "licence"
Signals: TypeAlias = Iterable[tuple[int, SignalInput]]


@dataclass(frozen=True)
class FactOrigin:
    """Where the value of a column comes from."""

    is_builders: bool
    source: str
    source_url: str
    observed_on: dt.date


Origins: TypeAlias = dict[tuple[int, str], FactOrigin]
ARTIFACT_COLUMNS = (
    "slug",
    "kind",
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
    origins = _origins()
    signals: dict[int, list[SignalInput]] = defaultdict(list)
    readers: Sequence[Callable[[], Signals]] = (
        _adoption,
        _hosting_providers,
        lambda: _measured(ids, formula),
        lambda: _reported(formula),
        lambda: _documentation(artifacts, origins),
        lambda: _connected_publishers(ids),
        lambda: _match(ids),
        lambda: _activity(artifacts, origins, formula=formula, as_of=as_of),
    )
    for read in readers:
        for artifact_id, signal in read():
            signals[artifact_id].append(signal)
    return [_inputs(artifact, signals[artifact.pk], formula) for artifact in artifacts]


def _inputs(artifact: Artifact, signals: Iterable[SignalInput], formula: Formula) -> ArtifactInputs:
    used = {rule.name for rule in formula.profile_of(artifact.kind).signals}
    kept = sorted((signal for signal in signals if signal.name in used), key=lambda signal: signal.name)
    return ArtifactInputs(artifact.slug, artifact.kind, tuple(kept), artifact.is_demonstration)


def _adoption() -> Signals:
    """Yield the latest observation of each count; the larger of two sources on one day."""
    rows = (
        AdoptionSignal.objects.filter(is_suspect=False)
        .exclude(source__kind=SourceKind.BUILDER.value)
        .order_by("artifact_id", "metric", "-observed_on", "-value", "source__name")
        .distinct("artifact_id", "metric")
        .values_list("artifact", "metric", "value", "source__name", "source__url", "observed_on")
    )
    for artifact_id, metric, value, source, url, observed_on in rows:
        signal = SignalInput(metric, value, source=source, source_url=url, as_of=observed_on)
        yield artifact_id, signal


def _hosting_providers() -> Signals:
    rows = (
        Offer.objects.filter(kind=OfferKind.HOSTED.value)
        .exclude(source__kind=SourceKind.BUILDER.value)
        .values_list("artifact")
        .annotate(n=Count(Lower("provider"), distinct=True), as_of=Max("as_of"))
        .order_by("artifact")
    )
    for artifact_id, n, as_of in rows:
        signal = SignalInput(
            "hosting_providers", n, source="Providers' listings", as_of=as_of, detail="distinct names"
        )
        yield artifact_id, signal


def _measured(ids: Sequence[int], formula: Formula) -> Signals:
    """Yield the mean of the headline scores over the formula's suites, unless all are missing.

    A suite that was not run takes the value of a missing signal, so that nobody gains by running only
    the suites that suit them. Suites in beta and suites that the formula does not name do not count.
    A demonstration model's own suites stand for those that measure the same of real models.
    """
    for artifact_id, scores in headline_scores(ids).items():
        counted = {s.stands_for: s for s in scores if s.is_own_tier and not s.is_beta and s.mean is not None}
        found = [counted[slug] for slug in formula.suites if slug in counted]
        if not found:
            continue
        n, n_missing = len(formula.suites), len(formula.suites) - len(found)
        sds = [((s.ci_high or 0.0) - (s.ci_low or 0.0)) / (2 * Z_95) for s in found]
        total = sum(s.mean or 0.0 for s in found) + n_missing * formula.missing_value
        detail = ", ".join(f"{s.suite_slug} {s.suite_version}" for s in found)
        signal = SignalInput(
            "measured_suites",
            total / n,
            sd=math.hypot(*sds, *[formula.missing_sd] * n_missing) / n,
            source="Our own runs",
            as_of=max(s.computed_at for s in found).date(),
            detail=f"{detail}; {n_missing} of {n} suites not run" if n_missing else detail,
        )
        yield artifact_id, signal


def _reported(formula: Formula) -> Signals:
    """Yield the mean of the reported overall results, each on its benchmark's own scale.

    Of several reports of one benchmark the lowest counts: vendors' own numbers run high.
    """
    lowest: dict[int, dict[str, ReportedResult]] = defaultdict(dict)
    rows = (
        ReportedResult.objects.filter(benchmark__in=formula.reported_scales, metric__iexact="overall")
        .exclude(source__kind=SourceKind.BUILDER.value)
        .select_related("source")
        .only("artifact", "benchmark", "value", "observed_on", "source__name", "source__url")
        .order_by("artifact", "benchmark", "-value", "observed_on", "source__name")
    )
    for row in rows:
        lowest[row.artifact_id][row.benchmark] = row
    for artifact_id, by_benchmark in lowest.items():
        shares = [float(r.value) / formula.reported_scales[r.benchmark] for r in by_benchmark.values()]
        latest = max(by_benchmark.values(), key=lambda row: row.observed_on)
        signal = SignalInput(
            "reported_results",
            sum(shares) / len(shares),
            source=latest.source.name,
            source_url=latest.source.url,
            as_of=latest.observed_on,
            detail=", ".join(sorted(by_benchmark)),
        )
        yield artifact_id, signal


def _documentation(artifacts: Sequence[Artifact], origins: Origins) -> Signals:
    """Yield the share of checks passed: can a person find what is needed to judge and to start?"""
    rels: dict[int, set[str]] = defaultdict(set)
    for artifact_id, rel in Link.objects.values_list("artifact", "rel").order_by("artifact"):
        rels[artifact_id].add(rel)
    for artifact in artifacts:
        found = rels[artifact.pk]
        origin = origins.get((artifact.pk, LICENCE_FIELD))
        is_licence_builders = origin is not None and origin.is_builders
        checks = {
            "homepage or documentation": bool(found & {LinkRel.HOMEPAGE, LinkRel.DOCUMENTATION}),
            "weights, code or API": bool(found & {LinkRel.WEIGHTS, LinkRel.REPOSITORY, LinkRel.API}),
            "documentation or paper": bool(found & {LinkRel.DOCUMENTATION, LinkRel.PAPER}),
            "licence named": bool(artifact.licence_id) and not is_licence_builders,
            "commercial use answered": bool(artifact.licence_outputs_commercial) and not is_licence_builders,
        }
        passed = [name for name, ok in checks.items() if ok]
        signal = SignalInput(
            "documentation_checks",
            len(passed) / len(checks),
            source="Our own checks",
            detail="passed: " + (", ".join(passed) or "none"),
        )
        yield artifact.pk, signal


def _connected_publishers(ids: Sequence[int]) -> Signals:
    """Yield how many other publishers an artifact is tied to, in either direction.

    No tie says that none was entered here, not that there is none: the signal is then missing.
    """
    publishers: dict[int, set[int]] = defaultdict(set)
    rows = Relation.objects.order_by("pk").values_list(
        "artifact", "artifact__publisher", "target", "target__publisher"
    )
    for artifact_id, own, target_id, other in rows:
        if own != other:
            publishers[artifact_id].add(other)
            publishers[target_id].add(own)
    for artifact_id in ids:
        if n := len(publishers[artifact_id]):
            yield artifact_id, SignalInput("connected_publishers", n, source="Relations in this catalogue")


def _match(ids: Sequence[int]) -> Signals:
    for artifact_id, evidence in match_evidence(ids).items():
        if evidence.impressions:
            since = f"since {evidence.since.isoformat()}" if evidence.since else ""
            signal = SignalInput(
                "match_success",
                evidence.times_matched,
                trials=evidence.impressions,
                source="Searches on this site",
                detail=since,
            )
            yield artifact_id, signal


def _activity(
    artifacts: Sequence[Artifact], origins: Origins, *, formula: Formula, as_of: dt.date
) -> Signals:
    """Yield the days since the first known of the dates that count as activity for the kind."""
    for artifact in artifacts:
        for field in formula.profile_of(artifact.kind).activity:
            day = getattr(artifact, field)
            origin = origins.get((artifact.pk, field))
            if day is None or (origin and origin.is_builders):
                continue
            signal = SignalInput(
                "last_activity",
                max(0, (as_of - day).days),
                source=origin.source if origin else "",
                source_url=origin.source_url if origin else "",
                as_of=origin.observed_on if origin else None,
                detail=f"{'last change' if field == 'last_activity_on' else 'released'} on {day.isoformat()}",
            )
            yield artifact.pk, signal
            break


def _origins() -> Origins:
    """Return who states the columns that signals rest on."""
    rows = Fact.objects.filter(is_winning=True, field__in=[*ACTIVITY_FIELDS, LICENCE_FIELD]).values_list(
        "artifact", "field", "source__kind", "source__name", "source__url", "observed_on"
    )
    return {
        (artifact_id, field): FactOrigin(kind == SourceKind.BUILDER, name, url, observed_on)
        for artifact_id, field, kind, name, url, observed_on in rows
    }
