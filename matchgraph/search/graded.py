"""Searches with graded answers, as data/search keeps them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings


class Half(StrEnum):
    """Weights are tuned on one half of the intents and reported on the other."""

    TUNING = "tuning"
    TEST = "test"


@dataclass(frozen=True)
class GradedIntent:
    """A search as people write it; ``answers`` grades artifacts 1-3 and is empty where nothing fits.

    ``family`` is the need that it words, or its own text: wordings of one need are hard or easy together.
    """

    text: str
    type: str
    voice: str
    family: str
    answers: Mapping[str, int]

    @property
    def half(self) -> Half:
        """Return the half that the intent belongs to, by the hash of its family."""
        first_byte = hashlib.sha256(self.family.encode()).digest()[0]
        return Half.TEST if first_byte % 2 else Half.TUNING


def read_intents(folder: Path) -> list[GradedIntent]:
    """Return the graded intents of ``intents.yaml``, those without answers of their own with their need's."""
    needs = yaml.safe_load((folder / "needs.yaml").read_text(encoding="utf-8"))
    rows = yaml.safe_load((folder / "intents.yaml").read_text(encoding="utf-8"))
    return [
        GradedIntent(
            row["text"],
            row["type"],
            row["voice"],
            row.get("need", row["text"]),
            row["answers"] if "answers" in row else needs[row["need"]]["answers"],
        )
        for row in rows
    ]


@lru_cache(maxsize=1)
def tuning_intents() -> tuple[GradedIntent, ...]:
    """Return the half that things are tuned and judged by; the other half is for reports alone."""
    intents = read_intents(settings.BASE_DIR / "data" / "search")
    return tuple(intent for intent in intents if intent.half == Half.TUNING)


def read_pool(folder: Path) -> frozenset[str]:
    """Return the artifacts that were looked at when the intents were graded, one slug a line of ``pool.txt``."""
    lines = (folder / "pool.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
