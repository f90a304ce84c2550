"""A condition: what a constraint means in the database, and what is said of an artifact that meets it or not."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from catalog.models import Artifact, Offer
from catalog.vocabulary import Openness
from matchgraph.search.records import Constraint

NEVER = Q(pk__in=[])
OPEN = Q(openness__in=[Openness.OPEN_SOURCE.value, Openness.OPEN_WEIGHTS.value])
SATISFIED, NOT_KNOWN = 1, 0
API_ONLY = Q(openness=Openness.API_ONLY.value)

Words = Callable[[Artifact], str]


def always(words: str) -> Words:
    """Return words that are the same for every artifact."""
    return lambda _artifact: words


# Of what excludes or orders, nothing is said.
SILENT = always("")


@dataclass(frozen=True)
class Condition:
    """A constraint in the terms of the catalogue, and what to say of an artifact that meets it or not."""

    constraint: Constraint
    satisfied: Q
    violated: Q
    if_satisfied: Words
    if_not_known: Words
    # Violated too, but of an artifact that the query names it is worth saying why.
    violated_unless_named: Q = NEVER

    @property
    def is_silent(self) -> bool:
        """Return whether not knowing it is no loss."""
        return self.if_not_known is SILENT


def offered(**fields: object) -> Q:
    """Return whether an artifact has a current offer with these fields."""
    return Q(Exists(Offer.objects.current().filter(artifact=OuterRef("pk"), **fields)))
