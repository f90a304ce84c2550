"""What one picture costs by a price's unit, with what had to be assumed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from catalog.costs.usage import Speed, Usage, UsageSource, Volume
from catalog.pricing import SIZE, Price, named_sizes
from catalog.vocabulary import OfferUnit

FURTHER_MEGAPIXEL = re.compile(r"each further one[^$]*\$(\d+(?:\.\d+)?)")
QUALITY = re.compile(r"\b[\w-]+ quality\b", re.IGNORECASE)
MILLION_PIXELS = 1_000_000


class CannotComputeError(Exception):
    """Why no amount can be given; the text follows "cannot be computed: "."""


@dataclass(frozen=True)
class PerImage:
    """What one picture costs, in the price's currency."""

    amount: Decimal
    assumptions: tuple[str, ...] = ()
    sources: tuple[UsageSource, ...] = ()


def per_image(price: Price, volume: Volume, *, artifact: str, usage: Usage) -> PerImage:
    """Return what one picture costs under a hosted price that stands alone (tokens come in groups).

    Raises:
        CannotComputeError: the unit does not say what a picture costs, or an assumption has no source.
    """
    rule = RULES.get(price.unit) if price.unit else None
    if rule is None:
        message = "the price names no unit that pictures can be counted in"
        raise CannotComputeError(message)
    return rule(price, volume, artifact, usage)


def quality_of(detail: str) -> str:
    """Return the quality that a price's detail names, empty where it names none.

    >>> quality_of("1024x1024, low quality"), quality_of("1K"), quality_of("flux-pro, text to image")
    ('low quality', '', '')
    """
    found = QUALITY.search(detail)
    return found[0].lower() if found else ""


def _by_image(price: Price, volume: Volume, _artifact: str, _usage: Usage) -> PerImage:
    sizes = named_sizes(price.detail)
    if not sizes:
        note = f"price for: {price.detail}" if price.detail else "one price whatever is drawn"
        return PerImage(price.amount, (note, f"the source names no size; taken to cover {volume.size}"))
    named = ", ".join(f"{width}×{height}" for width, height in sorted(sizes))
    is_spelt_out = SIZE.search(price.detail) is not None
    if (volume.width, volume.height) not in sizes:
        meant = named if is_spelt_out else f"{price.detail}, taken as {named}"
        message = f"this price is for {meant}, not {volume.size}"
        raise CannotComputeError(message)
    meant = price.detail if is_spelt_out else f"{price.detail}, taken as {named}"
    return PerImage(price.amount, (f"price for: {meant}",))


def _by_megapixel(price: Price, volume: Volume, _artifact: str, _usage: Usage) -> PerImage:
    further = FURTHER_MEGAPIXEL.search(price.detail)
    if further:
        rest = max(volume.megapixels - 1, Decimal(0))
        return PerImage(
            price.amount + rest.to_integral_value(ROUND_CEILING) * Decimal(further[1]),
            (f"{_megapixels(volume)}, further ones counted when begun", "no pictures sent in"),
        )
    if "rounded up" in price.detail:
        count = volume.megapixels.to_integral_value(ROUND_CEILING)
        return PerImage(price.amount * count, (f"{_megapixels(volume)}, rounded up to {count}",))
    if "per pixel" in price.detail:
        exact = Decimal(volume.width * volume.height) / MILLION_PIXELS
        return PerImage(price.amount * exact, (f"{exact:.2f} million pixels a picture",))
    return PerImage(price.amount * volume.megapixels, (_megapixels(volume), "no pictures sent in"))


def _megapixels(volume: Volume) -> str:
    unit = "megapixel" if volume.megapixels == 1 else "megapixels"
    return f"{volume.megapixels.normalize():.4g} {unit} a picture (1024×1024 pixels count as one)"


def _by_gpu_second(price: Price, volume: Volume, artifact: str, usage: Usage) -> PerImage:
    named = f"{price.plan} {price.detail}".casefold()
    for speed in usage.speeds_of(artifact, volume):
        if speed.gpu.casefold() in named:
            return PerImage(price.amount * speed.seconds, (speed_words(speed),), (speed.source,))
    message = f"no sourced time for one picture at {volume.size} on this provider's graphics card"
    raise CannotComputeError(message)


def speed_words(speed: Speed) -> str:
    """Return how long one picture takes, with all that the time depends on."""
    return f"{speed.seconds.normalize():f} s a picture with {speed.steps} steps on one {speed.gpu} ({speed.setup})"


def _no_count(price: Price, _volume: Volume, _artifact: str, _usage: Usage) -> PerImage:
    what = "a month's price" if price.unit == OfferUnit.MONTH else "a price per credit"
    message = f"{what} does not say how many pictures it covers"
    raise CannotComputeError(message)


RULES: dict[OfferUnit, Callable[[Price, Volume, str, Usage], PerImage]] = {
    OfferUnit.IMAGE: _by_image,
    OfferUnit.MEGAPIXEL: _by_megapixel,
    OfferUnit.GPU_SECOND: _by_gpu_second,
    OfferUnit.MONTH: _no_count,
    OfferUnit.CREDIT: _no_count,
}
