"""What a connector is: it reads one outside source and returns typed records. No database here.

A connector knows the shape of its source and nothing of the catalogue's tables; what is written, and
when, is decided in ``catalog.services.ingest``.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from catalog.vocabulary import OfferKind, OfferUnit

# So many keys in a row may fail before the source itself counts as out of order.
PATIENCE = 5


class Source(StrEnum):
    """Where connectors read."""

    OPENROUTER = "openrouter"
    HUGGINGFACE = "huggingface"
    GITHUB = "github"
    PYPI = "pypi"


class IdField(StrEnum):
    """The columns of an artifact that name it elsewhere."""

    ROUTER = "router_id"
    HUB = "hub_id"
    GITHUB = "github_repo"
    PACKAGE = "package_name"


class SourceError(Exception):
    """The source cannot be read; the message says what happened and where."""


class PauseError(SourceError):
    """The run stops here and goes on next time: a budget is spent, or the source asks to wait long."""


@dataclass(frozen=True)
class Count:
    """A number that the source keeps about an artifact."""

    metric: str
    value: int


@dataclass(frozen=True)
class Quote:
    """A price that the source asks; ``amount`` buys one unit."""

    amount: Decimal
    plan: str
    unit: OfferUnit | None = None
    detail: str = ""
    kind: OfferKind = OfferKind.HOSTED
    provider: str = ""
    currency: str = "USD"


@dataclass(frozen=True)
class Record:
    """One thing as the source describes it.

    ``facts`` maps a field to what the source says; None withdraws what it said before. ``renamed_to``
    is the name under which the source answered when that is not the one asked for. ``hosts`` is an id
    of weights that the record sells the use of: its prices hold there too, its facts do not. ``etag`` is
    that of the answer which the record came in.
    """

    id: str
    url: str
    title: str
    payload: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    counts: tuple[Count, ...] = ()
    quotes: tuple[Quote, ...] = ()
    renamed_to: str = ""
    hosts: str = ""
    etag: str = ""


@dataclass(frozen=True)
class Refusal:
    """Something that the source sent and that we could not read, with the reason."""

    key: str
    reason: str


@dataclass(frozen=True)
class Validator:
    """What a source gave for asking again: it answers 304 as long as nothing has changed."""

    url: str
    etag: str
    next_url: str = ""


@dataclass(frozen=True)
class Page:
    """A step of a run. After it is written, the run may go on from ``cursor``."""

    records: tuple[Record, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    candidates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    validators: tuple[Validator, ...] = ()
    cursor: str = ""


@dataclass(frozen=True)
class Query:
    """What to read: these ids of the catalogue, from after ``start``, changed since ``since``."""

    ids: tuple[str, ...]
    hosted_ids: frozenset[str] = frozenset()
    start: str = ""
    since: dt.date | None = None


class Connector(Protocol):
    """Reads one source."""

    source: ClassVar[Source]
    id_field: ClassVar[IdField]
    # Raised when the same payload is to be read differently, so that a 304 no longer excuses it.
    version: ClassVar[int]

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield the source's answer in steps.

        Raises:
            PauseError: when the run should go on later.
            SourceError: when the source cannot be read.
        """
        ...


class Row(BaseModel):
    """Base of typed payloads: unknown fields are ignored, changed types refused."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


def comparable_id(id_field: IdField, value: str) -> str:
    """Return an id as its source compares it.

    >>> comparable_id(IdField.PACKAGE, "Open_CLIP.torch")
    'open-clip-torch'
    """
    if id_field is IdField.PACKAGE:
        return re.sub(r"[-_.]+", "-", value).lower()
    return value.casefold()


def refusal(key: str, error: ValidationError) -> Refusal:
    """Return a refusal that names each field whose type changed."""
    problems = (
        f"{'.'.join(map(str, item['loc'])) or 'record'}: {item['msg']}"
        for item in error.errors(include_input=False, include_url=False)
    )
    return Refusal(key, "; ".join(problems)[:500])


def by_id(query: Query, id_field: IdField, *, read: Callable[[str, str], Page]) -> Iterator[Page]:
    """Yield one page per id of the query, in the order of their comparable forms.

    ``read`` gets that form and the id as the catalogue writes it.

    Raises:
        SourceError: when several ids in a row fail.
    """
    asked = {comparable_id(id_field, id_): id_ for id_ in query.ids}
    yield from key_by_key(sorted(asked), start=query.start, read=lambda key: read(key, asked[key]))


def key_by_key(keys: Sequence[str], *, start: str, read: Callable[[str], Page]) -> Iterator[Page]:
    """Yield one page per key after ``start``; a key that fails is refused, and the next one read.

    Raises:
        SourceError: when several keys in a row fail.
    """
    failures = 0
    for key in keys:
        if start and key <= start:
            continue
        try:
            page = read(key)
            failures = 0
        except PauseError:
            raise
        except SourceError as error:
            failures += 1
            if failures == PATIENCE:
                raise
            page = Page(refusals=(Refusal(key, str(error)[:500]),))
        yield replace(page, cursor=key)
