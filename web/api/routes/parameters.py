"""Parameters that operations share."""

from typing import Annotated

from ninja import Path, Query

from catalog.vocabulary import Kind, Openness
from web.api.schemas.common import PLAIN_SLUG

LARGEST_ID = 2**63 - 1
CURSOR = r"^((100|[0-9]{1,2})\.[0-9]{3}|unranked):[a-z0-9]+(-[a-z0-9]+)*$"

SlugPath = Annotated[
    str, Path(pattern=PLAIN_SLUG, max_length=120, description="The artifact's or suite's slug.")
]
KindAsked = Annotated[Kind | None, Query(description="What kind of artifact; without it, all of them.")]
OneKind = Annotated[Kind, Query(description="What kind of artifact; places count within one kind.")]
OpennessAsked = Annotated[
    Openness | None, Query(description="How much of an artifact one can have; without it, any.")
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[
    str | None,
    Query(
        pattern=CURSOR,
        max_length=140,
        description="`next` of the page before.",
        examples=["51.250:stable-diffusion-3-5-large"],
    ),
]
PageNumber = Annotated[int, Query(ge=1, le=100_000, description="A page beyond the last shows the last.")]
RunId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=400,
        description="What somebody wants to do, with what they ask of price, licence, memory and the like.",
        examples=["readable text on a poster, open weights, 12 GB card"],
    ),
]
