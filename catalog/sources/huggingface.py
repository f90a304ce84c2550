"""The Hugging Face Hub: downloads, likes, licence, access, files, size of the weights, text of the card.

Each publisher's list is read, a few hundred models a request; models that it does not contain (renamed,
hidden, beyond the last page) are asked for one by one. What a list shows beyond the catalogue are
candidates. There is no filter by task: FLUX.2 [dev] is an "image-to-image" model and FLUX.1 Fill has no task.
Cards are read one by one, those of the most urgent models first, and again only when a model has a new commit.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

import httpx
from pydantic import AwareDatetime, Field, ValidationError

from catalog.licences import declared_value, known_licence, licence_value
from catalog.sources.base import (
    BigCount,
    Count,
    IdField,
    Page,
    PauseError,
    Query,
    Record,
    Refusal,
    Row,
    Source,
    SourceError,
    Validator,
    comparable_id,
    key_by_key,
    refusal,
)
from catalog.sources.fetch import ABSENT, Fetcher, Reply, parse_text
from catalog.vocabulary import Openness, SourceKind

PAGE_SIZE = 500
MAX_PAGES_PER_PUBLISHER = 10
FIELDS = [
    "author",
    "cardData",
    "createdAt",
    "downloads",
    "gated",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "safetensors",
    "sha",
    "siblings",
    "tags",
]
CARD_TITLE = "Hugging Face model card"
MAX_CARD_CHARS = 200_000
# Bytes of one value, by the names that safetensors gives to its types.
BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2, "F8_E4M3": 1, "F8_E5M2": 1}
BYTES |= {"I8": 1, "U8": 1, "BOOL": 1}
WEIGHT_FORMATS = {
    ".safetensors": "safetensors",
    ".gguf": "gguf",
    ".onnx": "onnx",
    ".bin": "pickle",
    ".ckpt": "pickle",
    ".pt": "pickle",
    ".pth": "pickle",
}
# The Hub tells strangers "unauthorised" of a repository that does not exist.
HUB_ABSENT = ABSENT | {401, 403}
# In a pipeline of several networks the Hub counts one file of one of them.
ONE_NETWORK_LIBRARIES = frozenset({"transformers", "timm", "open_clip", "sentence-transformers"})


class Safetensors(Row):
    """What the Hub read from the headers of the weights."""

    total: BigCount | None = None
    # How many values of each type.
    parameters: dict[str, BigCount] | None = None


class Sibling(Row):
    """One file of the repository."""

    rfilename: str


class HubModel(Row):
    """One model; only ``id`` is always there."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    likes: BigCount | None = None
    # Of the last 30 days: halves and doubles from month to month.
    downloads: BigCount | None = None
    gated: Literal[False, "auto", "manual"] | None = None
    last_modified: Annotated[AwareDatetime | None, Field(alias="lastModified", strict=False)] = None
    library_name: str | None = None
    pipeline_tag: str | None = None
    safetensors: Safetensors | None = None
    sha: str | None = None
    siblings: list[Sibling] | None = None
    tags: list[str] = []
    # Written by the model's author by hand, so nothing in it can be relied on to have a type.
    card: Annotated[dict[str, Any] | None, Field(alias="cardData")] = None


class HuggingFace:
    """Reads ``/api/models`` publisher by publisher."""

    source: ClassVar = Source.HUGGINGFACE
    id_field: ClassVar = IdField.HUB
    version: ClassVar = 2
    kind: ClassVar = SourceKind.REGISTRY
    needs_token: ClassVar = False

    def __init__(self, fetcher: Fetcher, urls: Mapping[str, str]) -> None:
        self._fetcher = fetcher
        self._base = urls["huggingface"]
        self._url = f"{self._base}/api/models"
        self._cards_read = 0
        self._has_cards_left = False

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield one page per publisher."""
        by_publisher: dict[str, dict[str, str]] = {}
        for id_ in query.ids:
            key = comparable_id(self.id_field, id_)
            by_publisher.setdefault(key.partition("/")[0], {})[key] = id_
        yield from key_by_key(
            {name: tuple(ids) for name, ids in by_publisher.items() if not query.done.issuperset(ids)},
            read=lambda publisher: self._publisher(publisher, by_publisher[publisher], query),
        )

    def _publisher(self, publisher: str, wanted: dict[str, str], query: Query) -> Page:
        since = query.since
        listing = self._listing(publisher, wanted, since)
        records = {record.id.casefold(): record for record in listing.records}
        refused = {item.key.casefold() for item in listing.refusals}
        unseen = [] if since or listing.is_partial else [key for key in wanted if key not in records]
        missing, refusals = [], list(listing.refusals)
        for key in unseen:
            if key in refused:
                continue
            record = self._model(wanted[key])
            if record is None:
                missing.append(wanted[key])
            elif isinstance(record, Refusal):
                refusals.append(record)
            else:
                records[key] = record
        # What was refused, and cards that this run may not read, must not hide behind "unchanged" next time.
        is_whole = not refusals
        cards = [card for record in records.values() if (card := self._card(record, query))]
        refusals += [card for card in cards if isinstance(card, Refusal)]
        return Page(
            records=(*records.values(), *(card for card in cards if isinstance(card, Record))),
            refusals=tuple(refusals),
            candidates=tuple(listing.candidates),
            missing=tuple(missing),
            validators=tuple(listing.validators) if is_whole and not self._has_cards_left else (),
        )

    def _listing(self, publisher: str, wanted: dict[str, str], since: dt.date | None) -> "Listing":
        """Read a publisher's list: most downloaded first, or most recently changed where that counts."""
        order = "lastModified" if since else "downloads"
        params = {"author": publisher, "sort": order, "direction": -1, "limit": PAGE_SIZE, "expand": FIELDS}
        listing = Listing()
        url = str(httpx.URL(self._url, params=params))
        for _ in range(MAX_PAGES_PER_PUBLISHER):
            reply = self._fetcher.get(url)
            listing.validators += reply.validators
            if reply.is_unchanged:
                listing.is_partial = True
            elif not reply.is_absent and not listing.add(reply, wanted, since):
                break
            if not (url := reply.next_url):
                break
        return listing

    def _card(self, record: Record, query: Query) -> Record | Refusal | None:
        """Return the card of a model whose commit is new to us, as long as this run may read cards."""
        sha = record.payload.get("sha")
        key = comparable_id(self.id_field, record.id)
        is_known = not isinstance(sha, str) or query.held_revisions.get(key) == sha
        if is_known or query.max_texts == 0:
            return None
        if self._cards_read >= query.max_texts:
            self._has_cards_left = True
            return None
        self._cards_read += 1
        name = record.renamed_to or record.id
        try:
            reply = self._fetcher.get(
                f"{self._base}/{name}/raw/main/README.md", absent=HUB_ABSENT, parse=parse_text
            )
        except PauseError:
            raise
        except SourceError as error:
            # The model itself was read; only its card is left as it was.
            return Refusal(f"{record.id} card"[:200], str(error)[:500], subjects=())
        if reply.content is None:
            return None
        text = reply.content[:MAX_CARD_CHARS]
        return Record(
            id=record.id,
            url=f"https://huggingface.co/{name}/blob/main/README.md",
            title=CARD_TITLE,
            payload={"sha": sha, "text": text},
            facts={"card_characters": len(reply.content)},
            etag=reply.etag,
        )

    def _model(self, id_: str) -> Record | Refusal | None:
        reply = self._fetcher.get(f"{self._url}/{id_}", params={"expand": FIELDS}, absent=HUB_ABSENT)
        if reply.content is None:
            return None
        model = read_model(reply.content)
        if isinstance(model, Refusal):
            return model
        return replace(as_record(model, reply.content, asked=id_), etag=reply.etag)


class Listing:
    """What a publisher's pages contained; only models of the catalogue are kept with their payload."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.refusals: list[Refusal] = []
        self.candidates: list[str] = []
        self.validators: tuple[Validator, ...] = ()
        # A page was left out because it had not changed, so "not seen" does not mean "not there".
        self.is_partial = False

    def add(self, reply: Reply, wanted: dict[str, str], since: dt.date | None) -> bool:
        """Take a page in; return False where the rest of the list is older than ``since``."""
        rows = reply.content
        if not isinstance(rows, list):
            raise SourceError("the list of models is not a list")
        for row in rows:
            model = read_model(row)
            if isinstance(model, Refusal):
                if model.key.casefold() in wanted:
                    self.refusals.append(model)
                continue
            if since and model.last_modified and model.last_modified.date() < since:
                return False
            asked = wanted.get(model.id.casefold())
            if asked is None:
                self.candidates.append(model.id)
            else:
                self.records.append(replace(as_record(model, row, asked=asked), etag=reply.etag))
        return True


def read_model(row: Any) -> HubModel | Refusal:
    """Return a typed model, or why it is refused."""
    try:
        return HubModel.model_validate(row)
    except ValidationError as error:
        key = row.get("id") if isinstance(row, dict) else None
        return refusal(key if isinstance(key, str) else "(no id)", error)


def as_record(model: HubModel, payload: dict[str, Any], *, asked: str) -> Record:
    """Return what the Hub says about one model of the catalogue."""
    counts = {"likes": model.likes, "downloads_30d": model.downloads}
    is_renamed = comparable_id(IdField.HUB, model.id) != comparable_id(IdField.HUB, asked)
    return Record(
        id=asked,
        url=f"https://huggingface.co/{model.id}",
        title="Hugging Face Hub",
        payload=payload,
        facts=facts(model),
        counts=tuple(Count(metric, value) for metric, value in counts.items() if value is not None),
        renamed_to=model.id if is_renamed else "",
    )


def facts(model: HubModel) -> dict[str, Any]:
    """Return the fields that the Hub settles; None where it says nothing."""
    is_one_network = model.library_name in ONE_NETWORK_LIBRARIES
    total = model.safetensors.total if model.safetensors else None
    return {
        **licence_facts(model),
        "gated": model.gated,
        # "auto" is a form that everybody passes; only "manual" means that somebody decides.
        "openness": Openness.WEIGHTS_ON_REQUEST.value if model.gated == "manual" else None,
        "last_activity_on": model.last_modified.date().isoformat() if model.last_modified else None,
        "parameter_count": total or None if is_one_network else None,
        "pipeline_tag": model.pipeline_tag,
        "library_name": model.library_name,
        "file_count": None if model.siblings is None else len(model.siblings),
        "weight_formats": weight_formats(model),
        "weights_bytes": weights_bytes(model.safetensors),
    }


def weight_formats(model: HubModel) -> list[str] | None:
    """Return the formats in which the repository holds weights; None where its files are not listed."""
    if model.siblings is None:
        return None
    suffixes = {PurePosixPath(file.rfilename).suffix.lower() for file in model.siblings}
    return sorted({WEIGHT_FORMATS[suffix] for suffix in suffixes & WEIGHT_FORMATS.keys()})


def weights_bytes(weights: Safetensors | None) -> int | None:
    """Return how many bytes the values take; None where the Hub counted none or a type has another size.

    >>> weights_bytes(Safetensors(parameters={"BF16": 4, "F32": 1}))
    12
    """
    counted = weights.parameters if weights else None
    if not counted or not counted.keys() <= BYTES.keys():
        return None
    return sum(n * BYTES[name] for name, n in counted.items())


def licence_facts(model: HubModel) -> dict[str, Any]:
    """Return ``licence`` for one that we know, else ``licence_declared`` with the name that is given."""
    card = model.card or {}
    stated = card.get("license")
    tagged = (tag.removeprefix("license:") for tag in model.tags if tag.startswith("license:"))
    word = stated if isinstance(stated, str) else next(tagged, "")
    known = known_licence(word)
    if known is not None:
        return {"licence": licence_value(known, has_weights=True), "licence_declared": None}
    name = _text(card, "license_name") or word
    declared = declared_value(name, url=_text(card, "license_link")) if name not in {"", "other"} else None
    return {"licence": None, "licence_declared": declared}


def _text(card: dict[str, Any], key: str) -> str:
    value = card.get(key)
    return value.strip() if isinstance(value, str) else ""
