"""The same thing under several names: what settles it, and what only hints at it. No database here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from catalog.sources.base import IdField

# An id may become part of an address that we ask for, so nothing else than an id passes here.
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
ADDRESSES = (
    (IdField.HUB, re.compile(rf"https?://(?:www\.)?huggingface\.co/({NAME}/{NAME})(?:/(?:tree|blob)/.*)?/?")),
    (
        IdField.GITHUB,
        re.compile(rf"https?://(?:www\.)?github\.com/({NAME}/{NAME}?)(?:\.git)?(?:/tree/.*)?/?"),
    ),
    (IdField.PACKAGE, re.compile(rf"https?://pypi\.org/project/({NAME})/?")),
    (IdField.REPLICATE, re.compile(rf"https?://(?:www\.)?replicate\.com/({NAME}/{NAME})/?")),
    (IdField.CIVITAI, re.compile(r"https?://(?:www\.)?civitai\.com/models/(\d{1,12})(?:[/?].*)?")),
)
# Sections of these sites that look like an owner's name.
NOT_OWNERS = frozenset("docs blog collections datasets spaces papers models explore about pricing".split())  # noqa: SIM905
# Words that tell a vendor's packaging from a model's name.
PACKAGING = re.compile(r"[^a-z0-9]+")


def ids_in_address(url: str) -> tuple[IdField, str] | None:
    """Return the id that an address of a known site names; None where it names none.

    >>> ids_in_address("https://huggingface.co/Acme/Painter/tree/main")
    (<IdField.HUB: 'hub_id'>, 'Acme/Painter')
    >>> ids_in_address("https://replicate.com/docs/reference") is None
    True
    """
    for field, pattern in ADDRESSES:
        found = pattern.fullmatch(url.strip())
        if found and found[1].partition("/")[0].lower() not in NOT_OWNERS:
            return field, found[1].removesuffix(".git")
    return None


class Strength(StrEnum):
    """How sure it is that two names mean one thing."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Known:
    """An artifact as matching needs it; ``names`` are its name and aliases, ``ids`` what it goes by elsewhere."""

    pk: int
    names: tuple[str, ...]
    publishers: tuple[str, ...]
    ids: frozenset[tuple[IdField, str]]


@dataclass(frozen=True)
class Candidate:
    """A name at a source, with what the source itself says belongs to it."""

    name: str
    publisher: str
    declares: tuple[tuple[IdField, str], ...] = ()


@dataclass(frozen=True)
class Match:
    """An artifact that a candidate may be, with the reason in words."""

    artifact: int
    strength: Strength
    reason: str


# What names the thing itself. A repository of code may serve many models, so it only hints.
SETTLES = frozenset({IdField.HUB, IdField.ROUTER})


def plain_name(name: str) -> str:
    """Return a name without case, spaces and punctuation.

    >>> plain_name("FLUX.1 [dev]") == plain_name("flux-1-dev")
    True
    """
    return PACKAGING.sub("", name.casefold())


def judge(candidate: Candidate, artifacts: Iterable[Known]) -> list[Match]:
    """Return the artifacts that a candidate may be; one is certain only where one alone is declared.

    >>> painter = Known(1, ("Painter",), ("Acme",), frozenset({(IdField.HUB, "acme/painter")}))
    >>> judge(Candidate("painter-cog", "x", ((IdField.HUB, "Acme/Painter"),)), [painter])[0].strength
    <Strength.CERTAIN: 'certain'>
    >>> judge(Candidate("painter", "someone"), [painter])[0].reason
    'has the same name'
    """
    declared = {(field, value.casefold()) for field, value in candidate.declares}
    matches = [match for known in artifacts if (match := _match(candidate, known, declared))]
    certain = [match for match in matches if match.strength is Strength.CERTAIN]
    if len(certain) == 1:
        return certain
    return [Match(match.artifact, Strength.DOUBTFUL, match.reason) for match in certain or matches]


def _match(candidate: Candidate, known: Known, declared: set[tuple[IdField, str]]) -> Match | None:
    shared = sorted(declared & known.ids)
    for field, value in shared:
        if field in SETTLES:
            return Match(known.pk, Strength.CERTAIN, f"declares {field} {value}")
    if shared:
        field, value = shared[0]
        return Match(known.pk, Strength.DOUBTFUL, f"declares {field} {value}")
    name = plain_name(candidate.name)
    if len(name) < 3 or name not in {plain_name(other) for other in known.names}:
        return None
    publishers = {plain_name(other) for other in known.publishers}
    is_same = plain_name(candidate.publisher) in publishers
    reason = "has the same name and publisher" if is_same else "has the same name"
    return Match(known.pk, Strength.DOUBTFUL, reason)
