"""Writes the prompts of our suites from a seed, so that questions and foils follow from the scene."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from random import Random
from typing import Final

from evaluation.suites.grammar.adherence import ADHERENCE_FAMILIES
from evaluation.suites.grammar.anatomy import ANATOMY_FAMILIES
from evaluation.suites.grammar.family import Family
from evaluation.suites.grammar.text import TEXT_FAMILIES
from evaluation.suites.schema import GrammarRef, PromptEntry

GRAMMARS: Final[dict[str, Sequence[Family]]] = {
    "text": TEXT_FAMILIES,
    "adherence": ADHERENCE_FAMILIES,
    "anatomy": ANATOMY_FAMILIES,
}
PROMPTS_PER_FAMILY: Final = 2


def write_prompts(grammar: GrammarRef) -> list[PromptEntry]:
    """Return a suite's prompts in an order whose every beginning is spread over the strata."""
    used: set[str] = set()
    rounds: list[list[PromptEntry]] = [[] for _ in range(PROMPTS_PER_FAMILY)]
    for family in _spread(GRAMMARS[grammar.name]):
        rng = Random(f"{grammar.name}/{grammar.seed}/{family.name}")  # noqa: S311 - reproducible, not secret
        for number, prompts in enumerate(rounds):
            prompts.append(_fresh(family, number=number, rng=rng, used=used))
    return [prompt for prompts in rounds for prompt in prompts]


def _fresh(family: Family, *, number: int, rng: Random, used: set[str]) -> PromptEntry:
    """Draw until the words differ from every prompt so far."""
    while True:
        spec = family.draw(rng)
        text = spec.text(variant=rng.randrange(3))
        if text not in used:
            used.add(text)
            return PromptEntry(
                key=f"{family.name}-{number + 1}",
                family=family.name,
                stratum=family.stratum,
                text=text,
                spec=spec.to_dict(),
                tags=list(family.tags),
                difficulty=family.difficulty,
            )


def _spread(families: Sequence[Family]) -> list[Family]:
    """Take one family of each stratum in turn."""
    strata: dict[str, list[Family]] = {}
    for family in families:
        strata.setdefault(family.stratum, []).append(family)
    return [family for row in zip_longest(*strata.values()) for family in row if family is not None]
