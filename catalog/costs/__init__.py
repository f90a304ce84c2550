"""What a number of pictures a month costs, in plain Python: no database here."""

from catalog.costs.estimate import Estimate, estimates
from catalog.costs.usage import GpuPrice, Speed, TokensPerImage, Usage, UsageSource, Volume

__all__ = [
    "Estimate",
    "GpuPrice",
    "Speed",
    "TokensPerImage",
    "Usage",
    "UsageSource",
    "Volume",
    "estimates",
]
