"""How much of the catalogue is known, and how much of what is shown says where it was read."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from catalog.models import AdoptionSignal, Artifact, Fact, Offer
from catalog.seed.schema import SOURCED_FIELDS
from catalog.vocabulary import Kind

# Sources that were named from general knowledge and never read say so in their name.
UNOPENED = "not opened by us"
LICENCE_FACT = "licence"


@dataclass(frozen=True)
class KindCoverage:
    """Artifacts of one kind, and how many of them have a price or free use, a licence and a count of users."""

    kind: Kind
    n_artifacts: int
    n_priced: int
    n_licensed: int
    n_adopted: int


@dataclass(frozen=True)
class Coverage:
    """Artifacts by kind, largest first; values shown, those with a source and those whose source was opened.

    Values are facts about the world, prices and counts. Type, status and publisher are this site's own filing.
    """

    kinds: tuple[KindCoverage, ...]
    n_values: int
    n_sourced: int
    n_opened: int


def catalogue_coverage() -> Coverage:
    """Return what is known of the artifacts that are no demonstrations. Five queries."""
    shown = Fact.objects.filter(is_winning=True, field__in=(*SOURCED_FIELDS, LICENCE_FACT))
    # A price and a count cannot be stored without a source.
    parts = [_counts(rows.filter(artifact__is_demonstration=False)) for rows in (shown, *_always_sourced())]
    n_sourced = sum(n for n, _ in parts)
    return Coverage(
        kinds=_kinds(),
        n_values=_column_values() + n_sourced - parts[0][0],
        n_sourced=n_sourced,
        n_opened=sum(opened for _, opened in parts),
    )


def _always_sourced() -> tuple[QuerySet[Any], QuerySet[Any]]:
    return Offer.objects.all(), AdoptionSignal.objects.all()


def _kinds() -> tuple[KindCoverage, ...]:
    offers = Offer.objects.current().filter(artifact=OuterRef("pk"))
    counts = AdoptionSignal.objects.filter(artifact=OuterRef("pk"))
    rows = (
        Artifact.objects.real()
        .values("kind")
        .annotate(
            n=Count("pk"),
            priced=Count("pk", filter=Q(Exists(offers))),
            licensed=Count("pk", filter=~Q(licence_name="")),
            adopted=Count("pk", filter=Q(Exists(counts))),
        )
        .order_by("-n", "kind")
    )
    return tuple(
        KindCoverage(Kind(row["kind"]), row["n"], row["priced"], row["licensed"], row["adopted"])
        for row in rows
    )


def _column_values() -> int:
    """Return how many facts the pages of all artifacts show."""
    shown = {column: Count("pk", filter=Q(**{f"{column}__isnull": False})) for column in SOURCED_FIELDS}
    shown[LICENCE_FACT] = Count("pk", filter=~Q(licence_name=""))
    return sum(
        Artifact.objects.real().aggregate(**{f"n_{key}": count for key, count in shown.items()}).values()
    )


def _counts(rows: QuerySet[Any]) -> tuple[int, int]:
    """Return how many rows there are, and how many of them name a source that was opened."""
    found = rows.aggregate(n=Count("pk"), opened=Count("pk", filter=~Q(source__name__endswith=UNOPENED)))
    return found["n"], found["opened"]
