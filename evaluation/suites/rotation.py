"""Rotating splits: prompts that our grammars write from a secret seed, so that nobody can train on them.

The grammars are public, so the secret alone keeps the prompts hidden: the digest of a split is shown
before its prompts are, as a promise, and a secret that could be guessed would be found from it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from evaluation.suites.names import ROTATING_SUFFIX
from evaluation.suites.schema import PromptEntry, SuiteFile

LEAST_SECRET: Final = 32
# Of every five prompts of a stratum.
_KEPT_OF_FIVE: Final = (0, 2)
_DESCRIPTION: Final = (
    "The hidden split of “{name}”: prompts by the same grammar, from a secret seed. They are shown once the "
    "split is retired; until then its digest stands for them. {description}"
)


class RotationError(Exception):
    """A rotating split that cannot be written; the message is one line and never names the secret."""


def rotating_suite(public: SuiteFile, *, label: str, secret: str) -> SuiteFile:
    """Write the rotating split of a public suite: two fifths of its size, no prompt in common.

    Raises:
        RotationError: for a suite without a grammar of the world, or a secret that is too short.
    """
    # Counting tokens needs a model's library, which only workers have.
    from evaluation.suites.world.write import is_world, write_world  # noqa: PLC0415

    header = public.header
    if header.grammar is None or not is_world(header.grammar):
        raise RotationError(f"{header.slug} has no grammar that could write other prompts")
    if len(secret) < LEAST_SECRET:
        raise RotationError(f"SUITES_SECRET must have at least {LEAST_SECRET} characters")
    key = rotation_key(secret, slug=header.slug, label=label)
    taken = {prompt.text for prompt in public.prompts}
    prompts = write_world(header.grammar.name, key, taken=taken)
    changes: dict[str, object] = {
        "slug": f"{header.slug}{ROTATING_SUFFIX}",
        "version": label,
        "name": f"{header.name}, rotating split",
        "description": _DESCRIPTION.format(name=header.name, description=header.description),
        "strata": {},
        "grammar": None,
    }
    hidden = tuple(prompt.model_copy(update={"split": "rotating"}) for prompt in _kept(prompts))
    return SuiteFile(header.model_copy(update=changes), hidden)


def _kept(prompts: Iterable[PromptEntry]) -> Iterator[PromptEntry]:
    """Yield two fifths of every stratum, in the grammar's order."""
    places: Counter[str] = Counter()
    for prompt in prompts:
        if places[prompt.stratum] % 5 in _KEPT_OF_FIVE:
            yield prompt
        places[prompt.stratum] += 1


def rotation_key(secret: str, *, slug: str, label: str) -> str:
    """Return the key that a split is drawn from: a MAC, from which neither secret nor other splits follow.

    >>> rotation_key("s" * 32, slug="anatomy", label="1") == rotation_key("s" * 32, slug="anatomy", label="2")
    False
    """
    return hmac.new(secret.encode(), f"{slug}/{label}".encode(), hashlib.sha256).hexdigest()
