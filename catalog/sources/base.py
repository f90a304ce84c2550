"""What a connector is: it reads one outside source and returns typed records. No database here.

A connector knows the shape of its source and nothing of the catalogue's tables; what is written, and
when, is decided in ``catalog.services.ingest``.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.decompose.drafts import Draft
from catalog.vocabulary import OfferKind, OfferUnit, SourceKind

# So many keys in a row may fail before the source itself counts as out of order.
PATIENCE = 5


class Source(StrEnum):
    """Where connectors read."""

    OPENROUTER = "openrouter"
    HUGGINGFACE = "huggingface"
    GITHUB = "github"
    PYPI = "pypi"
    REPLICATE = "replicate"
    CIVITAI = "civitai"
    MODELS_DEV = "modelsdev"
    MANIFEST = "manifest"


class IdField(StrEnum):
    """The names that an artifact has elsewhere: the first four are its columns, the others rows of their own."""

    ROUTER = "router_id"
    HUB = "hub_id"
    GITHUB = "github_repo"
    PACKAGE = "package_name"
    REPLICATE = "replicate_id"
    CIVITAI = "civitai_id"
    MODELS_DEV = "models_dev_id"
    MANIFEST = "manifest_url"


ID_COLUMNS = (IdField.ROUTER, IdField.HUB, IdField.GITHUB, IdField.PACKAGE)


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
    that of the answer which the record came in. ``drafts`` are capabilities for a person to read. Where an
    artifact goes by another id than ``only_for`` says, the record is not about it.
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
    drafts: tuple[Draft, ...] = ()
    only_for: tuple[tuple[IdField, str], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Something that the source sent and that we could not read, with the reason.

    ``subjects`` are the comparable ids that it leaves unread; None where that is not known.
    """

    key: str
    reason: str
    subjects: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Lead:
    """Something that a source lists and that may be an artifact of ours under another name.

    ``declares`` are ids elsewhere that the source itself gives for it.
    """

    id: str
    name: str
    publisher: str
    url: str
    declares: tuple[tuple[IdField, str], ...] = ()


@dataclass(frozen=True)
class Validator:
    """What a source gave for asking again: it answers 304 as long as nothing has changed."""

    url: str
    etag: str
    next_url: str = ""


@dataclass(frozen=True)
class Page:
    """A step of a run, which a killed run need not take again once it is written.

    ``answered`` are the ids that the source has answered about, be it with "unchanged" or "unknown here".
    ``cursor`` says to people where the run stands.
    """

    records: tuple[Record, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    candidates: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    missing: tuple[str, ...] = ()
    validators: tuple[Validator, ...] = ()
    answered: tuple[str, ...] = ()
    cursor: str = ""


@dataclass(frozen=True)
class Query:
    """What to read: these ids of the catalogue, the most urgent first, changed since ``since``.

    ``done`` are comparable ids that an earlier part of the same run has asked for.
    """

    ids: tuple[str, ...]
    hosted_ids: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    since: dt.date | None = None
    # Of texts that are read one by one: at which revision each was read before, and how many may be now.
    held_revisions: Mapping[str, str] = field(default_factory=dict)
    max_texts: int = 0


class Connector(Protocol):
    """Reads one source."""

    source: ClassVar[Source]
    id_field: ClassVar[IdField]
    # Raised when the same payload is to be read differently, so that a 304 no longer excuses it.
    version: ClassVar[int]
    # How much its word weighs against others'.
    kind: ClassVar[SourceKind]
    # Without a token it tells strangers nothing.
    needs_token: ClassVar[bool]

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield the source's answer in steps.

        Raises:
            PauseError: when the run should go on later.
            SourceError: when the source cannot be read.
        """
        ...


BigCount = Annotated[int, Field(ge=0, lt=2**63)]


class Row(BaseModel):
    """Base of typed payloads: unknown fields are ignored, changed types refused."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


def comparable_id(id_field: IdField, value: str) -> str:
    """Return an id as its source compares it.

    >>> comparable_id(IdField.PACKAGE, "Open_CLIP.torch")
    'open-clip-torch'
    """
    if id_field is IdField.MANIFEST:
        return value
    if id_field is IdField.PACKAGE:
        return re.sub(r"[-_.]+", "-", value).lower()
    return value.casefold()


def refusal(key: str, error: ValidationError) -> Refusal:
    """Return a refusal that names each field whose type changed."""
    problems = (
        f"{'.'.join(map(str, item['loc'])) or 'record'}: {item['msg']}"
        for item in error.errors(include_input=False, include_url=False)
    )
    return Refusal(key, "; ".join(problems)[:500], (key.casefold(),))


def by_id(
    query: Query,
    id_field: IdField,
    *,
    read: Callable[[str, str], Page],
    patience: int | None = PATIENCE,
) -> Iterator[Page]:
    """Yield one page per id of the query that is not done yet, in the query's order.

    ``read`` gets the id's comparable form and the id as the catalogue writes it.

    Raises:
        SourceError: when ``patience`` ids in a row fail; None never gives up.
    """
    asked = {comparable_id(id_field, id_): id_ for id_ in query.ids}
    groups = {key: (key,) for key in asked if key not in query.done}
    yield from key_by_key(groups, read=lambda key: read(key, asked[key]), patience=patience)


def key_by_key(
    groups: Mapping[str, Sequence[str]], *, read: Callable[[str], Page], patience: int | None = PATIENCE
) -> Iterator[Page]:
    """Yield one page per key; a key that fails is refused with its subjects, and the next one read.

    Raises:
        SourceError: when ``patience`` keys in a row fail; None never gives up.
    """
    failures = 0
    for key, subjects in groups.items():
        try:
            page = read(key)
            failures = 0
        except PauseError:
            raise
        except SourceError as error:
            failures += 1
            if failures == patience:
                raise
            page = Page(refusals=(Refusal(key, str(error)[:500], tuple(subjects)),))
        refusals = tuple(_within(item, subjects) for item in page.refusals)
        refused = {subject for item in refusals for subject in item.subjects or ()}
        answered = tuple(subject for subject in subjects if subject not in refused)
        yield replace(page, refusals=refusals, answered=answered, cursor=key)


def _within(item: Refusal, subjects: Sequence[str]) -> Refusal:
    """Return a refusal that names its part of a group, or all of it where the part is not known."""
    if item.subjects == ():
        return item
    named = tuple(subject for subject in item.subjects or () if subject in subjects)
    return replace(item, subjects=named or tuple(subjects))
