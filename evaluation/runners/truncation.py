"""Tells whether a pipeline's text encoders see a prompt to its end."""

from __future__ import annotations

import inspect
from typing import Any, Final

_TOKENIZERS: Final = ("tokenizer", "tokenizer_2", "tokenizer_3")


def is_truncated(text: str, *, pipeline: Any, arguments: dict[str, Any]) -> bool:
    """Whether even the most patient encoder sees only a beginning of the prompt.

    The limit is the tokenizer's own, or the call's ``max_sequence_length`` where that is shorter. Templates
    that a pipeline puts around a prompt are not counted.
    """
    found = [part for name in _TOKENIZERS if (part := getattr(pipeline, name, None)) is not None]
    # Some pipelines carry a processor with the tokenizer inside.
    tokenizers = [getattr(part, "tokenizer", part) for part in found]
    if not tokenizers:
        return False
    patient = max(tokenizers, key=lambda tokenizer: int(tokenizer.model_max_length))
    limit = int(patient.model_max_length)
    stated = arguments.get("max_sequence_length", _default(pipeline))
    if patient is tokenizers[-1] and isinstance(stated, int):
        limit = min(limit, stated)
    return len(patient(text, truncation=False, verbose=False).input_ids) > limit


def _default(pipeline: Any) -> Any:
    parameter = inspect.signature(type(pipeline).__call__).parameters.get("max_sequence_length")
    return parameter.default if parameter else None
