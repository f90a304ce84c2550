"""What a prompt asks for, as readers and scorers see it: a drawing, or a scene of the real world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from evaluation.bundled.captions import caption
from evaluation.bundled.specs import Scene, SceneError
from evaluation.bundled.vocabulary import SHAPES
from evaluation.suites.asked import Question
from evaluation.suites.world.scene import World

ABSENT: Final = "absent"
WORLD: Final = "world"
QUESTIONS: Final = "questions"
_DRAWN_KEYS: Final = frozenset({"background", "objects", "relation", "texts", "figures", ABSENT})


@dataclass(frozen=True)
class PromptSpec:
    """The drawing to show, and shapes that the prompt rules out; or a scene of the world with its questions.

    Demonstration suites ask for drawings (``drawing``), standard suites for the world (``world``).
    """

    drawing: Scene | None = None
    absent: tuple[str, ...] = ()
    world: World | None = None
    stated_questions: tuple[Question, ...] = ()

    @property
    def scene(self) -> Scene:
        """The drawing; raises SceneError for a prompt about the world."""
        if self.drawing is None:
            raise SceneError("this prompt asks for a scene of the world, not for a drawing")
        return self.drawing

    @property
    def asked_texts(self) -> tuple[str, ...]:
        """The text of every region to paint, as it must be read.

        >>> PromptSpec.from_dict({"texts": [{"text": "CAT", "colour": "red"}]}).asked_texts
        ('CAT',)
        """
        regions = self.world.regions if self.world else self.scene.texts
        return tuple(region.text for region in regions)

    @classmethod
    def from_dict(cls, spec: dict[str, Any]) -> PromptSpec:
        """Read the JSON form; raises SceneError naming the value that is wrong."""
        if WORLD in spec:
            return cls._of_world(spec)
        absent = tuple(str(shape) for shape in spec.get(ABSENT, ()))
        for shape in absent:
            if shape not in SHAPES:
                raise SceneError(f"unknown absent shape: {shape!r}")
        _refuse_unknown(spec, _DRAWN_KEYS)
        return cls(Scene.from_dict(spec), absent)

    @classmethod
    def _of_world(cls, spec: dict[str, Any]) -> PromptSpec:
        _refuse_unknown(spec, frozenset({WORLD, QUESTIONS}))
        try:
            questions = tuple(Question.from_dict(entry) for entry in spec[QUESTIONS])
        except (KeyError, TypeError) as error:
            raise SceneError(f"questions: not complete: {error}") from error
        return cls(world=World.from_dict(spec[WORLD]), stated_questions=questions)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; keys that do not apply are absent."""
        if self.world:
            questions = [question.to_dict() for question in self.stated_questions]
            return {WORLD: self.world.to_dict(), QUESTIONS: questions}
        return self.scene.to_dict() | ({ABSENT: list(self.absent)} if self.absent else {})

    def text(self, *, variant: int = 0) -> str:
        """Return the drawing's words, of which variants are paraphrases; of the world, what is asked for.

        >>> PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red"}], "absent": ["heart"]}).text()
        'a red star and no hearts'
        """
        if self.world:
            return ", ".join(question.words for question in self.stated_questions)
        return caption(self.scene, variant=variant) + "".join(f" and no {shape}s" for shape in self.absent)


def _refuse_unknown(spec: dict[str, Any], known: frozenset[str]) -> None:
    unknown = set(spec) - known
    if unknown:
        raise SceneError(f"unknown key: {min(unknown)!r}")
