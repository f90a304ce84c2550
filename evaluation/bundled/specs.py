"""What a procedural scene contains: frozen records and their plain JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from evaluation.bundled.vocabulary import COLOURS, POSES, PREDICATES, SHAPES, SIZES


class SceneError(ValueError):
    """A scene that cannot be drawn; the message names the offending value."""


@dataclass(frozen=True)
class ObjectGroup:
    """A number of equal shapes of one colour."""

    shape: str
    colour: str
    count: int = 1
    size: str | None = None


@dataclass(frozen=True)
class Relation:
    """Where one object stands, seen from another; both are indices into the scene's objects."""

    subject: int
    predicate: str
    object: int


@dataclass(frozen=True)
class Text:
    """A word painted in one colour, on a sign board if `board` names the board's colour."""

    text: str
    colour: str
    board: str | None = None


@dataclass(frozen=True)
class Figure:
    """A hand with visible fingers, or stick people with arms and legs."""

    kind: str
    count: int = 1
    fingers: int | None = None
    arms: int | None = None
    legs: int | None = None
    pose: str | None = None


@dataclass(frozen=True)
class Scene:
    """One scene: object groups, or texts, or figures, on a coloured background."""

    background: str = "white"
    objects: tuple[ObjectGroup, ...] = ()
    relation: Relation | None = None
    texts: tuple[Text, ...] = ()
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_dict(cls, spec: dict[str, Any]) -> Scene:
        """Read the JSON form; unknown keys and values raise SceneError."""
        try:
            relation = spec.get("relation")
            return cls(
                background=spec.get("background", "white"),
                objects=tuple(ObjectGroup(**group) for group in spec.get("objects", ())),
                relation=Relation(**relation) if relation else None,
                texts=tuple(Text(**text) for text in spec.get("texts", ())),
                figures=tuple(Figure(**figure) for figure in spec.get("figures", ())),
            )
        except TypeError as error:
            raise SceneError(f"not a scene: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; keys that do not apply are absent."""
        spec: dict[str, Any] = {} if self.background == "white" else {"background": self.background}
        for key in ("objects", "texts", "figures"):
            if members := getattr(self, key):
                spec[key] = [_present(asdict(member)) for member in members]
        if self.relation:
            spec["relation"] = asdict(self.relation)
        return spec


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _check(scene: Scene) -> None:
    _known("background", scene.background, COLOURS)
    if not (scene.objects or scene.texts or scene.figures):
        raise SceneError("a scene needs objects, texts or figures")
    for group in scene.objects:
        _known("shape", group.shape, SHAPES)
        _known("colour", group.colour, COLOURS)
        _known("size", group.size, (None, *SIZES))
        _within("count", group.count, 1, 9)
    for text in scene.texts:
        _known("colour", text.colour, COLOURS)
        _known("board", text.board, (None, *COLOURS))
        _within("length of a text", len(text.text.strip()), 1, 24)
    for figure in scene.figures:
        _known("figure", figure.kind, ("hand", "person"))
        _known("pose", figure.pose, (None, *POSES))
        _within("count", figure.count, 1, 5)
        for limb in ("fingers", "arms", "legs"):
            _within(limb, getattr(figure, limb) or 0, 0, 9)
    if scene.relation:
        _known("predicate", scene.relation.predicate, PREDICATES)
        if {scene.relation.subject, scene.relation.object} != {0, 1} or len(scene.objects) != 2:
            raise SceneError("a relation needs exactly two objects, 0 and 1")


def _known(what: str, value: object, allowed: Any) -> None:
    if value not in allowed:
        raise SceneError(f"unknown {what}: {value!r}")


def _within(what: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise SceneError(f"{what} must be {low} to {high}, not {value}")
