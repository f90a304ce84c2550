"""From an artifact's prices to what a month costs, each way of paying on its own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from catalog.costs.units import CannotComputeError, PerImage, per_image, quality_of, speed_words
from catalog.costs.usage import PROMPT_TOKENS, GpuPrice, Speed, Usage, UsageSource, Volume
from catalog.pricing import TOKEN_UNITS, Price, readable_amount
from catalog.vocabulary import OfferKind, OfferUnit

CENT = Decimal("0.01")
SECONDS_PER_HOUR = 3600
# A twelfth of a year.
HOURS_PER_MONTH = 730


@dataclass(frozen=True)
class Estimate:
    """One way of paying: ``monthly`` is None where ``reason`` says why it cannot be computed.

    Pictures are paid for in lots of ``lot`` at ``per_lot`` each: one picture, or what a machine draws in a month.
    The first of ``prices`` is the one that draws; ``quality`` is empty where the source names none.
    """

    provider: str
    plan: str
    kind: OfferKind
    prices: tuple[Price, ...]
    monthly: Decimal | None
    currency: str
    assumptions: tuple[str, ...] = ()
    sources: tuple[UsageSource, ...] = ()
    reason: str = ""
    per_lot: Decimal | None = None
    lot: int = 1
    quality: str = ""

    def at(self, images: int) -> Decimal | None:
        """Return what another number of pictures a month costs, None where nothing can be computed."""
        return None if self.per_lot is None else -(-images // self.lot) * self.per_lot

    @property
    def words(self) -> str:
        """Return who is paid by which plan, and for which quality where the source names one."""
        return ", ".join(filter(None, (self.provider, self.plan, self.quality)))

    @property
    def amount_text(self) -> str:
        """Return the month's cost to the cent, empty where it cannot be computed."""
        if self.monthly is None:
            return ""
        return readable_amount(self.monthly.quantize(CENT, ROUND_HALF_UP), currency=self.currency)

    @property
    def text(self) -> str:
        """Return the month's cost in words."""
        if self.monthly is None:
            return f"cannot be computed: {self.reason}"
        return f"{self.amount_text} a month"


def estimates(
    prices: Sequence[Price], volume: Volume, *, artifact: str, usage: Usage
) -> tuple[Estimate, ...]:
    """Return what ``volume`` costs by each way of paying, cheapest first, what cannot be computed last.

    ``artifact`` is the slug under which ``usage`` knows times and token counts. Prices of one provider and
    plan per token belong together, since a picture is paid in several kinds of token at once.
    """
    tokens: dict[tuple[str, str, str], list[Price]] = defaultdict(list)
    found: list[Estimate] = []
    for price in prices:
        if price.kind == OfferKind.SELF_HOSTED:
            found += _self_hosted(price, volume, artifact, usage)
        elif price.kind == OfferKind.FREE_TIER:
            found.append(_unknown(price, "the source does not say how many pictures the free tier covers"))
        elif price.unit in TOKEN_UNITS:
            tokens[price.provider, _base_plan(price), price.currency].append(price)
        else:
            found.append(_hosted(price, volume, artifact, usage))
    # Where one provider tells picture tokens from text tokens, another's price per token is one of text.
    is_told_apart = any(price.unit == OfferUnit.IMAGE_TOKEN for price in prices)
    for group in tokens.values():
        found += _by_token(group, volume, artifact, usage, is_told_apart=is_told_apart)
    return tuple(
        sorted(found, key=lambda row: (row.monthly is None, row.monthly or 0, row.provider, row.plan))
    )


def _base_plan(price: Price) -> str:
    """Return the plan without ", cached input": cached tokens are no plan of their own."""
    return price.plan.split(",")[0]


def _hosted(price: Price, volume: Volume, artifact: str, usage: Usage) -> Estimate:
    try:
        one = per_image(price, volume, artifact=artifact, usage=usage)
    except CannotComputeError as error:
        return _unknown(price, str(error))
    return _estimate(price, one, volume, quality=quality_of(price.detail))


def _by_token(
    group: list[Price], volume: Volume, artifact: str, usage: Usage, *, is_told_apart: bool
) -> Iterator[Estimate]:
    by_unit = {price.unit: price for price in group}
    output = by_unit.get(OfferUnit.IMAGE_TOKEN)
    if output is None and not is_told_apart:
        output = by_unit.get(OfferUnit.COMPLETION_TOKEN)
    counts = usage.tokens_of(artifact, volume)
    if output is None:
        yield _unknown(group[0], "no price per token of a picture is known", group)
    elif not counts:
        yield _unknown(
            output, f"no source says how many tokens a picture at {volume.size} is billed as", group
        )
    else:
        prompt = by_unit.get(OfferUnit.PROMPT_TOKEN)
        for count in counts:
            amount = output.amount * count.tokens
            notes = [f"{count.tokens:,} output tokens a picture at {count.quality_words}"]
            if prompt is not None:
                amount += prompt.amount * PROMPT_TOKENS
                notes.append(f"{PROMPT_TOKENS} prompt tokens a picture, none of them cached")
            one = PerImage(amount, tuple(notes), (count.source,))
            parts = (output, *(price for price in group if price is not output))
            # A lone count is no choice of quality, and the name of a size is none either.
            quality = quality_of(count.quality_words) if len(counts) > 1 else ""
            yield _estimate(output, one, volume, parts, quality=quality)


def _self_hosted(price: Price, volume: Volume, artifact: str, usage: Usage) -> Iterator[Estimate]:
    speeds = usage.speeds_of(artifact, volume)
    if not speeds:
        yield _unknown(price, f"no sourced time for one picture at {volume.size} on a named graphics card")
    for speed in speeds:
        rents = [rent for rent in usage.gpu_prices if rent.gpu == speed.gpu]
        if not rents:
            yield _unknown(price, f"no sourced price per hour for one {speed.gpu}")
        for rent in rents:
            yield _rented(price, volume, speed, rent)
            yield _kept(price, volume, speed, rent)


def _rented(price: Price, volume: Volume, speed: Speed, rent: GpuPrice) -> Estimate:
    """Rent a card for the hours of work alone."""
    hours = speed.seconds * volume.images / SECONDS_PER_HOUR
    per_picture = speed.seconds * rent.usd_per_hour / SECONDS_PER_HOUR
    return _on_own_card(
        price,
        f"{price.plan}, on a rented {rent.gpu}",
        hours * rent.usd_per_hour,
        (speed, rent, f"rented for {hours:,.1f} hours of work and no longer"),
        (per_picture, 1),
    )


def _kept(price: Price, volume: Volume, speed: Speed, rent: GpuPrice) -> Estimate:
    """Keep as many cards all month as the pictures need; what one draws in a month is paid for at a time."""
    lot = max(1, int(HOURS_PER_MONTH * SECONDS_PER_HOUR / speed.seconds))
    n_cards = -(-volume.images // lot)
    cards = "one card" if n_cards == 1 else f"{n_cards:,} cards"
    per_card = HOURS_PER_MONTH * rent.usd_per_hour
    return _on_own_card(
        price,
        f"{price.plan}, on a {rent.gpu} kept all month",
        n_cards * per_card,
        (speed, rent, f"{cards} rented for all {HOURS_PER_MONTH} hours of a month"),
        (per_card, lot),
    )


def _on_own_card(
    price: Price,
    plan: str,
    monthly: Decimal,
    work: tuple[Speed, GpuPrice, str],
    growth: tuple[Decimal, int],
) -> Estimate:
    speed, rent, hours = work
    hourly = readable_amount(rent.usd_per_hour, currency="USD")
    return Estimate(
        provider=price.provider,
        plan=plan,
        kind=price.kind,
        prices=(price,),
        monthly=monthly,
        currency="USD",
        assumptions=(
            speed_words(speed),
            f"{hourly} an hour from {rent.provider}, {hours}",
            "nothing for disk, traffic, loading the weights or your own time",
        ),
        sources=(speed.source, rent.source),
        per_lot=growth[0],
        lot=growth[1],
    )


def _estimate(
    price: Price, one: PerImage, volume: Volume, prices: Sequence[Price] = (), *, quality: str
) -> Estimate:
    return Estimate(
        price.provider,
        _base_plan(price) if prices else price.plan,
        price.kind,
        tuple(prices) or (price,),
        one.amount * volume.images,
        price.currency,
        one.assumptions,
        one.sources,
        per_lot=one.amount,
        quality=quality,
    )


def _unknown(price: Price, reason: str, prices: Sequence[Price] = ()) -> Estimate:
    return Estimate(
        price.provider,
        _base_plan(price) if prices else price.plan,
        price.kind,
        tuple(prices) or (price,),
        None,
        price.currency,
        reason=reason,
    )
