"""What growing volumes cost on each side, as lines on a frame, and where one line falls under another."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations

from catalog.costs import Estimate, usual_ways
from catalog.pricing import readable_amount, three_digits
from web.figures import Tick
from web.formatting import readable_count
from web.pages.compare.sides import ComparedArtifact

VOLUMES = (100, 1_000, 10_000, 100_000, 1_000_000)
# Crossings above this are nobody's volume.
MOST_IMAGES = 10_000_000
MOST_STEPS = 60
MOST_CROSSINGS = 4
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Payment:
    """One side's cheapest way of its sort: by the picture, or a card kept all month."""

    side: ComparedArtifact
    way: Estimate

    @property
    def is_kept(self) -> bool:
        """Return whether it is paid for by the card and not by the picture."""
        return self.way.lot > 1

    @property
    def words(self) -> str:
        """Return who is paid for what."""
        return f"{self.side.name} ({self.way.words})"

    def at(self, images: int) -> Decimal:
        """Return what so many pictures a month cost."""
        return self.way.at(images) or Decimal(0)


@dataclass(frozen=True)
class CostLine:
    """One line: its SVG path in a box of 100 by 100, and its amounts at ``VOLUMES``, the least of all marked."""

    payment: Payment
    path: str
    amounts: tuple[tuple[str, bool], ...]

    @property
    def cells(self) -> tuple[tuple[str, str, bool], ...]:
        """Return each amount behind the volume that it is for."""
        rows = zip(VOLUMES, self.amounts, strict=True)
        return tuple((f"{images:,} pictures", amount, is_least) for images, (amount, is_least) in rows)


@dataclass(frozen=True)
class CostChart:
    """The lines, both axes logarithmic; ``asked_at`` is where the visitor's volume stands on the frame."""

    lines: tuple[CostLine, ...]
    volumes: tuple[str, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    asked_at: str
    currency: str


def payments(side: ComparedArtifact, ways: Iterable[Estimate]) -> tuple[Payment, ...]:
    """Return the cheapest way by the picture and the cheapest card kept all month, where there are such.

    Amounts of different currencies are not set against each other: that of the first way counts.
    """
    priced = [(way.per_lot / way.lot, way) for way in ways if way.per_lot]
    priced = [row for row in priced if row[1].currency == priced[0][1].currency]
    sorts = ([row for row in priced if (row[1].lot > 1) == is_kept] for is_kept in (False, True))
    return tuple(Payment(side, min(rows, key=lambda row: row[0])[1]) for rows in sorts if rows)


def overtaken_at(first: Estimate, second: Estimate) -> int | None:
    """Return the least number of pictures a month at which ``second`` costs less than ``first``.

    None where it never does below ``MOST_IMAGES``.
    """
    if not first.per_lot or second.per_lot is None:
        return None
    if first.lot == 1:
        # Inside the second's first lot its cost stands still; if it is not overtaken there, it never is.
        images = int(second.per_lot / first.per_lot) + 1
        return images if images <= min(second.lot, MOST_IMAGES) else None
    # The first costs most for its lot where a lot begins.
    for images in range(1, MOST_IMAGES, first.lot):
        if (second.at(images) or 0) < (first.at(images) or 0):
            return images
    return None


def quality_words(side: ComparedArtifact, ways: Sequence[Estimate]) -> Iterable[str]:
    """Say what each quality costs by the picture where one plan has several, and which is compared."""
    usual = usual_ways(ways)
    for own in usual:
        plan = [
            way for way in ways if (way.provider, way.plan, way.kind) == (own.provider, own.plan, own.kind)
        ]
        named = [
            f"{_precise(way)} in {way.quality}" for way in plan if way.monthly is not None and way.quality
        ]
        if own.quality and len(named) > 1:
            costs = f"{', '.join(named[:-1])} and {named[-1]}"
            yield f"{side.name} costs {costs} at {own.provider}; {own.quality} is compared."


def cost_words(found: Sequence[Payment], *, size: str) -> tuple[str, ...]:
    """Return who costs least by the picture of ``size``, and from which volumes a kept card costs less."""
    if len({each.way.currency for each in found}) > 1:
        return ()
    by_picture = sorted((each for each in found if not each.is_kept), key=lambda each: each.way.per_lot or 0)
    return (*_by_picture(by_picture, size), *_crossings(found))


def _by_picture(ordered: Sequence[Payment], size: str) -> Iterable[str]:
    if len(ordered) < 2:
        return
    least, following = ordered[0], ordered[1]
    one, other = (_precise(each.way) for each in (least, following))
    if least.way.per_lot == following.way.per_lot:
        yield f"By the picture of {size}, {least.words} and {following.words} cost the same: {one} each."
    else:
        yield (
            f"By the picture of {size}, {least.side.name} costs less, whatever the volume: {one} "
            f"({least.way.words}) against {other} for {following.words}."
        )


def _crossings(found: Sequence[Payment]) -> Iterable[str]:
    kept = [each for each in found if each.is_kept]
    pairs = [
        (one, other) for one, other in permutations(found, 2) if one.side is not other.side and other.is_kept
    ]
    crossed = [
        (images, before, after)
        for before, after in pairs
        if before.at(1) <= after.at(1) and (images := overtaken_at(before.way, after.way))
    ]
    for images, before, after in sorted(crossed, key=lambda row: row[0])[:MOST_CROSSINGS]:
        yield f"Crossover: from {images:,} pictures a month {after.words} costs less than {before.words}."
    if kept and not crossed:
        yield "No lines cross: a card kept all month never costs less here than the other side."


def cost_chart(found: Sequence[Payment], *, asked: int) -> CostChart | None:
    """Return the lines of one currency; None where fewer than two sides have any."""
    currency = found[0].way.currency if found else ""
    drawn = [each for each in found if each.way.currency == currency]
    if len({each.side.letter for each in drawn}) < 2:
        return None
    amounts = [[each.at(images) for images in VOLUMES] for each in drawn]
    least = [min(column) for column in zip(*amounts, strict=True)]
    place_x = _log_scale(VOLUMES[0], VOLUMES[-1])
    low = math.floor(math.log10(min(row[0] for row in amounts)))
    high = max(low + 1, math.ceil(math.log10(max(row[-1] for row in amounts))))
    place_y = _log_scale(10.0**low, 10.0**high)
    lines = tuple(
        CostLine(
            each,
            _path(each, place_x, place_y),
            tuple(
                (readable(amount, currency), amount == best) for amount, best in zip(row, least, strict=True)
            ),
        )
        for each, row in zip(drawn, amounts, strict=True)
    )
    stride = math.ceil((high - low) / 5)
    return CostChart(
        lines=lines,
        volumes=tuple(f"{images:,}" for images in VOLUMES),
        x_ticks=tuple(Tick(f"{place_x(images):.1f}%", _short(images)) for images in VOLUMES),
        y_ticks=tuple(
            Tick(f"{100 - place_y(10.0**power):.1f}%", readable(Decimal(10) ** power, currency))
            for power in range(low, high + 1, stride)
        ),
        asked_at=f"{place_x(asked):.1f}%" if VOLUMES[0] <= asked <= VOLUMES[-1] else "",
        currency=currency,
    )


def _path(payment: Payment, place_x: Callable[[float], float], place_y: Callable[[float], float]) -> str:
    """Return a straight line, or the stairs of cards that are added one by one."""
    lot = payment.way.lot
    edges = [VOLUMES[0], VOLUMES[-1]]
    if lot > 1:
        begun = range(lot, VOLUMES[-1], lot)[:MOST_STEPS]
        edges[1:1] = [edge for end in begun if end > VOLUMES[0] for edge in (end, end + 1)]
    steps = (f"{place_x(edge):.2f} {100 - place_y(float(payment.at(edge))):.2f}" for edge in edges)
    return "M" + "L".join(steps)


def _log_scale(low: float, high: float) -> Callable[[float], float]:
    """Return a function from a value to its place between 0 and 100."""
    begin, span = math.log10(low), math.log10(high) - math.log10(low)
    return lambda value: 100 * (math.log10(value) - begin) / span


def readable(amount: Decimal, currency: str) -> str:
    """Return an amount as a table prints it: cents only where they count.

    >>> readable(Decimal("0.045"), "USD"), readable(Decimal("123456.7"), "USD")
    ('$0.05', '$123,457')
    """
    step = CENT if amount < 100 else Decimal(1)
    return readable_amount(amount.quantize(step, ROUND_HALF_UP), currency=currency).removesuffix(".00")


def _precise(way: Estimate) -> str:
    """Return the price of one picture in three digits."""
    return readable_amount(three_digits(way.per_lot or Decimal(0)), currency=way.currency)


def _short(images: int) -> str:
    """Return a volume as an axis prints it.

    >>> [_short(images) for images in VOLUMES]
    ['100', '1K', '10K', '100K', '1M']
    """
    return readable_count(images)
