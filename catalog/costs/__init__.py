"""What a number of pictures a month costs, in plain Python: no database here."""

from catalog.costs.estimate import Estimate, estimates
from catalog.costs.starting import StartingPrice, starting_price, usual_ways
from catalog.costs.usage import GpuPrice, Speed, TokensPerImage, Usage, UsageSource, Volume

__all__ = [
    "Estimate",
    "GpuPrice",
    "Speed",
    "StartingPrice",
    "TokensPerImage",
    "Usage",
    "UsageSource",
    "Volume",
    "estimates",
    "starting_price",
    "usual_ways",
]
