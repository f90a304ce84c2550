"""Lines of the bulk exports, for the document; the database writes them as they are."""

import datetime as dt
from typing import Any

from pydantic import Field

from catalog.vocabulary import Kind, LinkRel, OfferKind, Openness, Status
from web.api.schemas.common import Out
from web.export.statements import ARTIFACTS_EXPORT, EVALUATIONS_EXPORT


class LineSource(Out):
    """Where a value was read, and when."""

    record: int = Field(description="Tells apart what was read at different times under one name.")
    name: str
    url: str
    kind: str
    as_of: dt.date


class LineName(Out):
    """A publisher."""

    slug: str
    name: str
    url: str


class LineShelf(Out):
    """A category."""

    slug: str
    name: str
    description: str


class LineLink(Out):
    """A link of an artifact."""

    rel: LinkRel
    url: str


class LineCapability(Out):
    """A capability of an artifact."""

    name: str
    description: str
    unique_aspect: str
    versus_alternatives: str
    best_for: list[str]
    limitations: list[str]
    requirements: list[str]
    inputs: list[str]
    outputs: list[str]
    intents: list[str]
    source_urls: list[str]
    confidence: str
    origin: str


class LineOffer(Out):
    """A price, with those that later ones have replaced."""

    kind: OfferKind
    provider: str
    plan: str
    unit: str
    detail: str
    amount: str = Field(description="Exact, per single unit.")
    currency: str
    source: LineSource


class LineFact(Out):
    """One field as one source states it; the winning fact sets the column."""

    field: str
    value: Any
    is_winning: bool
    source: LineSource


class ArtifactLine(Out):
    """A line of `artifacts.ndjson`."""

    slug: str
    name: str
    aliases: list[str]
    kind: Kind
    publisher: LineName
    summary: str
    about: str
    openness: Openness
    status: Status
    licence_id: str
    licence_name: str
    licence_url: str
    licence_outputs_commercial: str
    licence_weights_commercial: str
    licence_condition: str
    inputs: list[str]
    outputs: list[str]
    best_for: list[str]
    limitations: list[str]
    requirements: list[str]
    parameter_count: int | None
    released_on: dt.date | None
    last_activity_on: dt.date | None
    memory_gb: float | None
    hub_id: str
    github_repo: str
    router_id: str
    package_name: str
    is_demonstration: bool
    rank_score: float | None
    rank_low: float | None
    rank_high: float | None
    updated_at: dt.datetime
    categories: list[LineShelf]
    links: list[LineLink]
    capabilities: list[LineCapability]
    offers: list[LineOffer]
    facts: list[LineFact]


class LineScore(Out):
    """One metric of one picture; null is unscored, with the reason."""

    metric: str
    value: float | None
    reason: str
    scorer: str
    scorer_version: str


class EvaluationLine(Out):
    """A line of `evaluations.ndjson`: one picture asked for, failures included."""

    sample: int
    artifact: str
    suite: str
    suite_version: str
    suite_digest: str
    run: int
    recipe: str = Field(description="SHA-256 of the recipe.")
    prompt: str
    stratum: str
    family: str
    k: int
    seed: int
    status: str
    reason: str
    image: str | None = Field(
        description="SHA-256 of the PNG, which lies at /media/images/<first two>/<it>.png."
    )
    width: int | None
    height: int | None
    ended_at: dt.datetime | None
    scores: list[LineScore]


LINE_SCHEMAS: dict[str, type[Out]] = {
    ARTIFACTS_EXPORT.file: ArtifactLine,
    EVALUATIONS_EXPORT.file: EvaluationLine,
}


class DumpFile(Out):
    """One file of a dump: lines plain, as `.gz` (gzip), as `.zst` (Zstandard), and as `.parquet`."""

    sha256: str
    lines: int = Field(description="Before packing; rows of a Parquet file.")
    bytes: int


class DumpManifest(Out):
    """What a dump consists of; `python -m ranking.compute verify DIR` recomputes its ranks."""

    name: str = Field("", description="Its files lie under `export/dumps/{name}/`.")
    schema_version: int
    snapshot: str = Field(description="Digest of the published ranks.")
    formula_version: str
    as_of: dt.date
    written_at: dt.datetime
    n_artifacts: int
    licence: str
    files: dict[str, DumpFile]
    schemas: dict[str, dict[str, Any]] = Field(description="JSON Schema of a line, by file.")


class DumpSummary(Out):
    """A dump that is kept. Its files never change: what was cut off is gone on with by Range."""

    name: str
    snapshot: str
    as_of: dt.date
    written_at: dt.datetime
    n_artifacts: int


class DumpList(Out):
    """The dumps that are kept, the latest first."""

    items: list[DumpSummary]
