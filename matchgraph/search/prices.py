"""What constraints on money mean: free, at most so much, the cheapest first."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from catalog.costs import StartingPrice
from catalog.models import Artifact, Offer
from catalog.pricing import PICTURE_UNITS
from catalog.selectors import starting_prices
from catalog.vocabulary import Kind, Modality, OfferKind, OfferUnit, Openness
from matchgraph.search.candidates import Candidate
from matchgraph.search.condition import (
    API_ONLY,
    NEVER,
    OPEN,
    SATISFIED,
    SILENT,
    Condition,
    Words,
    always,
    offered,
)
from matchgraph.search.records import Constraint, ConstraintKind, ParsedQuery

CURRENCY = "USD"
# What makes pictures: of a program or a benchmark nobody asks the price of one.
ABOUT_MODELS = [kind.value for kind in (Kind.BENCHMARK, Kind.DATASET, Kind.PAPER)]
MAKERS = [kind.value for kind in (Kind.MODEL, Kind.FINETUNE, Kind.PRODUCT, Kind.API)]


def free(constraint: Constraint) -> Condition:
    """Free to run oneself, or hosted with a free tier."""
    is_free = OPEN | offered(kind__in=[OfferKind.SELF_HOSTED.value, OfferKind.FREE_TIER.value])
    return Condition(
        constraint,
        is_free,
        API_ONLY & offered(kind=OfferKind.HOSTED.value) & ~is_free,
        lambda artifact: "Free tier" if artifact.openness == Openness.API_ONLY else "Free to run yourself",
        always("Price not known"),
    )


def free_tier(constraint: Constraint) -> Condition:
    """Hosted for nothing."""
    is_free = offered(kind=OfferKind.FREE_TIER.value)
    paid = offered(kind=OfferKind.HOSTED.value) & ~is_free
    return Condition(
        constraint, is_free, paid, always("Free tier"), always("Whether there is a free tier: not known")
    )


def price(constraint: Constraint) -> Condition:
    """Hosted at no more than an amount, or free to run oneself."""
    cheap, dear = _priced(constraint)
    is_free = OPEN | offered(kind__in=[OfferKind.SELF_HOSTED.value, OfferKind.FREE_TIER.value])
    asked = _asked(constraint)
    return Condition(
        constraint,
        (cheap | is_free) & asked,
        (dear & ~is_free) | ~asked,
        lambda artifact: _within(artifact, constraint),
        _price_not_known(constraint),
    )


def hosted_price(constraint: Constraint) -> Condition:
    """Hosted at no more than an amount."""
    cheap, dear = _priced(constraint)
    asked = _asked(constraint)
    return Condition(
        constraint,
        cheap & asked,
        dear | ~asked,
        lambda artifact: _within(artifact, constraint),
        _price_not_known(constraint),
    )


def _priced(constraint: Constraint) -> tuple[Q, Q]:
    """Return what the database can tell: hosted at the price asked for, and hosted for more alone.

    Of a picture's price it tells the second only; ``priced`` finds the first.
    """
    amount, currency = constraint.value.split()
    hosted = {"kind": OfferKind.HOSTED.value}
    if is_of_pictures(constraint):
        units = [unit.value for unit in PICTURE_UNITS]
        more = {**hosted, "unit__in": units, "currency": currency}
        other = (
            Offer.objects.current()
            .filter(artifact=OuterRef("pk"), **hosted)
            .exclude(unit__in=units, currency=currency, amount__gt=Decimal(amount))
        )
        return NEVER, offered(**more) & ~Q(Exists(other))
    asked = {**hosted, "unit": constraint.unit, "currency": currency}
    cheap = offered(**asked, amount__lte=Decimal(amount))
    return cheap, ~cheap & offered(**asked)


def is_of_pictures(constraint: Constraint) -> bool:
    """Return whether a constraint bounds what a picture costs in dollars, as starting prices are."""
    is_price = constraint.kind == ConstraintKind.PRICE and constraint.unit == OfferUnit.IMAGE.value
    return is_price and constraint.value.endswith(f" {CURRENCY}")


def _asked(constraint: Constraint) -> Q:
    """Return what a price is asked of: one per picture of what makes pictures, not of programs or benchmarks."""
    if constraint.unit not in {unit.value for unit in PICTURE_UNITS}:
        return ~NEVER
    return Q(kind__in=MAKERS) & (Q(outputs=[]) | Q(outputs__contains=[Modality.IMAGE.value]))


def _price_not_known(constraint: Constraint) -> Words:
    return always(f"Price per {constraint.unit.replace('-', ' ')} not known")


def draws() -> Q:
    """Return whether an artifact stands on the shelf of what draws pictures from words."""
    shelves = Artifact.categories.through.objects
    return Q(Exists(shelves.filter(artifact=OuterRef("pk"), category__slug="text-to-image")))


def cheapest(constraint: Constraint, parsed: ParsedQuery) -> Condition:
    """An order, not a bound; where nothing else is said, what draws pictures is asked for."""
    return Condition(
        constraint,
        NEVER,
        Q(kind__in=ABOUT_MODELS) if parsed.residual else ~draws(),
        lambda artifact: _costs(artifact, constraint),
        always("Price per picture not known"),
    )


def volume(constraint: Constraint, parsed: ParsedQuery) -> Condition:
    """A number of pictures bounds nothing: what they cost is said where it is known."""
    return replace(cheapest(constraint, parsed), if_not_known=SILENT)


def priced(candidates: Sequence[Candidate], constraints: Sequence[Constraint]) -> Sequence[Candidate]:
    """Return candidates without those that cost more than asked, judged by their starting prices too.

    A starting price rests on token counts and sizes that the database does not know. One query more, where a
    constraint asks for the price of a picture.
    """
    asked = [(number, item) for number, item in enumerate(constraints) if _needs_price(item)]
    if not asked:
        return candidates
    found = starting_prices([candidate.artifact_id for candidate in candidates])
    rows = (_judged_by_price(each, asked, found.get(each.artifact_id)) for each in candidates)
    return [row for row in rows if not any(_is_dearer(row, *item) for item in asked)]


def _judged_by_price(
    candidate: Candidate, asked: Sequence[tuple[int, Constraint]], price: StartingPrice | None
) -> Candidate:
    """Return a candidate with its price; what it costs no more than is satisfied."""
    row = replace(candidate, starting_price=price)
    if (each := picture_price(row)) is None:
        return row
    states = list(row.states)
    for number, constraint in asked:
        if each <= _limit(constraint):
            states[number] = SATISFIED
    return replace(row, states=tuple(states))


def _needs_price(constraint: Constraint) -> bool:
    return constraint.kind in {ConstraintKind.CHEAPEST, ConstraintKind.VOLUME} or is_of_pictures(constraint)


def _limit(constraint: Constraint) -> Decimal:
    return Decimal(constraint.value.split()[0] if is_of_pictures(constraint) else "Infinity")


def _is_dearer(candidate: Candidate, number: int, constraint: Constraint) -> bool:
    """Return whether the price is known and the constraint is met neither by it nor by running it oneself."""
    return candidate.states[number] != SATISFIED and (picture_price(candidate) or 0) > _limit(constraint)


def picture_price(priced: Candidate | Artifact) -> Decimal | None:
    """Return what a picture costs in dollars, where that is known; results hand an artifact its price."""
    found: StartingPrice | None = getattr(priced, "starting_price", None)
    return found.per_picture if found and found.currency == CURRENCY else None


def order_of(candidate: Candidate, parsed: ParsedQuery) -> float:
    """Return by what results that fit are ordered before their score, the lowest first.

    The price of a picture where the cheapest is asked for. Where a price per picture is, 1 for what is only
    free to run oneself: it is asked of those who sell pictures. Else 0.
    """
    each = picture_price(candidate)
    if parsed.constraint(ConstraintKind.CHEAPEST):
        return float(each or 0)
    bound = parsed.constraint(ConstraintKind.PRICE)
    return float(bound is not None and is_of_pictures(bound) and (each is None or each > _limit(bound)))


def _within(artifact: Artifact, constraint: Constraint) -> str:
    if not is_of_pictures(constraint):
        return f"{constraint.label}, or free to run yourself"
    each = picture_price(artifact)
    return _starting(artifact) if each is not None and each <= _limit(constraint) else "Free to run yourself"


def _costs(artifact: Artifact, constraint: Constraint) -> str:
    each, n = picture_price(artifact), int(constraint.value or 0)
    return (
        f"{_starting(artifact)}: ${each * n:,.2f} for {n:,} pictures" if each and n else _starting(artifact)
    )


def _starting(artifact: Artifact) -> str:
    """Return the starting price in the words of the artifact's own page."""
    found: StartingPrice = artifact.starting_price  # type: ignore[attr-defined]
    return f"From {found.text}"
