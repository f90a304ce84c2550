"""What our own pictures and other people's reports say of an artifact's quality."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import ReportedResult
from catalog.vocabulary import SourceKind
from evaluation.selectors import SuiteScore, headline_scores
from ranking.compute.evidence import Evidence, combined, published_share
from ranking.compute.formula import Formula
from ranking.compute.records import SignalInput
from ranking.inputs.origins import Signals

Z_95 = 1.959964
# Nobody has checked what others report; several reports say the same and do not make it surer.
REPORTED_SD = 0.20
MEASURED_MIN_SD = 0.02


def quality(ids: Sequence[int], formula: Formula) -> Signals:
    """Yield what our own pictures and others' reports say together, each weighed by how sure it is."""
    prior = Evidence(formula.missing_value, formula.missing_sd)
    reported = _reported(ids, formula)
    measured = headline_scores(ids)
    for artifact_id in sorted({*reported, *measured}):
        pieces = [_measured(measured.get(artifact_id, []), formula), reported.get(artifact_id)]
        known = [piece for piece in pieces if piece]
        if not known:
            continue
        together = combined((piece.evidence for piece in known), prior=prior)
        yield (
            artifact_id,
            SignalInput(
                "quality_evidence",
                round(together.mean, 6),
                sd=round(together.sd, 6),
                source=known[0].source,
                source_url=known[0].source_url,
                as_of=max(piece.as_of for piece in known),
                detail="; ".join(piece.detail for piece in known),
            ),
        )


@dataclass(frozen=True)
class QualityPiece:
    """One kind of evidence about quality, with where it comes from."""

    evidence: Evidence
    source: str
    source_url: str
    as_of: dt.date
    detail: str


def _measured(scores: Iterable[SuiteScore], formula: Formula) -> QualityPiece | None:
    """Return the mean of the headline scores over the formula's suites, unless all are missing.

    A suite that was not run takes the value of a missing signal, so that nobody gains by running only
    the suites that suit them. Suites in beta and suites that the formula does not name do not count.
    A demonstration model's own suites stand for those that measure the same of real models.
    """
    counted = {s.stands_for: s for s in scores if s.is_own_tier and not s.is_beta and s.mean is not None}
    found = [counted[slug] for slug in formula.suites if slug in counted]
    if not found:
        return None
    n, n_missing = len(formula.suites), len(formula.suites) - len(found)
    sds = [((s.ci_high or 0.0) - (s.ci_low or 0.0)) / (2 * Z_95) for s in found]
    mean = (sum(s.mean or 0.0 for s in found) + n_missing * formula.missing_value) / n
    sd = math.hypot(*sds, *[formula.missing_sd] * n_missing) / n
    suites = ", ".join(f"{s.suite_slug} {s.suite_version} {s.mean or 0.0:.0%}" for s in found)
    return QualityPiece(
        Evidence(mean, max(MEASURED_MIN_SD, sd)),
        source="Our own runs",
        source_url="",
        as_of=max(s.computed_at for s in found).date(),
        detail=f"measured: {suites}" + (f"; {n_missing} of {n} suites not run" if n_missing else ""),
    )


def _reported(ids: Sequence[int], formula: Formula) -> dict[int, QualityPiece]:
    """Return the mean of what others report by artifact, each benchmark on its own distribution.

    Of several reports of one benchmark the lowest counts: vendors' own numbers run high. A value that
    documents reprint from each other is one report.
    """
    lowest: dict[int, dict[str, ReportedResult]] = defaultdict(dict)
    rows = (
        ReportedResult.objects.counted()
        .filter(artifact__in=ids, benchmark__in=formula.benchmarks)
        .exclude(source__kind=SourceKind.BUILDER.value)
        .select_related("source")
        .only("artifact", "benchmark", "metric", "value", "observed_on", "source__name", "source__url")
        .order_by("artifact", "benchmark", "-value", "observed_on", "source__name")
    )
    for row in rows:
        if row.metric.casefold() == formula.benchmarks[row.benchmark].metric.casefold():
            lowest[row.artifact_id][row.benchmark] = row
    return {
        artifact_id: _reported_piece(list(by_benchmark.values()), formula)
        for artifact_id, by_benchmark in lowest.items()
    }


def _reported_piece(rows: Sequence[ReportedResult], formula: Formula) -> QualityPiece:
    shares = [
        published_share(float(row.value), benchmark=formula.benchmarks[row.benchmark], levels=formula.levels)
        for row in rows
    ]
    latest = max(rows, key=lambda row: row.observed_on)
    values = ", ".join(f"{row.benchmark} {row.value.normalize():f}" for row in rows)
    return QualityPiece(
        Evidence(sum(shares) / len(shares), REPORTED_SD),
        source=latest.source.name,
        source_url=latest.source.url,
        as_of=latest.observed_on,
        detail=f"reported, not checked: {values}",
    )
