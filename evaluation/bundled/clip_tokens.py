"""How many tokens CLIP's text encoders make of a prompt; what is beyond their window they never see."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from open_clip.tokenizer import SimpleTokenizer

MOST_TOKENS: Final = 77
_BEGIN_AND_END: Final = 2


def count_clip_tokens(text: str) -> int:
    """Return the number of tokens of a prompt, with those for its beginning and end.

    >>> count_clip_tokens("a photo of a cat")
    7
    """
    return len(_tokenizer().encode(text)) + _BEGIN_AND_END


@lru_cache(maxsize=1)
def _tokenizer() -> SimpleTokenizer:
    return SimpleTokenizer()
