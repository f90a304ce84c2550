"""What else does the same as an artifact, and what speaks for it."""

from dataclasses import dataclass

from catalog.costs import StartingPrice
from catalog.models import Artifact
from catalog.selectors import starting_prices
from catalog.vocabulary import Openness
from matchgraph.selectors import Related, related
from web.pages.advantages import advantages


@dataclass(frozen=True)
class RelatedLine:
    """An artifact that shares capabilities, and what is known to speak for it: "cheaper", "open weights"."""

    other: Related
    advantages: tuple[str, ...]


def related_lines(
    artifact: Artifact, *, own_price: StartingPrice | None, limit: int
) -> tuple[RelatedLine, ...]:
    """Return those that share most with an artifact that was loaded with its capabilities. Two queries."""
    names = {capability.pk: capability.name for capability in artifact.capabilities.all()}
    found = related(artifact.pk, names=names, limit=limit)
    prices = starting_prices([other.artifact_id for other in found])
    own = Openness(artifact.openness)
    return tuple(
        RelatedLine(other, advantages((own_price, own), (prices.get(other.artifact_id), other.openness)))
        for other in found
    )
