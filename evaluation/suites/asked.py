"""What is asked about a picture: one question per thing that the prompt wants, in true and in false form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

# Every skill that a question may belong to; the scorers have one metric for each.
SKILLS: Final = (
    *("shape", "object", "colour", "count", "material", "pattern", "size", "background"),
    *("relation", "action", "absence", "text", "surface", "gesture", "parts"),
)


@dataclass(frozen=True)
class Question:
    """One thing asked for.

    ``words`` states it. ``ask`` asks for it as a question to be answered with yes, and each of
    ``foil_asks`` asks the same with this one thing changed, to be answered with no. A question whose
    ``parent`` fails (its object is not there) has failed too. ``atom`` is the path of the asked value in
    the scene, and ``foil_values`` are what stands there in the foils. For drawings, whose captions are short, ``foils`` are the whole prompt with this one
    thing changed, and ``group`` is an object's place.
    """

    key: str
    skill: str
    words: str
    group: int | None = None
    parent: str | None = None
    foils: tuple[str, ...] = ()
    ask: str = ""
    foil_asks: tuple[str, ...] = ()
    foil_values: tuple[str | int | None, ...] = ()
    atom: str = ""

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> Question:
        """Read the JSON form; raises TypeError or KeyError for one that is not complete."""
        return cls(
            key=str(entry["key"]),
            skill=str(entry["skill"]),
            words=str(entry["words"]),
            parent=entry.get("parent"),
            ask=str(entry["ask"]),
            foil_asks=tuple(str(ask) for ask in entry["foil_asks"]),
            foil_values=tuple(entry["foil_values"]),
            atom=str(entry["atom"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of a question about the world; a question without a parent has no such key."""
        entry: dict[str, Any] = {"key": self.key, "skill": self.skill, "atom": self.atom, "words": self.words}
        if self.parent:
            entry["parent"] = self.parent
        foils = {"foil_values": list(self.foil_values), "foil_asks": list(self.foil_asks)}
        return entry | {"ask": self.ask, **foils}
