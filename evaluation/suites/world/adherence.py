"""Prompts for adherence: one to ten atoms in a sentence or two, and long ones of 80 to 150 words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from random import Random
from typing import Final

from evaluation.suites.world.ask import OPPOSITE
from evaluation.suites.world.atoms import Value, atoms_of
from evaluation.suites.world.describe import long_text, short_text
from evaluation.suites.world.family import Draft, WorldFamily
from evaluation.suites.world.scene import Relation, Thing, World
from evaluation.suites.world.structures import MOST_ATOMS, Structure, structures
from evaluation.suites.world.things import Noun, words

_MOST_COUNT: Final = 7
_MOST_LARGE: Final = 4
_LIVELY: Final = frozenset({"running", "jumping", "hopping", "galloping", "dancing"})
# Few pairs of things can stand so; without help they would hardly be asked for.
_RARE: Final = frozenset({"above", "below", "on top of", "inside"})
_SHARE_OF_RARE: Final = 0.35
_TRIES: Final = 100
_PATTERNS: Final = ("striped", "polka-dot", "checked", "floral")
_PER_STRATUM: Final = 30
_PER_LONG_FAMILY: Final = 5
_LONG_CODES_PER_COUNT: Final = 4


def adherence_families() -> Iterator[WorldFamily]:
    """Yield 300 short prompts' families, 30 prompts for every number of atoms, and those of 100 long ones."""
    for n_atoms in range(1, MOST_ATOMS + 1):
        codes = structures(n_atoms) if n_atoms > 1 else structures(1) * 10
        for number, code in enumerate(codes, start=1):
            name = f"{n_atoms}-{'atom' if n_atoms == 1 else 'atoms'}-{number}"
            stratum = f"{n_atoms} atom{'s' * (n_atoms > 1)}"
            scene = ("table", "room", "garden", "street")[number % 4] if n_atoms == 1 else None
            draw = partial(_draw, code, scene=scene)
            yield WorldFamily(name, stratum, (n_atoms + 1) // 2, _PER_STRATUM // len(codes), draw)
    for n_atoms in range(6, MOST_ATOMS + 1):
        for number, code in enumerate(structures(n_atoms)[:_LONG_CODES_PER_COUNT], start=1):
            draw = partial(_draw, code, is_long=True)
            yield WorldFamily(
                f"long-{n_atoms}-{number}", "long", min(5, n_atoms // 2), _PER_LONG_FAMILY, draw
            )


class _NoFitError(Exception):
    """The nouns that were drawn cannot stand in the relations asked for."""


def _draw(code: Structure, rng: Random, *, scene: str | None = None, is_long: bool = False) -> Draft:
    # Decided before the nouns are drawn: those that cannot stand so are drawn again, unless none can.
    is_rare = rng.random() < _SHARE_OF_RARE
    tries = 0
    while True:
        try:
            place = scene or rng.choice(list(words().places))
            return _try(code, rng, scene=place, is_rare=is_rare, is_long=is_long)
        except _NoFitError:
            tries += 1
            is_rare = is_rare and tries < _TRIES


def _try(code: Structure, rng: Random, *, scene: str, is_rare: bool, is_long: bool) -> Draft:
    nouns = _nouns(code, rng, scene)
    things = _with_colours(
        code, [_thing(n, c, rng) for n, c in zip(nouns, code.things, strict=True)], nouns, rng
    )
    relations = tuple(_relations(code, things, nouns, rng, is_rare=is_rare))
    place = words().places[scene]
    world = World(
        setting=rng.choice(place.where),
        things=tuple(things),
        relations=relations,
        absent=(_absent(place.absent, things, rng),) if code.has_absence else (),
    )
    foils = {path: _foils(world, path, value, nouns, rng) for path, value in atoms_of(world).items()}
    text = long_text(world, rng) if is_long else short_text(world, rng)
    return Draft(world, text, foils, ("long",) if is_long else ())


def _nouns(code: Structure, rng: Random, scene: str) -> list[Noun]:
    chosen: list[Noun] = []
    for letters in code.things:
        taken = {word for noun in chosen for word in (noun.noun, noun.foil)}
        fitting = [
            noun
            for noun in words().of_scene(scene)
            if noun.allows(letters) and noun.noun not in taken and noun.foil not in taken
        ]
        if not fitting:
            raise _NoFitError
        chosen.append(rng.choice(fitting))
    return chosen


def _thing(noun: Noun, letters: str, rng: Random) -> Thing:
    return Thing(
        noun=noun.noun,
        count=rng.randint(1, _MOST_COUNT if noun.is_small else _MOST_LARGE) if "n" in letters else None,
        size=rng.choice(("tiny", "giant")) if "s" in letters else None,
        pattern=rng.choice(noun.patterns) if "p" in letters else None,
        material=rng.choice(noun.materials) if "m" in letters else None,
        action=rng.choice(noun.actions) if "a" in letters else None,
    )


def _with_colours(code: Structure, things: list[Thing], nouns: list[Noun], rng: Random) -> list[Thing]:
    """Give things colours that nobody confuses with each other."""
    coloured, taken = [], set[str]()
    for thing, noun, letters in zip(things, nouns, code.things, strict=True):
        if "c" in letters:
            free = [colour for colour in noun.colours if colour not in taken]
            if not free:
                raise _NoFitError
            colour = rng.choice(free)
            taken |= words().similar[colour]
            coloured.append(replace(thing, colour=colour))
        else:
            coloured.append(thing)
    return coloured


def _relations(
    code: Structure, things: list[Thing], nouns: list[Noun], rng: Random, *, is_rare: bool
) -> Iterator[Relation]:
    """The first relation is between the first two things; the second sets the third beside the first."""
    for kind, (subject, other) in zip(code.relations, ((0, 1), (2, 0)), strict=False):
        pair = (things[subject], nouns[subject]), (things[other], nouns[other])
        fitting = list(_plane(*pair) if kind == "r2" else _depth(*pair))
        if is_rare and subject == 0:
            fitting = [predicate for predicate in fitting if predicate in _RARE]
        if not fitting:
            raise _NoFitError
        yield Relation(subject, rng.choice(fitting), other)


def _plane(subject: tuple[Thing, Noun], other: tuple[Thing, Noun]) -> Iterator[str]:
    if subject[1].floats == other[1].floats:
        yield from ("to the left of", "to the right of")
    else:
        yield "above" if subject[1].floats else "below"


def _depth(subject: tuple[Thing, Noun], other: tuple[Thing, Noun]) -> Iterator[str]:
    (thing, noun), (ground, ground_noun) = subject, other
    if noun.floats or ground_noun.floats:
        return
    yield from ("in front of", "behind")
    is_plain = not (thing.size or ground.size) and (ground.count or 1) == 1 and thing.action not in _LIVELY
    if noun.portable and is_plain:
        yield from ("on top of",) if ground_noun.support else ()
        yield from ("inside",) * 3 if ground_noun.container else ()


def _absent(expected: tuple[str, ...], things: list[Thing], rng: Random) -> str:
    """Choose what one would expect here, unless a pattern shows it."""
    has_flowers = any(thing.pattern == "floral" for thing in things)
    return rng.choice([noun for noun in expected if not (has_flowers and noun in ("flowers", "plants"))])


def _foils(world: World, path: str, value: Value, nouns: list[Noun], rng: Random) -> tuple[Value, ...]:
    group, place, *field = path.split(".")
    if group == "absent":
        return (None,)
    if group == "relations":
        return (OPPOSITE[str(value)],)
    noun = nouns[int(place)]
    if field == ["noun"]:
        return (noun.foil,)
    if isinstance(value, int):
        return tuple(n for n in (value - 1, value + 1) if 1 <= n <= _MOST_COUNT)
    return (rng.choice(_alternatives(world, field[0], str(value), noun)),)


def _alternatives(world: World, field: str, value: str, noun: Noun) -> list[str]:
    if field == "colour":
        seen = {thing.colour for thing in world.things}
        choices = [c for c in noun.colours if c not in seen and c not in words().similar[value]]
        return choices or [c for c in words().similar if c not in seen and c not in words().similar[value]]
    if field == "size":
        return ["giant" if value == "tiny" else "tiny"]
    stated = {"pattern": noun.patterns, "material": noun.materials, "action": noun.actions}[field]
    choices = [other for other in stated if other != value]
    return choices or [other for other in _PATTERNS if other != value]
