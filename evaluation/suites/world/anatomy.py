"""Prompts for anatomy: hands, whole bodies, groups, details and animals, with the limbs that each must have."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from random import Random
from typing import Any, Final

from evaluation.suites.world.atoms import Value
from evaluation.suites.world.english import NUMBERS, article
from evaluation.suites.world.family import Draft, WorldFamily
from evaluation.suites.world.scene import Part, Thing, World
from evaluation.suites.world.things import WORDS_DIR

_PER_FAMILY: Final = 2
_GROUP_SIZES: Final = (2, 3, 4, 5)
_PERSON: Final = (Part("arm", 2), Part("leg", 2))
_DIFFICULTY: Final = {"gesture": 4, "two-hands": 4, "contact": 5, "instrument": 5}


@dataclass(frozen=True)
class _Body:
    """What all prompts of a family share: the sentence, what is shown and what could be taken for it."""

    sentence: str
    thing: Thing
    slots: Mapping[str, str]
    foils: Mapping[str, str]
    places: Sequence[str]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads((WORDS_DIR / "bodies.toml").read_text(encoding="utf-8"))


def anatomy_families() -> Iterator[WorldFamily]:
    """Yield the families: 120 prompts of hands, 70 of bodies, 40 of groups, 30 of details, 40 of animals."""
    for entry in _table()["hands"]:
        parts = tuple(Part(noun, n) for noun, n in entry.get("parts", ()))
        hand = Thing("hand", entry["count"], parts=parts)
        yield from _acting(entry, hand, "gesture", "hands", _DIFFICULTY.get(entry["name"], 3))
    for entry in _table()["bodies"]:
        yield from _acting(entry, Thing("person", 1, parts=_PERSON), "action", "full body", 3)
    yield from _groups()
    for entry in _table()["details"]:
        parts = tuple(Part(noun, n) for noun, n in entry["parts"])
        detail = Thing(entry["noun"], entry.get("count", 1), parts=parts)
        yield from _acting(entry, detail, "action", "face, teeth and feet", 3)
    yield from _animals()


def _acting(
    entry: Mapping[str, Any], thing: Thing, field: str, stratum: str, difficulty: int
) -> Iterator[WorldFamily]:
    """One family for each thing that such a body does."""
    for name, does, instead in entry["activities"]:
        body = _Body(
            entry["sentence"],
            replace(thing, **{field: does}),
            {"does": does},
            {field: instead, "noun": _NOT[thing.noun]},
            _table()["places"],
        )
        yield _family(f"{entry['name']}-{name}", stratum, difficulty, body)


_NOT: Final = {"hand": "foot", "person": "statue", "face": "mask", "mouth": "nose", "foot": "hand"}


def _groups() -> Iterator[WorldFamily]:
    entry = _table()["groups"]
    for size in _GROUP_SIZES:
        for name, does, instead in entry["activities"]:
            thing = Thing("person", size, action=does, parts=_PERSON)
            slots = {"does": does, "number": NUMBERS[size]}
            foils = {"action": instead, "noun": _NOT["person"]}
            body = _Body(entry["sentence"], thing, slots, foils, _table()["places"])
            yield _family(f"group-{size}-{name}", "groups", min(5, size + 1), body)


def _animals() -> Iterator[WorldFamily]:
    entry = _table()["animals"]
    for kind, limb, n_limbs, foil in entry["kinds"]:
        thing = Thing(kind, parts=(Part(limb, n_limbs),))
        slots = {"animal": article(kind), "limb": limb}
        body = _Body(entry["sentence"], thing, slots, {"noun": foil}, entry["places"])
        yield _family(f"animal-{kind}", "animals", 2 if n_limbs <= 4 else 4, body)


def _family(name: str, stratum: str, difficulty: int, body: _Body) -> WorldFamily:
    return WorldFamily(name, stratum, difficulty, _PER_FAMILY, partial(_draw, body))


def _draw(body: _Body, rng: Random) -> Draft:
    style = rng.choice(_table()["styles"])
    owner, place = rng.choice(_table()["people"]), rng.choice(body.places)
    text = body.sentence.format(style=style, owner=owner, place=place, **body.slots)
    world = World(style=style, setting=place, things=(body.thing,))
    foils: dict[str, tuple[Value, ...]] = {
        f"things.0.{field}": (value,) for field, value in body.foils.items()
    }
    if body.thing.count is not None:
        foils["things.0.count"] = _one_off(body.thing.count)
    for place_of_part, part in enumerate(body.thing.parts):
        foils[f"things.0.parts.{place_of_part}.count"] = _one_off(part.count)
    return Draft(world, text, foils, (style.replace(" ", "-"),))


def _one_off(count: int) -> tuple[int, ...]:
    return tuple(n for n in (count - 1, count + 1) if n)
