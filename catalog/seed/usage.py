"""Reads ``data/catalog/usage/usage.yaml``: what the price calculator assumes, with sources."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from django.conf import settings
from pydantic import BeforeValidator, Field

from catalog.costs import GpuPrice, Speed, TokensPerImage, Usage, UsageSource
from catalog.seed.schema import Entry, SourceEntry, Text, refuse_float

Number = Annotated[Decimal, BeforeValidator(refuse_float), Field(gt=0)]
Side = Annotated[int, Field(ge=64, le=16_384)]


class GpuPriceEntry(Entry):
    """What renting a graphics card costs."""

    gpu: Text
    provider: Text
    usd_per_hour: Number
    source: SourceEntry


class SpeedEntry(Entry):
    """How long one picture takes on a named card."""

    artifact: Text
    gpu: Text
    width: Side
    height: Side
    steps: Annotated[int, Field(gt=0)]
    seconds: Number
    setup: Text
    source: SourceEntry


class TokensEntry(Entry):
    """How many tokens one picture is billed as."""

    artifact: Text
    width: Side
    height: Side
    quality: Text
    tokens: Annotated[int, Field(gt=0)]
    source: SourceEntry


class UsageEntry(Entry):
    """The whole file."""

    gpu_prices: list[GpuPriceEntry]
    speeds: list[SpeedEntry]
    tokens: list[TokensEntry]


def read_usage(path: Path) -> Usage:
    """Read one file of assumptions.

    Raises:
        pydantic.ValidationError: a field is missing, unknown or out of range.
    """
    entry = UsageEntry.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Usage(
        tuple(GpuPrice(r.gpu, r.provider, r.usd_per_hour, _source(r.source)) for r in entry.gpu_prices),
        tuple(
            Speed(r.artifact, r.gpu, r.width, r.height, r.steps, r.seconds, r.setup, _source(r.source))
            for r in entry.speeds
        ),
        tuple(
            TokensPerImage(r.artifact, r.width, r.height, r.quality, r.tokens, _source(r.source))
            for r in entry.tokens
        ),
    )


@cache
def shipped_usage() -> Usage:
    """Return the assumptions that ship with the site."""
    return read_usage(settings.CATALOGUE_DIR / "usage" / "usage.yaml")


def _source(source: SourceEntry) -> UsageSource:
    return UsageSource(source.name, source.address, source.observed_on)
