"""Reads catalogue files into checked entries; nothing here touches the database.

Every problem of every file is gathered before anything is refused, each with file, entry and field.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalog.seed.reported import ReportedDocumentEntry
from catalog.seed.schema import ArtifactEntry, CategoryEntry, PublisherEntry

MAX_FILE_BYTES = 2_000_000
PATTERNS = ("*.yaml", "artifacts/*.yaml", "reported/*.yaml")
EntryT = TypeVar("EntryT", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where."""

    file: str
    entry: str
    field: str
    message: str

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.entry, self.field) if part)
        return f"{where}: {self.message}"


class CatalogueError(Exception):
    """The catalogue cannot be loaded; ``problems`` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Catalogue:
    """Everything that was read, checked one by one and against each other."""

    publishers: tuple[PublisherEntry, ...]
    categories: tuple[CategoryEntry, ...]
    artifacts: tuple[ArtifactEntry, ...]
    documents: tuple[ReportedDocumentEntry, ...] = ()


@dataclass(frozen=True)
class Names:
    """Slugs that are known already, outside the files being read."""

    publishers: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    artifacts: frozenset[str] = frozenset()


# The parser in C reads the whole catalogue in seconds; the one in Python takes a minute.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_SafeLoader):  # type: ignore[misc] # chosen above, where C is built in
    """A safe loader that refuses a key written twice instead of dropping the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                message = f"the key {key!r} is written twice"
                raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
            seen.add(key)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def read_catalogue(paths: Iterable[Path], *, known: Names) -> Catalogue:
    """Read catalogue folders and single artifact files.

    Raises:
        CatalogueError: naming file, entry and field of everything that is wrong.
    """
    problems: list[Problem] = []
    publishers: list[PublisherEntry] = []
    categories: list[CategoryEntry] = []
    artifacts: list[tuple[Path, ArtifactEntry]] = []
    documents: list[tuple[Path, ReportedDocumentEntry]] = []
    for path in _files(paths, problems):
        if path.name == "publishers.yaml":
            publishers += _read_list(path, PublisherEntry, problems)
        elif path.name == "categories.yaml":
            categories += _read_list(path, CategoryEntry, problems)
        elif path.parent.name == "reported":
            entries = _read_list(path, ReportedDocumentEntry, problems)
            documents += [(path, entry) for entry in entries]
        else:
            artifacts += [(path, entry) for entry in _read_artifact(path, problems)]
    names = Names(
        known.publishers | {entry.slug for entry in publishers},
        known.categories | {entry.slug for entry in categories},
        known.artifacts | {entry.slug for _, entry in artifacts},
    )
    problems += _reference_problems(artifacts, names)
    problems += _document_problems(documents, names)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(
        tuple(publishers),
        tuple(categories),
        tuple(entry for _, entry in artifacts),
        tuple(entry for _, entry in documents),
    )


def _files(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = [file for pattern in PATTERNS for file in sorted(path.glob(pattern))]
            if not found:
                problems.append(Problem(str(path), "", "", "no YAML files in this folder"))
            yield from found
        elif path.is_file():
            yield path
        else:
            problems.append(Problem(str(path), "", "", "no such file or folder"))


def _parse(path: Path, problems: list[Problem]) -> Any:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            problems.append(Problem(path.name, "", "", f"larger than {MAX_FILE_BYTES} bytes"))
            return None
        text = path.read_text(encoding="utf-8")
        # An alias lets a small file unfold into an enormous one; the catalogue needs none.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_SafeLoader)):
            problems.append(Problem(path.name, "", "", "aliases are not allowed"))
            return None
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError:
        problems.append(Problem(path.name, "", "", "not UTF-8 text"))
    except yaml.YAMLError as error:
        problems.append(Problem(path.name, "", "", " ".join(str(error).split())))
    return None


def _check(model: type[EntryT], raw: Any, path: Path, problems: list[Problem]) -> list[EntryT]:
    name = raw.get("slug", "?") if isinstance(raw, dict) else "?"
    try:
        return [model.model_validate(raw)]
    except ValidationError as error:
        problems.extend(
            Problem(
                path.name,
                str(name),
                ".".join(str(part) for part in detail["loc"]),
                detail["msg"].removeprefix("Value error, "),
            )
            for detail in error.errors(include_url=False)
        )
        return []


def _read_list(path: Path, model: type[EntryT], problems: list[Problem]) -> list[EntryT]:
    raw = _parse(path, problems)
    if raw is None:
        return []
    if not isinstance(raw, list):
        problems.append(Problem(path.name, "", "", "must be a list"))
        return []
    entries = [entry for item in raw for entry in _check(model, item, path, problems)]
    slugs = [getattr(entry, "slug", "") for entry in entries]
    repeated = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    problems.extend(Problem(path.name, slug, "slug", "listed twice") for slug in repeated)
    return entries


def _read_artifact(path: Path, problems: list[Problem]) -> list[ArtifactEntry]:
    raw = _parse(path, problems)
    if raw is None:
        return []
    entries = _check(ArtifactEntry, raw, path, problems)
    problems.extend(
        Problem(path.name, entry.slug, "slug", "must equal the file's name")
        for entry in entries
        if path.stem != entry.slug
    )
    return entries


def _reference_problems(artifacts: list[tuple[Path, ArtifactEntry]], known: Names) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, entry in artifacts:
        if entry.slug in seen:
            yield Problem(path.name, entry.slug, "slug", f"already described in {seen[entry.slug]}")
        seen[entry.slug] = path.name
        if entry.publisher not in known.publishers:
            yield Problem(
                path.name, entry.slug, "publisher", f"no publisher has the slug {entry.publisher!r}"
            )
        for category in entry.categories:
            if category not in known.categories:
                yield Problem(path.name, entry.slug, "categories", f"no category has the slug {category!r}")
        for relation in entry.relations:
            if relation.to not in known.artifacts:
                yield Problem(path.name, entry.slug, "relations", f"no artifact has the slug {relation.to!r}")


def _document_problems(
    documents: list[tuple[Path, ReportedDocumentEntry]], known: Names
) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, entry in documents:
        if entry.slug in seen:
            yield Problem(path.name, entry.slug, "slug", f"already described in {seen[entry.slug]}")
        seen[entry.slug] = path.name
        for slug in sorted({*entry.results, *entry.makers_of} - known.artifacts):
            yield Problem(path.name, entry.slug, "results", f"no artifact has the slug {slug!r}")
