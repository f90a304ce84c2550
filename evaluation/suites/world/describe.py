"""Puts scenes of things into English: a sentence or two, or a long description."""

from __future__ import annotations

from random import Random
from typing import Final

from evaluation.suites.world.ask import is_many, named
from evaluation.suites.world.english import NUMBERS, article, listed, plural, sentence
from evaluation.suites.world.scene import Relation, Thing, World
from evaluation.suites.world.things import words

FEWEST_LONG, MOST_LONG = 80, 150
_OPENINGS: Final = ("", "", "A photo of ", "A picture of ")


def noun_phrase(thing: Thing) -> str:
    """Return a thing with all that is stated of it.

    >>> noun_phrase(Thing("mug", 2, size="tiny", colour="blue", material="ceramic"))
    'two tiny blue ceramic mugs'
    >>> noun_phrase(Thing("dog", action="sleeping", colour="black"))
    'a black dog sleeping'
    """
    stated = (thing.size, thing.colour, thing.pattern, thing.material)
    noun = plural(thing.noun) if is_many(thing) else thing.noun
    phrase = " ".join([part for part in stated if part] + [noun])
    if thing.count is None:
        phrase = article(phrase)
    else:
        phrase = f"a single {phrase}" if thing.count == 1 else f"{NUMBERS[thing.count]} {phrase}"
    return f"{phrase} {thing.action}" if thing.action else phrase


def short_text(world: World, rng: Random) -> str:
    """Return a prompt of a sentence or two."""
    related = world.relations[:1]
    first = _related(world, related[0]) if related else _all(world)
    form = rng.randrange(3)
    tail = f", without any {world.absent[0]}" if world.absent and form != 1 else ""
    if form == 2 and world.setting:
        be = "are" if is_many(world.things[0]) else "is"
        text = f"{world.setting[0].upper()}{world.setting[1:]} there {be} {first}{tail}"
    else:
        comma = "," if related else ""
        text = f"{rng.choice(_OPENINGS)}{first}{comma} {world.setting}{tail}"
        text = f"{text[0].upper()}{text[1:]}"
    more = _more(world)
    if world.absent and not tail:
        more.append(sentence(f"there are no {world.absent[0]}"))
    return f"{text}. {' '.join(more)}" if more else text


def _all(world: World) -> str:
    return listed([noun_phrase(thing) for thing in world.things])


def _related(world: World, relation: Relation) -> str:
    subject, other = world.things[relation.subject], world.things[relation.object]
    return f"{noun_phrase(subject)} {relation.predicate} {noun_phrase(other)}"


def _more(world: World) -> list[str]:
    """Return sentences for the third thing of a scene with relations, and for its relation."""
    if not world.relations or len(world.things) < 3:
        return []
    third = world.things[2]
    be = "are" if is_many(third) else "is"
    where = ""
    if len(world.relations) > 1:
        where = f" {world.relations[1].predicate} {named(world.things[world.relations[1].object])}"
    return [sentence(f"there {be} also {noun_phrase(third)}{where}")]


def long_text(world: World, rng: Random) -> str:
    """Return a description of 80 to 150 words that says no more of things than a short prompt would."""
    filler = {kind: rng.choice(choices) for kind, choices in words().filler.items()}
    parts = [
        filler["opening"],
        sentence(f"the scene is set {world.setting}"),
        *_things(world),
        filler["light"],
        *_placed(world),
        filler["lens"],
        *(sentence(f"there are no {noun} anywhere in the picture") for noun in world.absent),
        filler["mood"],
        filler["closing"],
    ]
    while len(" ".join(parts).split()) > MOST_LONG:
        parts.pop()
    return " ".join(parts)


def _things(world: World) -> list[str]:
    lead = ("there {be} {phrase}", "also in view {be} {phrase}", "apart from that, there {be} {phrase}")
    return [
        sentence(form.format(be="are" if is_many(thing) else "is", phrase=noun_phrase(thing)))
        for form, thing in zip(lead, world.things, strict=False)
    ]


def _placed(world: World) -> list[str]:
    sentences = []
    for relation in world.relations:
        subject, other = world.things[relation.subject], world.things[relation.object]
        be = "are" if is_many(subject) else "is"
        sentences.append(sentence(f"{named(subject)} {be} {relation.predicate} {named(other)}"))
    return sentences
