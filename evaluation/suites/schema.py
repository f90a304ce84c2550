"""The schema of a suite's two files; everything is checked before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from catalog.vocabulary import SLUG_PATTERN, SLUG_REGEX
from evaluation.scorers.registry import METRICS, SCORERS
from evaluation.suites.names import DEMONSTRATION_PREFIX, ROTATING_SUFFIX
from evaluation.suites.spec import PromptSpec


def _slug(value: str) -> str:
    if not SLUG_REGEX.match(value):
        raise ValueError(f"{value!r} is not a slug ({SLUG_PATTERN})")
    return value


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GrammarRef(_Entry):
    """Which grammar wrote the prompts, from which seed."""

    name: Literal[
        "text", "adherence", "anatomy", "world-text", "world-adherence", "world-anatomy", "world-showcase"
    ]
    seed: int


class SuiteHeader(_Entry):
    """``suite.toml``. ``strata`` declares how many prompts each stratum has; a file that differs is refused."""

    slug: str
    version: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    tier: Literal["standard", "demonstration"]
    measures: Literal["text", "adherence", "anatomy", "showcase"]
    description: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    scorer: str
    headline_metric: str
    seeds_per_prompt: Annotated[int, Field(ge=1, le=64)]
    is_beta: bool
    strata: dict[str, Annotated[int, Field(ge=1)]] = {}
    grammar: GrammarRef | None = None

    _slug_is_valid = field_validator("slug")(_slug)

    @model_validator(mode="after")
    def _slug_says_tier(self) -> SuiteHeader:
        if self.slug.startswith(DEMONSTRATION_PREFIX) != (self.tier == "demonstration"):
            raise ValueError(
                f"the slug of a demonstration suite, and of no other, begins with {DEMONSTRATION_PREFIX!r}"
            )
        if self.slug.endswith(ROTATING_SUFFIX):
            raise ValueError(f"{ROTATING_SUFFIX!r} ends the slugs of rotating splits, which have no files")
        return self

    @field_validator("scorer")
    @classmethod
    def _scorer_exists(cls, value: str) -> str:
        if value not in SCORERS:
            raise ValueError(f"unknown scorer {value!r}; there are {', '.join(sorted(SCORERS))}")
        return value

    @field_validator("headline_metric")
    @classmethod
    def _metric_exists(cls, value: str) -> str:
        if value not in METRICS:
            raise ValueError(f"unknown metric {value!r}; there are {', '.join(sorted(METRICS))}")
        return value


class PromptEntry(_Entry):
    """One line of ``prompts.jsonl``."""

    key: Annotated[str, Field(max_length=80)]
    family: Annotated[str, Field(min_length=1, max_length=80)]
    stratum: Annotated[str, Field(min_length=1, max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    spec: dict[str, Any]
    tags: list[Annotated[str, Field(min_length=1, max_length=40)]] = []
    difficulty: Annotated[int, Field(ge=1, le=5)] = 1
    split: Literal["public", "rotating"] = "public"

    _key_is_slug = field_validator("key")(_slug)

    @field_validator("spec")
    @classmethod
    def _spec_is_scene(cls, value: dict[str, Any]) -> dict[str, Any]:
        PromptSpec.from_dict(value)
        return value

    def digest(self) -> str:
        """SHA-256 over everything that the line says."""
        return _sha256(self.model_dump(mode="json"))


@dataclass(frozen=True)
class SuiteFile:
    """A suite as read from its folder, checked."""

    header: SuiteHeader
    prompts: tuple[PromptEntry, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over what decides the samples and their judge: version, seeds, scorer and prompts."""
        decisive = {"slug", "version", "scorer", "headline_metric", "seeds_per_prompt"}
        prompts: Sequence[str] = [prompt.digest() for prompt in self.prompts]
        return _sha256({**self.header.model_dump(include=decisive), "prompts": prompts})


def _sha256(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
