"""What a prompt asks for, as the scorers read it: a scene, and what must not be in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from evaluation.bundled.captions import caption
from evaluation.bundled.specs import Scene, SceneError
from evaluation.bundled.vocabulary import SHAPES

ABSENT: Final = "absent"


@dataclass(frozen=True)
class PromptSpec:
    """The scene to show, and shapes that the prompt rules out."""

    scene: Scene
    absent: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, spec: dict[str, Any]) -> PromptSpec:
        """Read the JSON form; raises SceneError naming the value that is wrong."""
        absent = tuple(str(shape) for shape in spec.get(ABSENT, ()))
        for shape in absent:
            if shape not in SHAPES:
                raise SceneError(f"unknown absent shape: {shape!r}")
        unknown = set(spec) - {"background", "objects", "relation", "texts", "figures", ABSENT}
        if unknown:
            raise SceneError(f"unknown key: {min(unknown)!r}")
        return cls(Scene.from_dict(spec), absent)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; keys that do not apply are absent."""
        return self.scene.to_dict() | ({ABSENT: list(self.absent)} if self.absent else {})

    def text(self, *, variant: int = 0) -> str:
        """Return the prompt's words; variants are paraphrases.

        >>> PromptSpec.from_dict({"objects": [{"shape": "star", "colour": "red"}], "absent": ["heart"]}).text()
        'a red star and no hearts'
        """
        return caption(self.scene, variant=variant) + "".join(f" and no {shape}s" for shape in self.absent)
