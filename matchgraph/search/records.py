"""What a search is made of and what it returns."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from catalog.vocabulary import Kind
from matchgraph.selectors import CapabilityView


class ConstraintKind(StrEnum):
    """What a visitor can ask of an artifact beside what it does."""

    LIKE = "like"
    PRICE = "price"
    FREE = "free"
    MEMORY = "memory"
    NO_GPU = "no-gpu"
    COMMERCIAL = "commercial"
    OPEN_SOURCE = "open-source"
    OPEN_WEIGHTS = "open-weights"
    LICENCE = "licence"
    PARAMETERS = "parameters"
    HOSTED = "hosted"
    LOCAL = "local"
    KIND = "kind"
    MODALITY = "modality"
    CHEAPEST = "cheapest"
    VOLUME = "volume"
    NOT = "not"
    NOT_FROM = "not-from"


@dataclass(frozen=True)
class Constraint:
    """One thing asked for. ``text`` are the words of the query that say it."""

    kind: ConstraintKind
    label: str
    value: str
    unit: str = ""
    text: str = ""

    def said(self, text: str) -> "Constraint":
        """Return the constraint with the words that say it."""
        return replace(self, text=text)


@dataclass(frozen=True)
class ParsedQuery:
    """A query taken apart: what it asks for, and the words that are left."""

    query: str
    constraints: tuple[Constraint, ...]
    residual: str

    def constraint(self, kind: ConstraintKind) -> Constraint | None:
        """Return what the query asks for of a kind."""
        return next((item for item in self.constraints if item.kind == kind), None)

    def without(self, dropped: Constraint) -> "ParsedQuery":
        """Return the query as if one thing had not been asked for."""
        return replace(self, constraints=tuple(item for item in self.constraints if item != dropped))


class Fit(StrEnum):
    """How sure we are of a result."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class SearchResult:
    """One artifact, the capability that matched and why it is here."""

    artifact_id: int
    slug: str
    name: str
    kind: Kind
    summary: str
    score: float
    confidence: Fit
    matched_capability: CapabilityView | None
    why: tuple[str, ...]
    not_known: tuple[str, ...]
    is_named: bool = False
    # Deprecated or archived by its publisher, and not asked for by name.
    is_given_up: bool = False


@dataclass(frozen=True)
class Relaxation:
    """What would have to give: without this constraint so many artifacts fit, this one best."""

    constraint: Constraint
    n_more: int
    slug: str
    name: str


@dataclass(frozen=True)
class SearchPage:
    """What a search found. ``is_weak`` says that nothing fitted well; the nearest are listed all the same.

    The first ``n_known`` results are known to meet every constraint; of the rest something is not known.
    """

    query: str
    constraints: tuple[Constraint, ...]
    residual: str
    results: tuple[SearchResult, ...]
    event_id: UUID | None
    is_weak: bool
    n_known: int = 0
    relaxations: tuple[Relaxation, ...] = ()
