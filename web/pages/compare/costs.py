"""What a month of pictures costs each side, at the visitor's volume."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.costs import Estimate, Volume, estimates, usual_ways
from catalog.seed.usage import shipped_usage
from web.pages.compare.cost_chart import CostChart, cost_chart, cost_words, payments, quality_words
from web.pages.compare.sides import ComparedArtifact

SIZES = ((512, 512), (1024, 1024), (1536, 1024), (2048, 2048))
DEFAULT = Volume()


@dataclass(frozen=True)
class AskedVolume:
    """The volume that costs are shown for, and what was wrong with the one asked for."""

    volume: Volume
    problem: str = ""

    @property
    def sizes(self) -> tuple[tuple[str, bool], ...]:
        """Return the sizes to choose from, and which one is chosen."""
        chosen = (self.volume.width, self.volume.height)
        return tuple((f"{width}x{height}", (width, height) == chosen) for width, height in SIZES)


@dataclass(frozen=True)
class SideCost:
    """The usual way to pay, its share of the dearest side's (0-100), and every way.

    The usual way is the cheapest known one, in the middle quality where a plan is priced by quality.
    """

    side: ComparedArtifact
    volume: Volume
    usual: Estimate | None
    share: float
    ways: tuple[Estimate, ...]

    @property
    def basis(self) -> str:
        """Return which way the cost is of, its quality and the size of the pictures."""
        return f"{self.usual.words}, at {self.volume.size}" if self.usual else ""

    @property
    def reason(self) -> str:
        """Return why nothing can be computed."""
        return self.ways[0].reason if self.ways else "no price is known"


@dataclass(frozen=True)
class CostSection:
    """What a month costs on every side."""

    asked: AskedVolume
    sides: tuple[SideCost, ...]
    statements: tuple[str, ...]
    chart: CostChart | None


def asked_volume(wanted: Mapping[str, str]) -> AskedVolume:
    """Return the volume of a query string, ``images`` a month of ``size``; the usual one where it is wrong.

    >>> asked_volume({"images": "500", "size": "512x512"}).volume
    Volume(images=500, width=512, height=512)
    >>> asked_volume({"images": "many"}).problem
    'Say how many pictures a month in digits, between 1 and a billion.'
    """
    sizes = {f"{width}x{height}": (width, height) for width, height in SIZES}
    asked = wanted.get("size", "")
    problem = "" if asked in {"", *sizes} else f"The size has to be one of {', '.join(sizes)}."
    size = sizes.get(asked, (DEFAULT.width, DEFAULT.height))
    text = wanted.get("images", "").replace(",", "").strip()
    try:
        return AskedVolume(Volume(int(text) if text else DEFAULT.images, *size), problem)
    except ValueError:
        said = "Say how many pictures a month in digits, between 1 and a billion."
        return AskedVolume(Volume(DEFAULT.images, *size), f"{said} {problem}".strip())


def cost_section(sides: Sequence[ComparedArtifact], asked: AskedVolume) -> CostSection:
    """Return what the volume costs on each side; every way of paying is kept. No query."""
    is_usual = asked.volume == DEFAULT
    ways = [side.once(_usual_ways) if is_usual else _ways(side, asked.volume) for side in sides]
    comparable = [usual_ways(found) for found in ways]
    usual = [next(iter(found), None) for found in comparable]
    most = max((way.monthly or Decimal(0) for way in usual if way), default=Decimal(0))
    costs = tuple(
        SideCost(
            side, asked.volume, way, float(100 * (way.monthly or 0) / most) if way and most else 0.0, found
        )
        for side, way, found in zip(sides, usual, ways, strict=True)
    )
    found = [each for side, own in zip(sides, comparable, strict=True) for each in payments(side, own)]
    qualities = [words for side, own in zip(sides, ways, strict=True) for words in quality_words(side, own)]
    statements = (*cost_words(found, size=asked.volume.size), *qualities)
    chart = cost_chart(found, asked=asked.volume.images)
    return CostSection(asked, costs, statements, chart)


def _ways(side: ComparedArtifact, volume: Volume) -> tuple[Estimate, ...]:
    return estimates(side.prices, volume, artifact=side.artifact.slug, usage=shipped_usage())


def _usual_ways(side: ComparedArtifact) -> tuple[Estimate, ...]:
    return _ways(side, DEFAULT)
