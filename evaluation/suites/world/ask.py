"""Words for atoms: the statement that a picture makes true, and the question that a judge answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evaluation.suites.world.atoms import Value
from evaluation.suites.world.english import NUMBERS, article, plural
from evaluation.suites.world.scene import Thing, World

OPPOSITE: Final = {
    "to the left of": "to the right of",
    "to the right of": "to the left of",
    "above": "below",
    "below": "above",
    "in front of": "behind",
    "behind": "in front of",
    "on top of": "underneath",
    "inside": "next to",
}
SIZES: Final = {"tiny": "unusually small", "giant": "unusually large"}
_SUBSTANCES: Final = {"wooden": "wood", "cast-iron": "cast iron", "enamel": "enamelled metal"}


@dataclass(frozen=True)
class Wording:
    """A statement about a picture, and the yes/no question for it."""

    skill: str
    words: str
    ask: str


def wording(world: World, path: str) -> Wording:
    """Return the words for one atom of a scene, as they stand in that scene.

    >>> scene = World.from_dict({"things": [{"noun": "mug", "count": 2, "colour": "blue"}]})
    >>> wording(scene, "things.0.colour").ask, wording(scene, "things.0.count").ask
    ('Are the mugs blue?', 'Are there exactly two mugs in the picture?')
    """
    group, *rest = path.split(".")
    if group == "surface":
        surface = article(world.surface or "")
        return Wording("surface", f"there is {surface}", f"Is there {surface} in the picture?")
    place = int(rest[0])
    if group == "things":
        return _of_thing(world.things[place], rest[1:])
    if group == "relations":
        return _relation(world, place)
    if group == "absent":
        noun = world.absent[place]
        return Wording("absence", f"there are no {noun}", f"Is the picture free of {noun}?")
    text = world.regions[place].text
    where = f"on the {world.surface}" if world.surface else "in the picture"
    return Wording("text", f"“{text}” is written {where}", f"Is “{text}” written {where}, letter for letter?")


def foil_ask(world: World, path: str, foil: World) -> str:
    """Return the false form of an atom's question: what would be asked of the changed scene."""
    if path.startswith("absent."):
        return f"Are there any {world.absent[int(path.split('.')[1])]} in the picture?"
    return wording(foil, path).ask


def _of_thing(thing: Thing, steps: list[str]) -> Wording:
    field = steps[0]
    name = named(thing)
    be = "are" if is_many(thing) else "is"
    if field == "noun":
        there = plural(thing.noun) if is_many(thing) else article(thing.noun)
        some = f"any {there}" if is_many(thing) else there
        return Wording("object", f"there {be} {there}", f"{be.capitalize()} there {some} in the picture?")
    if field == "count":
        exactly = f"exactly {counted(thing.count or 1, thing.noun)}"
        return Wording("count", f"there {be} {exactly}", f"{be.capitalize()} there {exactly} in the picture?")
    if field == "parts":
        return _part(thing, int(steps[1]))
    if field == "pattern":
        do, have = ("Do", "have") if is_many(thing) else ("Does", "has")
        pattern = f"a {thing.pattern} pattern"
        return Wording("pattern", f"{name} {have} {pattern}", f"{do} {name} have {pattern}?")
    predicate = _predicate(thing, field)
    return Wording(field, f"{name} {be} {predicate}", f"{be.capitalize()} {name} {predicate}?")


def _predicate(thing: Thing, field: str) -> str:
    value: Value = getattr(thing, field)
    if field == "colour":
        return f"mainly {value}" if thing.pattern else str(value)
    if field == "material":
        return f"made of {_SUBSTANCES.get(str(value), value)}"
    return SIZES[str(value)] if field == "size" else str(value)


def _part(thing: Thing, place: int) -> Wording:
    part = thing.parts[place]
    owner = f"each {thing.noun}" if is_many(thing) else f"the {thing.noun}"
    parts = counted(part.count, part.noun)
    return Wording("parts", f"{owner} has exactly {parts}", f"Does {owner} have exactly {parts}?")


def _relation(world: World, place: int) -> Wording:
    relation = world.relations[place]
    subject, other = world.things[relation.subject], world.things[relation.object]
    be = "are" if is_many(subject) else "is"
    where = f"{relation.predicate} {named(other)}"
    return Wording(
        "relation", f"{named(subject)} {be} {where}", f"{be.capitalize()} {named(subject)} {where}?"
    )


def is_many(thing: Thing) -> bool:
    """Whether a thing is spoken of in the plural."""
    return (thing.count or 1) > 1


def named(thing: Thing) -> str:
    """Return a thing as one that was mentioned before."""
    return f"the {plural(thing.noun) if is_many(thing) else thing.noun}"


def counted(count: int, noun: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "mug"), counted(3, "foot"), counted(24, "tooth")
    ('one mug', 'three feet', '24 teeth')
    """
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{number} {noun if count == 1 else plural(noun)}"
