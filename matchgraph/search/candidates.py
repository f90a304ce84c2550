"""What is read of every artifact that may answer: enough to put them in order, for hundreds at little cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, IntegerField, QuerySet, Value, When

from catalog.costs import StartingPrice
from catalog.models import Artifact
from catalog.vocabulary import Status
from matchgraph.search.condition import NOT_KNOWN, SATISFIED, Condition

FIELDS = ("pk", "slug", "name", "status", "rank_score", "match__success")


@dataclass(frozen=True)
class Candidate:
    """One artifact that violates nothing; ``states`` says of each condition whether it is satisfied or not known.

    ``success`` is what all visitors together say of it, ``starting_price`` is known where a price was asked for.
    """

    artifact_id: int
    slug: str
    name: str
    status: Status
    rank_score: Decimal | None
    success: float | None
    states: tuple[int, ...]
    starting_price: StartingPrice | None = None


def judged(artifacts: QuerySet[Artifact], conditions: Sequence[Condition]) -> list[Candidate]:
    """Return artifacts with the state of each condition. One query."""
    states = {
        f"state_{number}": Case(
            When(condition.satisfied, then=Value(SATISFIED)),
            default=Value(NOT_KNOWN),
            output_field=IntegerField(),
        )
        for number, condition in enumerate(conditions)
    }
    rows = artifacts.annotate(**states).order_by().values_list(*FIELDS, *states)
    return [
        Candidate(pk, slug, name, Status(status), rank, success, tuple(found))
        for pk, slug, name, status, rank, success, *found in rows
    ]
