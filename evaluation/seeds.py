"""Seeds and keys of samples: the same prompt has the same seeds under every model."""

from __future__ import annotations

import hashlib


def sample_seed(suite: str, prompt: str, k: int) -> int:
    """Return the first 63 bits of SHA-256 over suite, prompt key and the seed's number.

    >>> sample_seed("anatomy", "hand-5-1", 0) == sample_seed("anatomy", "hand-5-1", 0)
    True
    """
    digest = hashlib.sha256(f"{suite}\n{prompt}\n{k}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def sample_key(recipe_digest: str, text: str, seed: int) -> str:
    """Return the name of a picture before it exists: SHA-256 of recipe, prompt text and seed."""
    return hashlib.sha256(f"{recipe_digest}\n{seed}\n{text}".encode()).hexdigest()
