"""Captions: the prompt text of a scene, in the small grammar that the bundled models know."""

from __future__ import annotations

from typing import Final

from evaluation.bundled.specs import Figure, ObjectGroup, Scene, Text
from evaluation.bundled.vocabulary import NUMBERS

VARIANTS: Final = 3


def caption(scene: Scene, *, variant: int = 0) -> str:
    """The scene in words. Variants are paraphrases, numbered from 0; numbers beyond VARIANTS wrap around.

    Painted words stand in capitals between quotes, so that they are read letter by letter.

    >>> caption(Scene(objects=(ObjectGroup("circle", "red", 2),)))
    'two red circles'
    """
    form = variant % VARIANTS
    words = _subject(scene, form=form)
    if scene.background != "white":
        words = f"{words} on a {scene.background} background"
    return f"a picture of {words}" if form == 2 else words


def _subject(scene: Scene, *, form: int) -> str:
    if scene.texts:
        return " and ".join(_text(text, form=form) for text in scene.texts)
    if scene.figures:
        return " and ".join(_figure(figure, form=form) for figure in scene.figures)
    groups = [_group(group, form=form) for group in scene.objects]
    if scene.relation:
        predicate = scene.relation.predicate
        if form == 1 and predicate.endswith(" of"):
            predicate = f"to the {predicate}"
        return f"{groups[scene.relation.subject]} {predicate} {groups[scene.relation.object]}"
    return " and ".join(groups)


def _group(group: ObjectGroup, *, form: int) -> str:
    noun = group.shape if group.count == 1 else f"{group.shape}s"
    adjectives = f"{group.size} {group.colour}" if group.size else group.colour
    article = "an" if adjectives[0] in "aeiou" else "a"
    number = article if group.count == 1 and form != 1 else NUMBERS[group.count]
    return f"{number} {adjectives} {noun}"


def _text(text: Text, *, form: int) -> str:
    # Capitals are spelled out by the tokenizer; small letters would be read as words of the caption.
    letters = f'the word "{text.text.upper()}" in {text.colour}'
    if form == 1:
        letters += " letters"
    return f"{letters} on a {text.board} sign" if text.board else letters


def _figure(figure: Figure, *, form: int) -> str:
    if figure.kind == "hand":
        number = NUMBERS[figure.count] if figure.count > 1 or form == 1 else "a"
        noun = "hand" if figure.count == 1 else "hands"
        return f"{number} {noun} with {_limbs(5 if figure.fingers is None else figure.fingers, 'finger')}"
    number = NUMBERS[figure.count] if figure.count > 1 or form == 1 else "a"
    noun = "person" if figure.count == 1 else "people"
    limbs = " and ".join(_limbs(2 if n is None else n, name) for n, name in _limb_counts(figure))
    pose = f", {figure.pose}" if figure.pose else ""
    return f"{number} {noun} with {limbs}{pose}"


def _limb_counts(figure: Figure) -> tuple[tuple[int | None, str], ...]:
    return (figure.arms, "arm"), (figure.legs, "leg")


def _limbs(number: int, name: str) -> str:
    return f"{NUMBERS[number]} {name}" if number == 1 else f"{NUMBERS[number]} {name}s"
