"""What is asked of the calculator and what it may assume, each assumption with its source."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing import SIZE_NAMES

# A prompt of some fifty words; output tokens dominate the price of a picture.
PROMPT_TOKENS = 75
# Providers that sell by the megapixel count a square of 1024 as one.
MEGAPIXEL = 1024 * 1024


@dataclass(frozen=True)
class Volume:
    """How many pictures a month, and of what size in pixels."""

    images: int = 10_000
    width: int = 1024
    height: int = 1024

    def __post_init__(self) -> None:
        """Refuse what no provider sells.

        Raises:
            ValueError: a count or side outside its range.
        """
        if not 1 <= self.images <= 1_000_000_000:
            message = "images must lie between 1 and a billion"
            raise ValueError(message)
        if not (64 <= self.width <= 16_384 and 64 <= self.height <= 16_384):
            message = "width and height must lie between 64 and 16384 pixels"
            raise ValueError(message)

    @property
    def size(self) -> str:
        """Return the size in words."""
        return f"{self.width}×{self.height}"

    @property
    def megapixels(self) -> Decimal:
        """Return the megapixels of one picture, a square of 1024 pixels being one."""
        return Decimal(self.width * self.height) / MEGAPIXEL


@dataclass(frozen=True)
class UsageSource:
    """Who says so, where and when."""

    name: str
    url: str
    observed_on: dt.date


@dataclass(frozen=True)
class GpuPrice:
    """What renting a graphics card costs."""

    gpu: str
    provider: str
    usd_per_hour: Decimal
    source: UsageSource


@dataclass(frozen=True)
class Speed:
    """How long one picture takes on a named card; never scaled to other sizes, steps or cards."""

    artifact: str
    gpu: str
    width: int
    height: int
    steps: int
    seconds: Decimal
    setup: str
    source: UsageSource


@dataclass(frozen=True)
class TokensPerImage:
    """How many output tokens one picture is billed as."""

    artifact: str
    width: int
    height: int
    quality: str
    tokens: int
    source: UsageSource

    @property
    def quality_words(self) -> str:
        """Return the quality in words, or the name of a size where a provider sells by that."""
        is_size = self.quality.upper() in SIZE_NAMES
        return self.quality if is_size else f"{self.quality} quality"


@dataclass(frozen=True)
class Usage:
    """Everything that the calculator may assume."""

    gpu_prices: tuple[GpuPrice, ...] = ()
    speeds: tuple[Speed, ...] = ()
    tokens: tuple[TokensPerImage, ...] = ()

    def speeds_of(self, artifact: str, volume: Volume) -> tuple[Speed, ...]:
        """Return the known times of one artifact at one size."""
        wanted = (artifact, volume.width, volume.height)
        return tuple(row for row in self.speeds if (row.artifact, row.width, row.height) == wanted)

    def tokens_of(self, artifact: str, volume: Volume) -> tuple[TokensPerImage, ...]:
        """Return the known token counts of one artifact at one size, one per quality."""
        wanted = (artifact, volume.width, volume.height)
        return tuple(row for row in self.tokens if (row.artifact, row.width, row.height) == wanted)
