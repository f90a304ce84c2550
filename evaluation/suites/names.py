"""How the slugs of suites say what they are."""

from __future__ import annotations

from typing import Final

DEMONSTRATION_PREFIX: Final = "tiny-"
"""Begins the slug of a demonstration suite; the rest is the standard suite that it stands for."""

ROTATING_SUFFIX: Final = "-rotating"
"""Ends the slug of a suite's rotating split."""
