"""Models of the rank."""

from ranking.models.formula import Formula
from ranking.models.snapshot import CurrentSnapshot, RankEntry, RankSnapshot

__all__ = ["CurrentSnapshot", "Formula", "RankEntry", "RankSnapshot"]
