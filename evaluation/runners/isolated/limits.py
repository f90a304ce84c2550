"""What a model's process may take, and the word that starts one that only fetches weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FETCH: Final = "--fetch"


@dataclass(frozen=True)
class Limits:
    """What a model's process may take; None is no limit.

    ``load_s`` and ``result_s`` are seconds until it is loaded and from one result to the next.
    """

    load_s: float = 3_600.0
    result_s: float = 900.0
    memory_gb: float | None = None
    requires_no_network: bool = False
