"""Which readers and which scorer judge a suite, with the versions that make their results comparable."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.conf import guard_readers
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


def watching(measure: Measure) -> tuple[Reader, ...]:
    """Return all readers that look at a picture: the measure's own, and guards, which change no version."""
    own = {reader.name for reader in measure.readers}
    return (*measure.readers, *(READERS[name] for name in guard_readers() if name not in own))
