"""Reads ``data/recipes/``: how each artifact is run, with the page that says so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from evaluation.runners.base import RecipeError, RecipeSpec

COMMIT: Final = re.compile(r"[0-9a-f]{40}")
# Options whose pictures are not those of the model as published.
LOSSY: Final = frozenset({"storage_dtype", "first_block_cache", "prompt_suffix"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """The page that recommends the settings, and the day it was read."""

    url: HttpUrl
    as_of: date


class Options(_Strict):
    """What only the diffusers runner takes; see ``data/recipes/README.md``."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    guidance_argument: str = "guidance_scale"
    weights_variant: str = ""
    storage_dtype: Literal["", "float8_e4m3fn", "float8_e5m2"] = ""
    first_block_cache: float = Field(default=0.0, ge=0, lt=1)
    prompt_suffix: str = ""


class Variant(_Strict):
    """A declared deviation from the canonical recipe."""

    options: dict[str, Any] = Field(default_factory=dict)
    steps: int | None = Field(default=None, gt=0)
    guidance: float | None = Field(default=None, ge=0)
    compile: Literal["none", "regional"] | None = None


class RecipeFile(_Strict):
    """One artifact's canonical recipe and its variants."""

    source: Source
    runner: Literal["diffusers", "openai-images", "openai-chat", "automatic1111"]
    location: str = Field(min_length=1, max_length=300)
    revision: str | None = None
    pipeline_class: str = ""
    scheduler: str = ""
    steps: int = Field(default=1, gt=0, le=1_000)
    guidance: float = Field(default=0.0, ge=0)
    width: int = Field(gt=0, le=8_192)
    height: int = Field(gt=0, le=8_192)
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    attention: str = "sdpa"
    batch_size: int = Field(default=1, gt=0, le=64)
    compile: Literal["none", "regional"] = "none"
    options: dict[str, Any] = Field(default_factory=dict)
    variants: dict[str, Variant] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _canonical_loses_nothing(self) -> Self:
        lossy = LOSSY & set(self.options)
        if lossy:
            raise ValueError(f"{min(lossy)} changes the model; declare it under variants")
        if self.runner == "diffusers":
            for options in (self.options, *(variant.options for variant in self.variants.values())):
                Options.model_validate(options)
        return self

    @property
    def _commits(self) -> str:
        """Where the commits of a hub model are listed."""
        return f"https://huggingface.co/{self.location}/commits/main"

    def spec(self, *, name: str, variant: str = "") -> RecipeSpec:
        """Return what a runner needs. ``name`` is the file's, for errors.

        Raises:
            RecipeError: for an unknown variant, and for weights that nobody has pinned.
        """
        if variant and variant not in self.variants:
            known = ", ".join(sorted(self.variants)) or "none"
            raise RecipeError(f"{name} has no variant {variant!r}; there are {known}")
        change = self.variants.get(variant, Variant())
        fields = self.model_dump(exclude={"source", "variants"})
        fields |= change.model_dump(exclude={"options"}, exclude_none=True)
        fields["options"] = self.options | change.options
        if self.revision is None:
            raise RecipeError(
                f"{name} pins no revision of {self.location}; choose a commit on {self._commits}, look at its "
                "files, and write its 40 digits behind `revision:`"
            )
        if self.runner == "diffusers" and not COMMIT.fullmatch(self.revision):
            raise RecipeError(f"{name}: {self.revision!r} is no commit of {self.location} (40 digits)")
        return RecipeSpec(**fields, variant=variant)


def read_recipe_file(path: Path) -> RecipeFile:
    """Return a file's content.

    Raises:
        RecipeError: one line that names the file, the field and what is wrong with it.
    """
    try:
        return RecipeFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise RecipeError(f"{path.name}: not YAML: {' '.join(str(error).split())[:200]}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise RecipeError(f"{path.name}: {place or 'recipe'}: {first['msg']}") from error
