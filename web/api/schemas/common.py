"""Shapes that many answers share."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from catalog.costs import StartingPrice
from catalog.pricing import Price
from catalog.vocabulary import SLUG_PATTERN, OfferKind, OfferUnit
from ranking.selectors import ComponentView, EntryView, InputView, SnapshotView
from web.figures import Bar
from web.pages.sources import Source

# Rust's and ECMA's regular expressions know no look-ahead alike; `-vs-` in a slug simply finds nothing.
PLAIN_SLUG = SLUG_PATTERN.replace("(?!.*-vs-)", "")
Slug = Annotated[str, Field(pattern=PLAIN_SLUG, max_length=120, examples=["stable-diffusion-3-5-large"])]


class Out(Schema):
    """Base of every answer: what is not declared is an error here, not a surprise there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceOut(Out):
    """Where a value was read and the day on which it was true."""

    name: str = Field(examples=["Hugging Face"])
    url: str = Field(description="Empty for our own measurements.")
    as_of: dt.date | None
    kind: str = Field(description="Who says it, in words.", examples=["from a registry"])
    stale_since: dt.date | None = Field(
        description="From when on the source could not be read again; the value stands as it last was."
    )


class IntervalOut(Out):
    """A value of 0 to 100 with its interval."""

    value: float = Field(ge=0, le=100)
    low: float = Field(ge=0, le=100)
    high: float = Field(ge=0, le=100)
    level: int = Field(description="Per cent of the interval.", examples=[90])


class PriceOut(Out):
    """What one unit costs, from whom, as of when."""

    text: str = Field(description="The price as pages print it.", examples=["$0.065 per image"])
    kind: OfferKind
    provider: str
    plan: str
    unit: OfferUnit | None
    detail: str
    amount: Decimal = Field(description="Per single unit, exact, as a string.")
    currency: str = Field(examples=["USD"])
    as_of: dt.date
    source_url: str
    stale_since: dt.date | None = Field(description="From when on the price could not be confirmed.")


class StartingPriceOut(PriceOut):
    """The one price that stands for an artifact; ``amount`` and ``unit`` are those that the provider lists."""

    per_picture: Decimal | None = Field(
        description="One picture of 1024x1024 by the usual way of paying; null where it cannot be computed."
    )
    quality: str = Field(description="Empty where the source names none.", examples=["medium quality"])


class SnapshotOut(Out):
    """The published snapshot that ranks come from."""

    digest: str = Field(description="SHA-256 of formula and inputs.")
    as_of: dt.date
    formula_version: str
    n_artifacts: int


class InputOut(Out):
    """One signal behind a component, with where and when it was read."""

    name: str
    label: str
    value: str = Field(description="In words, as the page prints it; exact inputs are in the bulk export.")
    is_missing: bool
    weight: float = Field(description="Points of 100 that it can earn.")
    points: float = Field(description="Points that it earned.")
    source: str
    source_url: str
    as_of: dt.date | None


class ComponentOut(Out):
    """One component of a rank; the points of all components sum to the score."""

    name: str
    label: str
    value: float = Field(ge=0, le=1)
    low: float
    high: float
    weight: float
    points: float
    is_missing: bool
    inputs: list[InputOut]


class RankOut(Out):
    """A published rank, 0-100, with its 90 % interval and its parts."""

    score: float = Field(ge=0, le=100)
    low: float = Field(ge=0, le=100)
    high: float = Field(ge=0, le=100)
    position: int = Field(description="By score among the ranked of its kind.")
    position_best: int = Field(description="Pages show the range of places that the intervals leave open.")
    position_worst: int
    n_ranked: int
    formula_version: str
    snapshot: str = Field(description="Digest of the snapshot.")
    as_of: dt.date
    raise_most: str = Field(description="The signal with most left to gain.")
    components: list[ComponentOut]


def source_out(source: Source | None) -> SourceOut | None:
    """Return a source, None where there is none."""
    if source is None:
        return None
    return SourceOut(
        name=source.name,
        url=source.url,
        as_of=source.as_of,
        kind=source.kind,
        stale_since=source.stale_since,
    )


def sources_out(sources: tuple[Source, ...]) -> list[SourceOut]:
    """Return all sources."""
    return [shown for source in sources if (shown := source_out(source))]


def interval_out(bar: Bar | None, *, level: int) -> IntervalOut | None:
    """Return what a bar shows, None where there is none."""
    return IntervalOut(value=bar.value, low=bar.low, high=bar.high, level=level) if bar else None


def price_out(price: Price) -> PriceOut:
    """Return a price as it is listed."""
    return PriceOut(**{name: getattr(price, name) for name in PriceOut.model_fields})


def starting_price_out(starting: StartingPrice | None) -> StartingPriceOut | None:
    """Return the price that stands for an artifact, None where none is known."""
    if starting is None:
        return None
    listed = price_out(starting.price).model_dump()
    own = {"text": starting.text, "per_picture": starting.per_picture, "quality": starting.quality}
    return StartingPriceOut(**(listed | own))


def snapshot_out(snapshot: SnapshotView | None) -> SnapshotOut | None:
    """Return which snapshot is published."""
    if snapshot is None:
        return None
    return SnapshotOut(
        digest=snapshot.digest,
        as_of=snapshot.as_of,
        formula_version=snapshot.formula_version,
        n_artifacts=snapshot.n_artifacts,
    )


def rank_out(entry: EntryView | None) -> RankOut | None:
    """Return a rank with its explanation, None where it is not ranked."""
    if entry is None:
        return None
    return RankOut(
        score=entry.score,
        low=entry.low,
        high=entry.high,
        position=entry.position,
        position_best=entry.position_best,
        position_worst=entry.position_worst,
        n_ranked=entry.n_ranked,
        formula_version=entry.formula_version,
        snapshot=entry.snapshot_digest,
        as_of=entry.as_of,
        raise_most=entry.raise_most,
        components=[component_out(view) for view in entry.components],
    )


def component_out(view: ComponentView) -> ComponentOut:
    """Return one component of a rank."""
    return ComponentOut(
        name=view.name,
        label=view.label,
        value=view.value,
        low=view.low,
        high=view.high,
        weight=view.weight,
        points=view.points,
        is_missing=view.is_missing,
        inputs=[_input_out(signal) for signal in view.inputs],
    )


def _input_out(view: InputView) -> InputOut:
    return InputOut(
        name=view.name,
        label=view.label,
        value=view.value,
        is_missing=view.is_missing,
        weight=view.weight,
        points=view.points,
        source=view.source,
        source_url=view.source_url,
        as_of=dt.date.fromisoformat(view.as_of) if view.as_of else None,
    )
