"""The builder's manifest: a small YAML file in which makers describe their own artifact. No database here.

Version 1. What it states counts as the builder's word, which never beats a measured or registered fact;
it may hold no counts, ranks or scores.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, HttpUrl, StringConstraints, ValidationError

from catalog.seed.schema import Entry, Sentence, Text
from catalog.vocabulary import Kind, LinkRel, Modality, OfferUnit, Openness

MAX_BYTES = 200_000
MAX_EVENTS = 20_000
MAX_DEPTH = 32
Summary = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=240)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class ManifestLink(Entry):
    """A place to go on reading."""

    rel: LinkRel
    url: HttpUrl


class ManifestCapability(Entry):
    """One thing that the artifact does, in its maker's words."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=90)]
    description: Sentence
    inputs: Annotated[list[Modality], Field(min_length=1)]
    outputs: Annotated[list[Modality], Field(min_length=1)]
    limitations: Annotated[list[Line], Field(max_length=12)] = []
    intents: Annotated[list[Sentence], Field(max_length=8)] = []


class ManifestOffer(Entry):
    """What its maker asks for it; ``amount`` is for one unit, in quotes."""

    plan: Text
    unit: OfferUnit
    amount: Annotated[str, StringConstraints(pattern=r"^\d{1,8}(\.\d{1,12})?$")]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    detail: Line | None = None


class Manifest(Entry):
    """The whole file."""

    manifest_version: Literal[1]
    name: Text
    kind: Kind
    summary: Summary
    openness: Openness | None = None
    licence: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]{1,80}$")] | None = None
    hub_id: Line | None = None
    github_repo: Line | None = None
    package_name: Line | None = None
    links: Annotated[list[ManifestLink], Field(max_length=20)] = []
    best_for: Annotated[list[Line], Field(max_length=12)] = []
    limitations: Annotated[list[Line], Field(max_length=12)] = []
    requirements: Annotated[list[Line], Field(max_length=12)] = []
    capabilities: Annotated[list[ManifestCapability], Field(max_length=24)] = []
    offers: Annotated[list[ManifestOffer], Field(max_length=24)] = []


@dataclass(frozen=True)
class ManifestProblem:
    """One thing that is wrong: the field, and what was expected."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class ManifestError(Exception):
    """The text is no manifest; ``problems`` names everything that is wrong."""

    def __init__(self, problems: tuple[ManifestProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def parse_manifest(text: str) -> Manifest:
    """Return the manifest that a text holds.

    Raises:
        ManifestError: naming each field that is missing, unknown or out of range.
    """
    try:
        return Manifest.model_validate(_read(text))
    except ValidationError as error:
        raise ManifestError(
            tuple(
                ManifestProblem(".".join(map(str, item["loc"])), item["msg"].removeprefix("Value error, "))
                for item in error.errors(include_url=False, include_input=False)
            )
        ) from error


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of version 1, as it is published in ``data/schemas/manifest-1.json``."""
    schema = Manifest.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def json_schema_text() -> str:
    """Return the published form of the schema."""
    return json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"


class _BoundedLoader(yaml.SafeLoader):
    """Refuses brackets in brackets without end: PyYAML's time grows faster than their depth."""

    def fetch_flow_collection_start(self, token_class: Any) -> None:
        """Begin a list or mapping in brackets."""
        if self.flow_level >= MAX_DEPTH:
            raise yaml.scanner.ScannerError(None, None, "brackets stand too deep", self.get_mark())
        super().fetch_flow_collection_start(token_class)


def _read(text: str) -> Any:
    if len(text.encode()) > MAX_BYTES:
        raise _refused(f"larger than {MAX_BYTES:,} bytes")
    try:
        for count, event in enumerate(yaml.parse(text, Loader=_BoundedLoader)):
            # An alias lets a small file unfold into an enormous one.
            if isinstance(event, yaml.AliasEvent) or count > MAX_EVENTS:
                raise _refused("aliases and very deep or long structures are not allowed")
        return yaml.load(text, Loader=_BoundedLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _refused(f"not readable as YAML: {' '.join(str(error).split())[:200]}") from error


def _refused(message: str) -> ManifestError:
    return ManifestError((ManifestProblem("", message),))
