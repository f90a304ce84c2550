"""The tokenizer of the bundled models: words of the grammar are one token, anything else is spelled out."""

from __future__ import annotations

from typing import Final

from tokenizers import AddedToken
from transformers import CLIPTokenizer

from evaluation.bundled.vocabulary import CAPTION_WORDS, SIGN_WORDS

MAX_LENGTH: Final = 32
PAD, START, END, UNKNOWN = "<|pad|>", "<|startoftext|>", "<|endoftext|>", "<|unk|>"
_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789\",.-!?'&:"


def build_tokenizer() -> CLIPTokenizer:
    """A CLIP tokenizer without merges, so that a word outside the grammar becomes its letters.

    Grammar words match in small letters only, and the words of signs in capitals only: the painted word "RED"
    and the colour are two tokens.
    """
    symbols = [PAD, START, END, UNKNOWN, *_CHARACTERS, *(f"{letter}</w>" for letter in _CHARACTERS)]
    tokenizer = CLIPTokenizer(
        vocab={symbol: index for index, symbol in enumerate(symbols)},
        merges=[],
        unk_token=UNKNOWN,
        pad_token=PAD,
        bos_token=START,
        eos_token=END,
        model_max_length=MAX_LENGTH,
    )
    tokenizer.add_tokens(
        [AddedToken(word, single_word=True, normalized=False) for word in (*CAPTION_WORDS, *SIGN_WORDS)]
    )
    return tokenizer
