"""Against whom an artifact stands in searches, and how that ends: sums over visitors, never a visitor."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from matchgraph.audience import LINES, SMALLEST_GROUP, WEEKS, if_enough, taken
from matchgraph.models import Impression, Interaction

RIVALS_EACH: Final = 3


@dataclass(frozen=True)
class Loss:
    """Another artifact that at least five visitors of one search took where this one was passed over."""

    artifact_id: int
    slug: str
    name: str
    visitors: int
    position: float


@dataclass(frozen=True)
class Duel:
    """Visitors who put two artifacts side by side, and which of them helped; None where fewer than five say so."""

    slug: str
    name: str
    visitors: int
    won: int | None
    lost: int | None


def losses(artifact_id: int, digests: Sequence[str]) -> dict[str, tuple[Loss, ...]]:
    """Return whom visitors of each search took instead, most visitors first. One query."""
    mine = Impression.objects.filter(
        artifact=artifact_id, event__created_at__gte=_since(), event__query_digest__in=digests
    )
    rows = (
        Impression.objects.filter(taken(), event__in=mine.exclude(taken()).values("event"))
        .exclude(artifact=artifact_id)
        .order_by()
        .values("artifact_id", "event__query_digest", slug=F("artifact__slug"), name=F("artifact__name"))
        .annotate(visitors=Count("event__visitor", distinct=True), place=Avg("position"))
        .filter(visitors__gte=SMALLEST_GROUP)
        .order_by("-visitors", "slug")
    )
    found: dict[str, list[Loss]] = defaultdict(list)
    for row in rows:
        loss = Loss(row["artifact_id"], row["slug"], row["name"], row["visitors"], round(row["place"], 1))
        found[row["event__query_digest"]].append(loss)
    return {digest: tuple(each[:RIVALS_EACH]) for digest, each in found.items()}


def duels(artifact_id: int) -> tuple[Duel, ...]:
    """Return with whom visitors compared an artifact from a search, most visitors first. One query.

    A comparison is won where the visitor then says that this artifact helped, and lost where the other did.
    """
    compared = Impression.objects.filter(
        artifact=artifact_id, interactions__kind=Interaction.Kind.COMPARE, event__created_at__gte=_since()
    )
    mine = Interaction.objects.filter(impression__event=OuterRef("event"), impression__artifact=artifact_id)
    theirs = Interaction.objects.filter(impression=OuterRef("pk"))
    rows = (
        Impression.objects.filter(
            interactions__kind=Interaction.Kind.COMPARE, event__in=compared.values("event")
        )
        .exclude(artifact=artifact_id)
        .order_by()
        .values(slug=F("artifact__slug"), name=F("artifact__name"))
        .annotate(
            visitors=Count("event__visitor", distinct=True),
            won=Count("event__visitor", distinct=True, filter=_helped(mine)),
            lost=Count("event__visitor", distinct=True, filter=_helped(theirs)),
        )
        .filter(visitors__gte=SMALLEST_GROUP)
        .order_by("-visitors", "slug")[:LINES]
    )
    return tuple(
        Duel(
            row["slug"],
            row["name"],
            row["visitors"],
            won=if_enough(row["won"]),
            lost=if_enough(row["lost"]),
        )
        for row in rows
    )


def _since() -> dt.datetime:
    return timezone.now() - dt.timedelta(weeks=WEEKS)


def _helped(done: QuerySet[Interaction]) -> Q:
    helped, rejected = (done.filter(kind=kind) for kind in (Interaction.Kind.SELECT, Interaction.Kind.REJECT))
    return Q(Exists(helped)) & ~Q(Exists(rejected))
