"""Reads everything that the rank may know, once, into frozen records.

This file is the only door to the rank. It reads counts, dates, relations, documentation links,
measured aggregates, reported results and match evidence; it never reads a claim, a badge, a price or
any other commercial field. How many providers host a model is read as a count of names, not of money.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db.models import Count, Max

from catalog.models import Artifact, Link, Offer, Relation, ReportedResult
from catalog.selectors import latest_adoption, winning_facts
from catalog.vocabulary import LinkRel, OfferKind
from evaluation.selectors import headline_scores
from matchgraph.selectors import match_evidence
from ranking.compute.formula import Formula
from ranking.compute.records import ArtifactInputs, SignalInput

Z_95 = 1.959964
SignalsById = dict[int, list[SignalInput]]


def read_inputs(formula: Formula, *, as_of: dt.date) -> list[ArtifactInputs]:
    """Return the inputs of every artifact, ordered by slug, in a fixed number of queries."""
    artifacts = list(Artifact.objects.order_by("slug"))
    ids = [artifact.pk for artifact in artifacts]
    signals: SignalsById = defaultdict(list)
    readers: Sequence[Callable[[], Iterable[tuple[int, SignalInput]]]] = (
        lambda: _adoption(ids),
        _hosting_providers,
        lambda: _measured(ids),
        lambda: _reported(formula),
        lambda: _documentation(artifacts),
        _connected_publishers,
        lambda: _match(ids),
        lambda: _activity(artifacts, ids, as_of),
    )
    for read in readers:
        for artifact_id, signal in read():
            signals[artifact_id].append(signal)
    return [
        ArtifactInputs(a.slug, a.kind, tuple(sorted(signals[a.pk], key=lambda signal: signal.name)))
        for a in artifacts
    ]


def _adoption(ids: Sequence[int]) -> Iterable[tuple[int, SignalInput]]:
    for artifact_id, rows in latest_adoption(ids).items():
        for row in rows:
            yield (
                artifact_id,
                SignalInput(
                    name=row.metric,
                    value=row.value,
                    source=row.source.name,
                    source_url=row.source.url,
                    as_of=row.observed_on,
                ),
            )


def _hosting_providers() -> Iterable[tuple[int, SignalInput]]:
    rows = (
        Offer.objects.filter(kind=OfferKind.HOSTED.value)
        .values_list("artifact")
        .annotate(n=Count("provider", distinct=True), as_of=Max("as_of"))
    )
    for artifact_id, n, as_of in rows:
        yield (
            artifact_id,
            SignalInput(
                "hosting_providers", n, source="Providers' listings", as_of=as_of, detail="distinct names"
            ),
        )


def _measured(ids: Sequence[int]) -> Iterable[tuple[int, SignalInput]]:
    """Yield the mean of the headline scores over the suites that are out of beta."""
    for artifact_id, scores in headline_scores(ids).items():
        counted = [score for score in scores if not score.is_beta and score.mean is not None]
        if not counted:
            continue
        n = len(counted)
        sds = [((s.ci_high or 0.0) - (s.ci_low or 0.0)) / (2 * Z_95) for s in counted]
        yield (
            artifact_id,
            SignalInput(
                "measured_suites",
                sum(score.mean or 0.0 for score in counted) / n,
                sd=sum(sd * sd for sd in sds) ** 0.5 / n,
                source="Our own runs",
                as_of=max(score.computed_at for score in counted).date(),
                detail=", ".join(f"{score.suite_slug} {score.suite_version}" for score in counted),
            ),
        )


def _reported(formula: Formula) -> Iterable[tuple[int, SignalInput]]:
    """Yield the mean of the reported overall results, each on its benchmark's own scale.

    Of several reports of one benchmark the lowest counts: vendors' own numbers run high.
    """
    lowest: dict[int, dict[str, ReportedResult]] = defaultdict(dict)
    rows = ReportedResult.objects.filter(
        benchmark__in=formula.reported_scales, metric__iexact="overall"
    ).select_related("source")
    for row in rows.order_by("artifact", "benchmark", "-value", "id"):
        lowest[row.artifact_id][row.benchmark] = row
    for artifact_id, by_benchmark in lowest.items():
        shares = [float(r.value) / formula.reported_scales[r.benchmark] for r in by_benchmark.values()]
        latest = max(by_benchmark.values(), key=lambda row: row.observed_on)
        yield (
            artifact_id,
            SignalInput(
                "reported_results",
                sum(shares) / len(shares),
                source=latest.source.name,
                source_url=latest.source.url,
                as_of=latest.observed_on,
                detail=", ".join(sorted(by_benchmark)),
            ),
        )


def _documentation(artifacts: Sequence[Artifact]) -> Iterable[tuple[int, SignalInput]]:
    """Yield the share of checks passed: can a person find what is needed to judge and to start?"""
    rels: dict[int, set[str]] = defaultdict(set)
    for artifact_id, rel in Link.objects.values_list("artifact", "rel"):
        rels[artifact_id].add(rel)
    for artifact in artifacts:
        found = rels[artifact.pk]
        checks = {
            "homepage or documentation": bool(found & {LinkRel.HOMEPAGE, LinkRel.DOCUMENTATION}),
            "weights, code or API": bool(found & {LinkRel.WEIGHTS, LinkRel.REPOSITORY, LinkRel.API}),
            "documentation or paper": bool(found & {LinkRel.DOCUMENTATION, LinkRel.PAPER}),
            "licence named": bool(artifact.licence_id),
            "commercial use answered": bool(artifact.licence_outputs_commercial),
        }
        passed = [name for name, ok in checks.items() if ok]
        yield (
            artifact.pk,
            SignalInput(
                "documentation_checks",
                len(passed) / len(checks),
                source="Our own checks",
                detail="passed: " + (", ".join(passed) or "none"),
            ),
        )


def _connected_publishers() -> Iterable[tuple[int, SignalInput]]:
    """Yield how many other publishers an artifact is tied to, in either direction.

    No tie in this catalogue says that none was entered, not that there is none: such a signal is missing.
    """
    publishers: dict[int, set[int]] = defaultdict(set)
    rows = Relation.objects.values_list("artifact", "artifact__publisher", "target", "target__publisher")
    for artifact_id, own, target_id, other in rows:
        if own != other:
            publishers[artifact_id].add(other)
            publishers[target_id].add(own)
    for artifact_id, others in publishers.items():
        yield (
            artifact_id,
            SignalInput("connected_publishers", len(others), source="Relations in this catalogue"),
        )


def _match(ids: Sequence[int]) -> Iterable[tuple[int, SignalInput]]:
    for artifact_id, evidence in match_evidence(ids).items():
        if evidence.impressions:
            yield (
                artifact_id,
                SignalInput(
                    "match_success",
                    evidence.times_matched,
                    trials=evidence.impressions,
                    source="Searches on this site",
                    as_of=evidence.since,
                ),
            )


def _activity(
    artifacts: Sequence[Artifact], ids: Sequence[int], as_of: dt.date
) -> Iterable[tuple[int, SignalInput]]:
    facts = winning_facts(ids)
    for artifact in artifacts:
        day = artifact.last_activity_on or artifact.released_on
        if day is None:
            continue
        field = "last_activity_on" if artifact.last_activity_on else "released_on"
        fact = facts.get(artifact.pk, {}).get(field)
        yield (
            artifact.pk,
            SignalInput(
                "last_activity",
                max(0, (as_of - day).days),
                source=fact.source.name if fact else "",
                source_url=fact.source.url if fact else "",
                as_of=fact.observed_on if fact else None,
                detail=f"{'last change' if field == 'last_activity_on' else 'released'} on {day.isoformat()}",
            ),
        )
