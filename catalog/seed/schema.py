"""What a file of the seed catalogue may contain.

One file under ``data/catalog/artifacts/`` describes one artifact; ``publishers.yaml`` and
``categories.yaml`` list the names that artifacts refer to. Unknown keys are errors: a misspelt
field must not vanish in silence.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    field_validator,
    model_validator,
)

from catalog.vocabulary import (
    SLUG_REGEX,
    Claimant,
    Confidence,
    Kind,
    LinkRel,
    Modality,
    OfferKind,
    OfferUnit,
    Openness,
    Origin,
    Permission,
    RelationType,
    SourceKind,
    Status,
)


def _check_slug(value: str) -> str:
    if not SLUG_REGEX.match(value):
        message = (
            f"{value!r} is not a valid slug: lower-case letters, digits and single hyphens, without -vs-"
        )
        raise ValueError(message)
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=600)]
SourceKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


def refuse_float(value: Any) -> Any:
    """Refuse numbers that YAML has already read as floats: their last digits are lost."""
    if isinstance(value, float):
        message = "write numbers in quotes, a YAML float has already lost digits"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports ValueError with the field's name
    return value


Amount = Annotated[Decimal, BeforeValidator(refuse_float), Field(ge=0, max_digits=20, decimal_places=12)]
ReportedValue = Annotated[Decimal, BeforeValidator(refuse_float), Field(max_digits=14, decimal_places=6)]


class Entry(BaseModel):
    """Base of every entry: strict about keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SlugEntry(Entry):
    """An entry that is referred to by its slug."""

    slug: str

    @field_validator("slug")
    @classmethod
    def _slug(cls, value: str) -> str:
        return _check_slug(value)


class PublisherEntry(SlugEntry):
    """Who publishes artifacts."""

    name: Text
    url: HttpUrl | None = None


class CategoryEntry(SlugEntry):
    """A shelf of the catalogue."""

    name: Text
    description: Sentence


class SourceEntry(Entry):
    """Where something was read, and when."""

    kind: SourceKind
    name: Text
    url: HttpUrl | None = None
    observed_on: dt.date

    @model_validator(mode="after")
    def _outside_sources_have_an_address(self) -> "SourceEntry":
        if self.url is None and self.kind != SourceKind.MEASURED:
            raise ValueError("only what we measured ourselves has no url")
        return self

    @property
    def address(self) -> str:
        """Return the address, empty for our own measurements."""
        return str(self.url) if self.url else ""


class LicenceEntry(Entry):
    """A licence and the two things that people ask of it."""

    id: Text
    name: Text
    url: HttpUrl | None = None
    outputs_commercial: Permission | None = None
    weights_commercial: Permission | None = None
    condition: Sentence | None = None
    source: SourceKey


class LinkEntry(Entry):
    """A place to go on reading."""

    rel: LinkRel
    url: HttpUrl


class OfferEntry(Entry):
    """A price. ``amount`` is for ONE unit (one token, one image), quoted so that no digit is lost."""

    kind: OfferKind
    provider: Text
    plan: Text
    unit: OfferUnit | None = None
    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    detail: Text | None = None
    source: SourceKey
    # Where one source was read several times: the history of a price.
    as_of: dt.date | None = None

    @model_validator(mode="after")
    def _hosted_has_a_unit(self) -> "OfferEntry":
        if self.kind == OfferKind.HOSTED and self.unit is None:
            message = "a hosted offer needs a unit"
            raise ValueError(message)
        if self.kind != OfferKind.HOSTED and self.amount != 0:
            message = f'a {self.kind} offer costs nothing: amount must be "0"'
            raise ValueError(message)
        return self


class AdoptionEntry(Entry):
    """One observed count."""

    metric: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
    value: Annotated[int, Field(ge=0)]
    source: SourceKey
    observed_on: dt.date | None = None


class ReportedResultEntry(Entry):
    """A benchmark value that somebody else published."""

    benchmark: Text
    metric: Text
    value: Decimal
    reported_by: Text
    claimant: Claimant = Claimant.THIRD_PARTY
    source: SourceKey
    is_primary: bool = True


class CapabilityEntry(Entry):
    """One thing that the artifact does, in our own words."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=90)]
    description: Sentence
    unique_aspect: Sentence | None = None
    versus_alternatives: Sentence | None = None
    best_for: list[Text] = []
    limitations: list[Text] = []
    requirements: list[Text] = []
    inputs: list[Modality]
    outputs: list[Modality]
    intents: Annotated[list[Sentence], Field(min_length=1)]
    confidence: Confidence = Confidence.MEDIUM
    origin: Origin = Origin.CURATED
    sources: list[SourceKey] = []


class RelationEntry(Entry):
    """A tie to another artifact of the catalogue."""

    type: RelationType
    to: str


class ArtifactEntry(SlugEntry):
    """One artifact with all that the seed catalogue knows of it."""

    name: Text
    kind: Kind
    publisher: str
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=240)]
    about: Annotated[str, StringConstraints(strip_whitespace=True, min_length=60)]
    aliases: list[Text] = []
    categories: Annotated[list[str], Field(min_length=1)]
    inputs: list[Modality]
    outputs: list[Modality]
    openness: Openness
    status: Status = Status.ACTIVE
    licence: LicenceEntry | None = None
    parameter_count: Annotated[int, Field(gt=0)] | None = None
    released_on: dt.date | None = None
    last_activity_on: dt.date | None = None
    memory_gb: Annotated[Decimal, Field(gt=0, max_digits=8, decimal_places=2)] | None = None
    hub_id: Text | None = None
    github_repo: Text | None = None
    router_id: Text | None = None
    package_name: Text | None = None
    is_demonstration: bool = False
    weights_path: Text | None = None
    best_for: list[Text] = []
    limitations: list[Text] = []
    requirements: list[Text] = []
    sources: Annotated[dict[SourceKey, SourceEntry], Field(min_length=1)]
    sourced: dict[str, SourceKey]
    links: list[LinkEntry] = []
    offers: list[OfferEntry] = []
    adoption: list[AdoptionEntry] = []
    reported_results: list[ReportedResultEntry] = []
    relations: list[RelationEntry] = []
    capabilities: Annotated[list[CapabilityEntry], Field(min_length=3)]

    @model_validator(mode="after")
    def _facts_have_sources(self) -> "ArtifactEntry":
        """Every fact names a source, and every name of a source is declared."""
        for field in SOURCED_FIELDS:
            if getattr(self, field) is not None and field not in self.sourced:
                message = f"{field} is stated without a source: add it to 'sourced'"
                raise ValueError(message)
        if unknown := sorted(set(self.sourced) - set(SOURCED_FIELDS)):
            message = f"'sourced' names fields that it cannot source: {', '.join(unknown)}"
            raise ValueError(message)
        if undeclared := sorted(set(self.source_keys()) - set(self.sources)):
            message = f"sources are referred to but not declared: {', '.join(undeclared)}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _capabilities_are_distinct(self) -> "ArtifactEntry":
        names = [capability.name.casefold() for capability in self.capabilities]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            message = f"capabilities are listed twice: {', '.join(repeated)}"
            raise ValueError(message)
        return self

    def source_keys(self) -> list[str]:
        """Keys of ``sources`` that anything in this entry refers to."""
        keys = list(self.sourced.values())
        keys += [offer.source for offer in self.offers]
        keys += [signal.source for signal in self.adoption]
        keys += [result.source for result in self.reported_results]
        if self.licence is not None:
            keys.append(self.licence.source)
        return keys + [key for capability in self.capabilities for key in capability.sources]


# Columns of an artifact that state a fact about the world and so need a source of their own.
SOURCED_FIELDS = (
    "openness",
    "parameter_count",
    "released_on",
    "last_activity_on",
    "memory_gb",
)
