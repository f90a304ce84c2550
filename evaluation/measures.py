"""Which readers and which scorer judge a suite, with the versions that make their results comparable."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.readers.registry import READERS, Reader
from evaluation.scorers.base import Scorer
from evaluation.scorers.registry import SCORERS


@dataclass(frozen=True)
class Measure:
    """A scorer with the readers that it works from."""

    scorer: Scorer
    readers: tuple[Reader, ...]

    @property
    def version(self) -> str:
        """The scorer's version and, since they change its values too, those of its readers."""
        return "/".join(
            [self.scorer.version, *(f"{reader.name}:{reader.version}" for reader in self.readers)]
        )


def measure_of(scorer: str) -> Measure:
    """Return the measure of a scorer's name."""
    found = SCORERS[scorer]
    return Measure(found, tuple(READERS[name] for name in found.readers))
