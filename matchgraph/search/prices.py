"""What constraints on money mean: free, at most so much, the cheapest first."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, Subquery

from catalog.models import Artifact, Offer
from catalog.vocabulary import OfferKind, OfferUnit, Openness
from matchgraph.search.condition import API_ONLY, NEVER, OPEN, Condition, Words, always, offered
from matchgraph.search.records import Constraint, ParsedQuery

# A picture of usual size is one megapixel, so prices per megapixel answer a question per image.
PRICED_ALIKE = {OfferUnit.IMAGE.value: [OfferUnit.IMAGE.value, OfferUnit.MEGAPIXEL.value]}


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


def _priced(constraint: Constraint) -> tuple[Q, Q]:
    """Return whether something is hosted at the price asked for, and whether at any price in its unit."""
    amount, currency = constraint.value.split()
    asked = {
        "kind": OfferKind.HOSTED.value,
        "unit__in": PRICED_ALIKE.get(constraint.unit, [constraint.unit]),
        "currency": currency,
    }
    return offered(**asked, amount__lte=Decimal(amount)), offered(**asked)


def price(constraint: Constraint) -> Condition:
    """Hosted at no more than an amount, or free to run oneself."""
    cheap, priced = _priced(constraint)
    is_free = OPEN | offered(kind__in=[OfferKind.SELF_HOSTED.value, OfferKind.FREE_TIER.value])
    return Condition(
        constraint,
        cheap | is_free,
        ~cheap & ~is_free & priced,
        always(f"{constraint.label}, or free to run yourself"),
        _price_not_known(constraint),
    )


def hosted_price(constraint: Constraint) -> Condition:
    """Hosted at no more than an amount."""
    cheap, priced = _priced(constraint)
    return Condition(
        constraint, cheap, ~cheap & priced, always(constraint.label), _price_not_known(constraint)
    )


def _price_not_known(constraint: Constraint) -> Words:
    return always(f"Price per {constraint.unit.replace('-', ' ')} not known")


def cheapest_price() -> Subquery:
    """Return an artifact's lowest hosted price of a picture in dollars, ``None`` where none is known."""
    units = PRICED_ALIKE[OfferUnit.IMAGE.value]
    offers = Offer.objects.current().filter(
        artifact=OuterRef("pk"), kind=OfferKind.HOSTED.value, unit__in=units, currency="USD"
    )
    return Subquery(offers.order_by("amount").values("amount")[:1])


def draws() -> Q:
    """Return whether an artifact stands on the shelf of what draws pictures from words."""
    shelves = Artifact.categories.through.objects
    return Q(Exists(shelves.filter(artifact=OuterRef("pk"), category__slug="text-to-image")))


def cheapest(constraint: Constraint, parsed: ParsedQuery) -> Condition:
    """An order, not a bound; where nothing else is said, what draws pictures is asked for."""
    priced = offered(
        kind=OfferKind.HOSTED.value, unit__in=PRICED_ALIKE[OfferUnit.IMAGE.value], currency="USD"
    )
    return Condition(
        constraint,
        priced,
        NEVER if parsed.residual else ~draws(),
        lambda artifact: _costs(artifact.picture_price, constraint),  # type: ignore[attr-defined]
        always("Price per picture not known"),
    )


def _costs(price: Decimal, constraint: Constraint) -> str:
    each = f"${price.normalize():f} a picture"
    volume = int(constraint.value or 0)
    return f"{each}, ${price * volume:,.2f} for {volume:,}" if volume else each
