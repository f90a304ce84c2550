"""Prompts for looking at models side by side: some of each kind, chosen by rule and drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from random import Random
from typing import Final

from evaluation.suites.world.adherence import adherence_families
from evaluation.suites.world.anatomy import anatomy_families
from evaluation.suites.world.family import Draft, WorldFamily
from evaluation.suites.world.text import text_families

# How many prompts, each of a family of its own, from which strata of the other grammars.
_SCENES: Final = {f"{n} atoms": 4 for n in range(3, 9)}
_TEXTS: Final = {"dictionary word": 6, "number, price, date or address": 2, "mixed case and punctuation": 2}
_BODIES: Final = {"hands": 8, "full body": 6, "groups": 4, "face, teeth and feet": 3, "animals": 5}

# Closing words that suit any medium, and that no prompt of the other suites has.
_CLOSINGS: Final = (
    "The composition is calm and balanced.",
    "The colours are rich and the details crisp.",
    "The whole has a quiet, timeless mood.",
    "It looks like the work of a master.",
)
_STRATA: Final = {"scene": "scenes", "text": "texts", "body": "bodies"}


def showcase_families() -> Iterator[WorldFamily]:
    """Yield 60 families of one prompt each: 24 scenes, 10 texts, 26 bodies."""
    short_texts = [family for family in text_families() if "16-to-40" not in family.name]
    yield from _chosen("scene", _SCENES, adherence_families())
    yield from _chosen("text", _TEXTS, short_texts)
    yield from _chosen("body", _BODIES, anatomy_families())


def _chosen(kind: str, numbers: dict[str, int], families: Iterable[WorldFamily]) -> Iterator[WorldFamily]:
    """Take so many families of each stratum, evenly spread over it."""
    by_stratum: dict[str, list[WorldFamily]] = {}
    for family in families:
        by_stratum.setdefault(family.stratum, []).append(family)
    for stratum, number in numbers.items():
        found = by_stratum[stratum]
        for family in islice(found[:: len(found) // number], number):
            yield replace(
                family,
                name=f"{kind}-{family.name}",
                stratum=_STRATA[kind],
                n_prompts=1,
                draw=partial(_closed, family.draw),
            )


def _closed(draw: Callable[[Random], Draft], rng: Random) -> Draft:
    draft = draw(rng)
    return replace(draft, text=f"{draft.text.removesuffix('.')}. {rng.choice(_CLOSINGS)}")
