"""Scores a catalogue of any size before its snapshot has a name.

The digest of the inputs names a snapshot, so everything is read before it is known whether anything has to
be written. What the entries need is set aside meanwhile: bounds in arrays, the components' records in a
file on disk, so that memory grows by some hundred bytes an artifact and not by its records.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from ranking.compute.canonical import canonical_line, plain, snapshot_digest
from ranking.compute.export_format import group_of
from ranking.compute.formula import parse_formula
from ranking.compute.positions import Position, grouped_positions
from ranking.compute.records import ArtifactInputs, ComponentResult
from ranking.compute.score import score_artifact
from ranking.compute.weights import Contributions


@dataclass(frozen=True)
class ScoredEntry:
    """What a snapshot says of one artifact; bounds in milli-points, ``components`` as a JSON text."""

    slug: str
    kind: str
    is_demonstration: bool
    position: Position
    score: int
    low: int
    high: int
    components: str


class ScoredCatalogue:
    """The ranks of a catalogue; ``scored_catalogue`` makes it and it ends with its block.

    Attributes:
        definition: the formula that scored it, as it is published.
        formula: the same, parsed.
        digest: the name of the snapshot.
    """

    def __init__(
        self, inputs: Iterable[ArtifactInputs], *, definition: dict[str, Any], aside: IO[bytes]
    ) -> None:
        self.definition = definition
        self.formula = parse_formula(definition)
        self._aside = aside
        self._slugs: list[str] = []
        self._groups: list[tuple[str, bool]] = []
        self._bounds = (array("i"), array("i"), array("i"))
        self._contributions: defaultdict[str, Contributions] = defaultdict(Contributions)
        self.digest = snapshot_digest(definition, self._scored(inputs))

    def __len__(self) -> int:
        return len(self._slugs)

    def entries(self) -> Iterator[ScoredEntry]:
        """Yield what the snapshot says of each artifact, in the order of the inputs."""
        self._aside.seek(0)
        places = grouped_positions(list(zip(*self._bounds, strict=True)), groups=self._groups)
        rows = zip(self._slugs, self._groups, places, *self._bounds, self._aside, strict=True)
        for slug, (kind, is_demonstration), place, score, low, high, line in rows:
            yield ScoredEntry(slug, kind, is_demonstration, place, score, low, high, line.decode().rstrip())

    def weights(self) -> dict[str, Any]:
        """Return how much each component decides, by profile; demonstrations decide nothing."""
        found = {}
        for profile in self.formula.profiles:
            contributions = self._contributions[profile.name]
            components = [plain(weight) for weight in contributions.weights(profile)]
            found[profile.name] = {"n_artifacts": len(contributions), "components": components}
        return found

    def _scored(self, inputs: Iterable[ArtifactInputs]) -> Iterator[ArtifactInputs]:
        """Score each artifact on its way to the digest."""
        for item in inputs:
            result = score_artifact(item, formula=self.formula)
            self._slugs.append(item.slug)
            self._groups.append(group_of(item))
            for column, value in zip(self._bounds, (result.score, result.low, result.high), strict=True):
                column.append(value)
            self._aside.write(canonical_line([_record(component) for component in result.components]))
            if not item.is_demonstration:
                self._contributions[self.formula.profile_of(item.kind).name].add(result)
            yield item


@contextmanager
def scored_catalogue(
    inputs: Iterable[ArtifactInputs], *, definition: dict[str, Any]
) -> Iterator[ScoredCatalogue]:
    """Score artifacts as they come, in the order of their slugs.

    Raises:
        KeyError: no profile of the formula covers an artifact's kind.
        OSError: the disk is full.
        ValueError: the definition of the formula does not hold.
    """
    with TemporaryFile(prefix="rank-") as aside:
        yield ScoredCatalogue(inputs, definition=definition, aside=aside)


def _record(component: ComponentResult) -> dict[str, Any]:
    return {**plain(component), "share": component.share}
