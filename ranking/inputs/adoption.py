"""Counts that others keep: downloads, likes, stars, and who hosts a model."""

import datetime as dt
import math
from collections.abc import Sequence
from itertools import groupby

from django.db.models import Count, Max
from django.db.models.functions import Lower

from catalog.models import AdoptionSignal, Offer
from catalog.vocabulary import OfferKind, SourceKind
from ranking.compute.bursts import Observed, Winsorised, winsorised_total, winsorised_window
from ranking.compute.records import SignalInput
from ranking.inputs.origins import Signals

# Counts over the last thirty days; every other count is a running total.
WINDOW_SUFFIX = "_30d"
# What one observation that the source's own history makes implausible adds to the log's deviation.
SUSPECT_DOUBT = 1.0


def adoption(ids: Sequence[int]) -> Signals:
    """Yield the latest count of each metric, sudden growth cut; the larger of two sources on one day."""
    rows = (
        AdoptionSignal.objects.filter(artifact__in=ids)
        .exclude(source__kind=SourceKind.BUILDER.value)
        .order_by("artifact_id", "metric", "observed_on", "value", "source__name")
        .values_list(
            "artifact", "metric", "observed_on", "value", "is_suspect", "source__name", "source__url"
        )
    )
    for (artifact_id, metric), group in groupby(rows, key=lambda row: row[:2]):
        signal = count_signal(metric, [row[2:] for row in group])
        if signal:
            yield artifact_id, signal


def count_signal(metric: str, rows: Sequence[tuple[dt.date, int, bool, str, str]]) -> SignalInput | None:
    """Return what a history of one count gives: its latest value that nothing speaks against.

    Args:
        metric: which count.
        rows: day, value, whether it is suspect, name and URL of the source, in the order of the days.
    """
    by_day = {day: (value, source, url) for day, value, is_suspect, source, url in rows if not is_suspect}
    if not by_day:
        return None
    history = [Observed(day, value) for day, (value, _, _) in by_day.items()]
    count = winsorised_window(history) if metric.endswith(WINDOW_SUFFIX) else winsorised_total(history)
    is_doubted = rows[-1][2]
    doubt = math.hypot(count.doubt, SUSPECT_DOUBT if is_doubted else 0.0)
    day = history[-1].day
    return SignalInput(
        metric,
        math.floor(count.value),
        source=by_day[day][1],
        source_url=by_day[day][2],
        as_of=day,
        detail=_burst_words(count, is_doubted=is_doubted),
        doubt=round(doubt, 6) or None,
    )


def _burst_words(count: Winsorised, *, is_doubted: bool) -> str:
    """Return what was not counted, and why."""
    words = []
    if math.floor(count.value) < count.observed:
        words.append(f"{count.observed:,.0f} observed; growth far above its own history is not counted yet")
    if is_doubted:
        words.append("a later observation is far above its own history and waits to be looked at")
    return "; ".join(words)


def hosting_providers(ids: Sequence[int]) -> Signals:
    """Yield how many distinct providers host a model: a count of names, never of money."""
    rows = (
        Offer.objects.filter(artifact__in=ids, kind=OfferKind.HOSTED.value)
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
