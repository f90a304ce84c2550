"""Prompts for painted text: words that can be guessed, words that cannot, numbers, two words, signs."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from evaluation.bundled.specs import Scene, Text
from evaluation.suites.grammar.family import Family, ink_on
from evaluation.suites.spec import PromptSpec

Word = Callable[[Random], str]

_WORDS: Final[dict[int, tuple[str, ...]]] = {
    length: tuple(words.split())
    for length, words in {
        2: "GO UP NO OK HI BE MY AT",
        3: "CAT DOG SUN KEY MAP PEN BUS TEA JAM FOX OWL TOY VAN HUT RIB YAK",
        4: "OPEN STOP SALE MOON TREE BIRD MILK TAXI EXIT HOME LAMP SHED WOOL PALM",
        5: "WATER BREAD APPLE MUSIC LIGHT HOUSE TRAIN ROBOT OCEAN CHALK FLUTE WHEAT",
        6: "GARDEN BAKERY MARKET WINTER CASTLE PENCIL VIOLET TUNNEL",
        8: "HOSPITAL BIRTHDAY ELEPHANT MOUNTAIN NOTEBOOK SANDWICH",
    }.items()
}
_CONSONANTS: Final = "BDFGKLMNPRSTVZ"
_VOWELS: Final = "AEIOU"
_SIGNS: Final = ("yellow", "blue", "green", "red", "black")
_REAL_WORDS: Final = frozenset(word for words in _WORDS.values() for word in words)


def _dictionary(length: int) -> Word:
    return lambda rng: rng.choice(_WORDS[length])


def _pseudo(length: int) -> Word:
    """Pronounceable letters that are no word of ours: nothing but reading can get them right."""

    def draw(rng: Random) -> str:
        while True:
            start = rng.randrange(2)
            letters = (rng.choice(_VOWELS if (i + start) % 2 else _CONSONANTS) for i in range(length))
            word = "".join(letters)
            if word not in _REAL_WORDS:
                return word

    return draw


def _digits(length: int) -> Word:
    return lambda rng: str(rng.randrange(10 ** (length - 1), 10**length))


def _price(rng: Random) -> str:
    return f"{rng.randrange(1, 10)}.{rng.randrange(10, 100)}"


def _plain(*words: Word) -> Callable[[Random], PromptSpec]:
    def draw(rng: Random) -> PromptSpec:
        texts = tuple(Text(word(rng), ink_on("white", rng=rng)) for word in words)
        return PromptSpec(Scene(texts=texts))

    return draw


def _on_sign(word: Word) -> Callable[[Random], PromptSpec]:
    def draw(rng: Random) -> PromptSpec:
        board = rng.choice(_SIGNS)
        return PromptSpec(Scene(texts=(Text(word(rng), ink_on(board, rng=rng), board),)))

    return draw


def _on_background(word: Word) -> Callable[[Random], PromptSpec]:
    def draw(rng: Random) -> PromptSpec:
        background = rng.choice(("yellow", "blue", "black", "pink"))
        text = Text(word(rng), ink_on(background, rng=rng))
        return PromptSpec(Scene(background=background, texts=(text,)))

    return draw


TEXT_FAMILIES: Final = (
    Family("dictionary-2", "dictionary word", 1, _plain(_dictionary(2)), ("plain",)),
    Family("dictionary-3", "dictionary word", 1, _plain(_dictionary(3)), ("plain",)),
    Family("dictionary-4", "dictionary word", 2, _plain(_dictionary(4)), ("plain",)),
    Family("dictionary-5", "dictionary word", 3, _plain(_dictionary(5)), ("plain",)),
    Family("dictionary-6", "dictionary word", 4, _plain(_dictionary(6)), ("plain",)),
    Family("dictionary-8", "dictionary word", 5, _plain(_dictionary(8)), ("plain",)),
    Family("dictionary-3-background", "dictionary word", 2, _on_background(_dictionary(3)), ("background",)),
    Family("pseudo-3", "pseudo-word", 2, _plain(_pseudo(3)), ("plain",)),
    Family("pseudo-4", "pseudo-word", 3, _plain(_pseudo(4)), ("plain",)),
    Family("pseudo-5", "pseudo-word", 4, _plain(_pseudo(5)), ("plain",)),
    Family("pseudo-7", "pseudo-word", 5, _plain(_pseudo(7)), ("plain",)),
    Family("pseudo-4-background", "pseudo-word", 3, _on_background(_pseudo(4)), ("background",)),
    Family("sign-3", "sign", 2, _on_sign(_dictionary(3)), ("sign",)),
    Family("sign-4", "sign", 3, _on_sign(_dictionary(4)), ("sign",)),
    Family("sign-pseudo-4", "sign", 4, _on_sign(_pseudo(4)), ("sign",)),
    Family("two-words-3-3", "two words", 4, _plain(_dictionary(3), _dictionary(3)), ("plain",)),
    Family("two-words-4-3", "two words", 4, _plain(_dictionary(4), _dictionary(3)), ("plain",)),
    Family("two-words-pseudo", "two words", 5, _plain(_pseudo(4), _pseudo(4)), ("plain",)),
    Family("number-2", "number", 2, _plain(_digits(2)), ("plain",)),
    Family("number-4", "number", 3, _plain(_digits(4)), ("plain",)),
    Family("price", "number", 4, _plain(_price), ("plain",)),
)
