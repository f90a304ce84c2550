"""What stands in an exported run: a manifest, and one JSON object a line. No Django.

Whatever is read passes these models first: unknown fields, wrong types and long texts are refused.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

SCHEMA_VERSION: Final = 1
FORMAT: Final = "unfragile-run"
MANIFEST: Final = "manifest.json"
SAMPLES: Final = "samples.ndjson"
OBSERVATIONS: Final = "observations.ndjson"
SCORES: Final = "scores.ndjson"
TABLES: Final = (SAMPLES, OBSERVATIONS, SCORES)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class Strict(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class FileEntry(Strict):
    """A file of the folder: its SHA-256 and its length."""

    sha256: Sha256
    n_bytes: Annotated[int, Field(ge=0, le=2**32)]


class RecipeEntry(Strict):
    """A recipe's declared fields, over which its digest is taken."""

    digest: Sha256
    spec: dict[str, Any]
    library_versions: dict[str, Line]


class RunEntry(Strict):
    """The run: who, on what, how, and where it was made."""

    artifact: Slug
    suite: Slug
    suite_version: Line
    suite_digest: Sha256
    recipe: RecipeEntry
    environment: dict[str, Line]
    origin: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    created_at: AwareDatetime


class Manifest(Strict):
    """What is in the folder."""

    format: Literal["unfragile-run"]
    schema_version: Literal[1]
    run: RunEntry
    n_samples: Annotated[int, Field(ge=1, le=1_000_000)]
    files: dict[str, FileEntry]


class FlagEntry(Strict):
    """A flag with its reason."""

    name: Slug
    reason: Text


class SampleEntry(Strict):
    """One sample that has ended."""

    prompt: Slug
    prompt_digest: Sha256
    k: Annotated[int, Field(ge=0, le=1_000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    key: Sha256
    status: Literal["ok", "filtered", "error", "timeout"]
    reason: Text
    image: Sha256 | None
    width: Annotated[int, Field(ge=1, le=65_536)] | None
    height: Annotated[int, Field(ge=1, le=65_536)] | None
    text_sent: Text
    was_truncated: bool
    timings_s: dict[Line, float]
    peak_memory_mb: Annotated[int, Field(ge=0, le=2**31 - 1)] | None
    flags: Annotated[list[FlagEntry], Field(max_length=40)]
    made_by: Annotated[str, StringConstraints(max_length=120)]
    batch: Annotated[str, StringConstraints(max_length=60)]
    cost_usd: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=9)] | None
    details: dict[str, Any]
    ended_at: AwareDatetime


class ObservationEntry(Strict):
    """What one reader saw in one picture."""

    prompt: Slug
    k: Annotated[int, Field(ge=0, le=1_000)]
    reader: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    reader_version: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    content: dict[str, Any]
