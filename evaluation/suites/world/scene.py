"""What a prompt about the real world asks for: frozen records and their plain JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from evaluation.bundled.specs import SceneError

MOST_REGIONS: Final = 5
_MOST_COUNT: Final = 7
_MOST_WORDS: Final = 40


@dataclass(frozen=True)
class Part:
    """A body part that each of a group must have this often, and visibly."""

    noun: str
    count: int


@dataclass(frozen=True)
class Thing:
    """A number of equal things, people or animals. What the prompt does not state is None."""

    noun: str
    count: int | None = None
    size: str | None = None
    colour: str | None = None
    pattern: str | None = None
    material: str | None = None
    action: str | None = None
    gesture: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Relation:
    """Where one thing is, seen from another; both are indices into the scene's things."""

    subject: int
    predicate: str
    object: int


@dataclass(frozen=True)
class Region:
    """Text to paint, letter for letter, and where it stands on the surface."""

    text: str
    kind: str
    place: str


@dataclass(frozen=True)
class World:
    """One scene: things with their relations, what must not be there, and text on a surface."""

    style: str = "photo"
    setting: str | None = None
    surface: str | None = None
    things: tuple[Thing, ...] = ()
    relations: tuple[Relation, ...] = ()
    absent: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_dict(cls, spec: dict[str, Any]) -> World:
        """Read the JSON form; unknown keys and impossible values raise SceneError."""
        try:
            fields = dict(spec)
            fields["things"] = tuple(_thing(thing) for thing in spec.get("things", ()))
            fields["relations"] = tuple(Relation(**relation) for relation in spec.get("relations", ()))
            fields["regions"] = tuple(Region(**region) for region in spec.get("regions", ()))
            fields["absent"] = tuple(str(noun) for noun in spec.get("absent", ()))
            return cls(**fields)
        except TypeError as error:
            raise SceneError(f"not a scene of the world: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; what is not stated is absent."""
        stated: dict[str, Any] = _stated(asdict(self))
        return stated


def _thing(fields: dict[str, Any]) -> Thing:
    return Thing(**(fields | {"parts": tuple(Part(**part) for part in fields.get("parts", ()))}))


def _stated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stated(part) for key, part in value.items() if part is not None and part != ()}
    if isinstance(value, (list, tuple)):
        return [_stated(part) for part in value]
    return value


def _check(world: World) -> None:
    if not (world.things or world.regions):
        raise SceneError("a scene of the world needs things or regions of text")
    for thing in world.things:
        if thing.count is not None and not 1 <= thing.count <= _MOST_COUNT:
            raise SceneError(f"count must be 1 to {_MOST_COUNT}, not {thing.count}")
    for relation in world.relations:
        places = {relation.subject, relation.object}
        if len(places) != 2 or not places <= set(range(len(world.things))):
            raise SceneError(
                f"a relation needs two things of the scene, not {relation.subject} and {relation.object}"
            )
    if len(world.regions) > MOST_REGIONS:
        raise SceneError(f"at most {MOST_REGIONS} regions of text, not {len(world.regions)}")
    for region in world.regions:
        if not 1 <= len(region.text.split()) <= _MOST_WORDS:
            raise SceneError(f"a region has 1 to {_MOST_WORDS} words, not {len(region.text.split())}")
