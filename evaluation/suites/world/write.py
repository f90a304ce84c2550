"""Writes the prompts of a grammar of the world from a key: the same key gives the same prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from random import Random
from typing import Final

from evaluation.bundled.clip_tokens import MOST_TOKENS, count_clip_tokens
from evaluation.suites.schema import GrammarRef, PromptEntry
from evaluation.suites.world.adherence import adherence_families
from evaluation.suites.world.anatomy import anatomy_families
from evaluation.suites.world.family import Draft, WorldFamily
from evaluation.suites.world.showcase import showcase_families
from evaluation.suites.world.text import text_families

LONGER_THAN_CLIP: Final = "over-77-clip-tokens"
WORLD_GRAMMARS: Final[dict[str, Callable[[], Iterator[WorldFamily]]]] = {
    "world-text": text_families,
    "world-adherence": adherence_families,
    "world-anatomy": anatomy_families,
    "world-showcase": showcase_families,
}


def is_world(grammar: GrammarRef) -> bool:
    """Whether a grammar writes scenes of the world, and not drawings."""
    return grammar.name in WORLD_GRAMMARS


def write_world(name: str, key: str, *, taken: Iterable[str] = ()) -> list[PromptEntry]:
    """Return a grammar's prompts in an order whose every beginning is spread over the strata.

    No prompt is one of those ``taken``.
    """
    used = set(taken)
    rounds: list[list[PromptEntry]] = []
    for family in _spread(list(WORLD_GRAMMARS[name]())):
        rng = Random(f"{name}/{key}/{family.name}")  # noqa: S311 - reproducible; a secret key is a MAC already
        for number in range(family.n_prompts):
            if number == len(rounds):
                rounds.append([])
            rounds[number].append(_fresh(family, number=number, rng=rng, used=used))
    return [prompt for prompts in rounds for prompt in prompts]


def _fresh(family: WorldFamily, *, number: int, rng: Random, used: set[str]) -> PromptEntry:
    """Draw until the words differ from every prompt so far."""
    while True:
        draft = family.draw(rng)
        if draft.text not in used:
            used.add(draft.text)
            return _entry(family, draft, number)


def _entry(family: WorldFamily, draft: Draft, number: int) -> PromptEntry:
    spec = draft.spec()
    skills = dict.fromkeys(question.skill for question in spec.stated_questions)
    too_long = [LONGER_THAN_CLIP] if count_clip_tokens(draft.text) > MOST_TOKENS else []
    return PromptEntry(
        key=f"{family.name}-{number + 1}",
        family=family.name,
        stratum=family.stratum,
        text=draft.text,
        spec=spec.to_dict(),
        tags=[*skills, *draft.tags, *too_long],
        difficulty=family.difficulty,
    )


def _spread(families: Sequence[WorldFamily]) -> list[WorldFamily]:
    """Take one family of each stratum in turn."""
    strata: dict[str, list[WorldFamily]] = {}
    for family in families:
        strata.setdefault(family.stratum, []).append(family)
    return [family for row in zip_longest(*strata.values()) for family in row if family is not None]
