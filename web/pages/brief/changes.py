"""What changed in a week. Bounded queries: each kind of change is read once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from catalog.models import Artifact, Fact, Offer
from catalog.pricing import readable_price
from catalog.selectors.prices import price_histories
from evaluation.models import Aggregate, Run
from ranking.compute.movement import MovementPart
from ranking.history import movement_parts
from ranking.models import RankEntry, RankSnapshot
from web.pages.artifact.fact_history import value_words
from web.pages.brief.week import Week
from web.pages.folding import Folded, folded

MOST = 1_000
SHOWN = 10
MOVERS = 5
# A rank that moved by less than this has not moved: two points are far inside any interval.
LEAST_POINTS = 2.0


@dataclass(frozen=True)
class Change:
    """One thing that changed, and the page that shows it."""

    name: str
    path: str
    text: str


@dataclass(frozen=True)
class Changes:
    """All changes of one kind."""

    title: str
    items: tuple[Change, ...]

    @property
    def folded(self) -> Folded[Change]:
        """Return the changes with a long tail folded."""
        return folded(self.items, at=SHOWN)


def changes_of(week: Week) -> tuple[Changes, ...]:
    """Return what changed in a week; kinds without a change are left out."""
    found = (
        Changes("New in the catalogue", tuple(_new(week))),
        Changes("Measured", tuple(_measured(week))),
        Changes("How the rank is made", tuple(_formulas(week))),
        Changes("Ranks that moved", tuple(_moved(week))),
        Changes("Prices that changed", tuple(_prices(week))),
        Changes("Licences that changed", tuple(_licences(week))),
    )
    return tuple(changes for changes in found if changes.items)


def _times(week: Week) -> tuple[dt.datetime, dt.datetime]:
    start, end = (dt.datetime.combine(day, dt.time.min) for day in (week.monday, week.end))
    return timezone.make_aware(start), timezone.make_aware(end)


def _new(week: Week) -> Iterable[Change]:
    start, end = _times(week)
    rows = Artifact.objects.real().filter(created_at__gte=start, created_at__lt=end)
    for artifact in rows.order_by(F("rank_score").desc(nulls_last=True), "name")[:MOST]:
        yield Change(artifact.name, artifact.get_absolute_url(), artifact.summary)


def _measured(week: Week) -> Iterable[Change]:
    """Yield one line a run, with what its scorer says now: scoring again is no new measurement."""
    start, end = _times(week)
    rows = Aggregate.objects.filter(
        stratum="",
        metric=F("run__suite__headline_metric"),
        mean__isnull=False,
        run__state=Run.State.FINISHED,
        run__finished_at__gte=start,
        run__finished_at__lt=end,
        run__recipe__is_canonical=True,
    ).select_related("run__suite", "run__recipe__artifact")
    latest = rows.order_by("run_id", "-computed_at", "-id").distinct("run_id")[:MOST]
    for row in sorted(latest, key=lambda row: (row.run.recipe.artifact.name, row.run.suite.slug, row.run_id)):
        artifact, suite = row.run.recipe.artifact, row.run.suite
        low, mean, high = (100 * (value or 0.0) for value in (row.ci_low, row.mean, row.ci_high))
        text = f"{suite.name}: {mean:.0f} of 100 (95 % interval {low:.0f} to {high:.0f}), {row.n_samples} pictures."
        yield Change(artifact.name, reverse("run", args=[row.run_id]), text)


def _formulas(week: Week) -> Iterable[Change]:
    """Yield each formula that replaced another in the week: it may have moved every score by itself."""
    start, end = _times(week)
    published = RankSnapshot.objects.filter(published_at__isnull=False).order_by("-published_at")
    versions = published.values_list("formula__version", flat=True)
    before = list(versions.filter(published_at__lt=start)[:1])
    during = versions.filter(published_at__gte=start, published_at__lt=end).reverse()
    for old, new in pairwise([*before, *during]):
        if old != new:
            text = f"Formula {new} replaced formula {old}: every score may have moved."
            yield Change(f"Formula {new}", reverse("methodology"), text)


def _moved(week: Week) -> Iterable[Change]:
    """Yield who moved most from the last snapshot before the week to the last one in it, with the reason."""
    start, end = _times(week)
    published = RankSnapshot.objects.filter(published_at__isnull=False).order_by("-published_at")
    old = published.filter(published_at__lt=start).first()
    new = published.filter(published_at__gte=start, published_at__lt=end).first()
    if old is None or new is None:
        return
    entries = RankEntry.objects.select_related("snapshot__formula", "artifact")
    before = {entry.slug: entry for entry in entries.filter(snapshot=old, is_demonstration=False)}
    after = entries.filter(snapshot=new, is_demonstration=False, artifact__isnull=False)
    pairs = [(before[entry.slug], entry) for entry in after if entry.slug in before]
    pairs.sort(key=lambda pair: -abs(pair[1].score - pair[0].score))
    for one, other in pairs[:MOVERS]:
        if other.artifact and abs(other.score - one.score) >= LEAST_POINTS:
            yield Change(other.artifact.name, other.artifact.get_absolute_url(), _movement(one, other))


def _movement(before: RankEntry, after: RankEntry) -> str:
    most = max(movement_parts(before, after), key=lambda part: abs(part.points), default=None)
    reason = f" Most of it: {_cause(most, after)}." if most else ""
    moved = "rose" if after.score > before.score else "fell"
    return f"{settings.RANK_NAME} {moved} from {before.score:.1f} to {after.score:.1f}.{reason}"


def _cause(most: MovementPart, after: RankEntry) -> str:
    label = most.label[:1].lower() + most.label[1:]
    is_rule = most.cause == "formula"
    return f"formula {after.snapshot.formula.version} weighs {label} differently" if is_rule else label


def _prices(week: Week) -> Iterable[Change]:
    offers = Offer.objects.filter(
        as_of__gte=week.monday, as_of__lt=week.end, artifact__is_demonstration=False
    )
    artifacts = {row.pk: row for row in Artifact.objects.filter(pk__in=offers.values("artifact"))}
    for artifact_id, histories in price_histories(list(artifacts)).items():
        for series in histories:
            points = [point for point in series.points if point.as_of < week.end]
            if len(points) < 2 or points[-1].as_of < week.monday or points[-1].amount == points[-2].amount:
                continue
            old, new = (
                readable_price(point.amount, unit=series.unit, currency=series.currency)
                for point in points[-2:]
            )
            artifact = artifacts[artifact_id]
            path = reverse("artifact-history", args=[artifact.slug])
            yield Change(artifact.name, path, f"{series.provider}, {series.plan}: {new}, was {old}.")


def _licences(week: Week) -> Iterable[Change]:
    now = Fact.objects.filter(field="licence", artifact__is_demonstration=False)
    stated = now.filter(observed_on__gte=week.monday, observed_on__lt=week.end, is_winning=True)
    earlier = {
        fact.artifact_id: fact
        for fact in now.filter(observed_on__lt=week.monday).order_by("observed_on").defer("source__payload")
    }
    for fact in stated.select_related("artifact")[:MOST]:
        before = earlier.get(fact.artifact_id)
        if before is not None and before.value != fact.value:
            path = reverse("artifact-history", args=[fact.artifact.slug])
            text = f"Now “{value_words(fact.value)}”, before “{value_words(before.value)}”."
            yield Change(fact.artifact.name, path, text)
