"""Encodes each prompt once: what a pipeline's text encoders said is kept under their hash.

A pipeline goes on calling ``encode_prompt`` as ever. In its place stands a memory that asks the real one,
prompt by prompt, for what it does not know yet, so an embedding never depends on its batch.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import torch

_PER_PROMPT: Final = (
    "prompt", "prompt_2", "prompt_3", "negative_prompt", "negative_prompt_2", "negative_prompt_3",
)  # fmt: skip
_NOT_IN_KEY: Final = frozenset({"device"})


class EmbeddingCache:
    """Embeddings in the processor's memory, those used least recently dropped first."""

    def __init__(self, *, most_bytes: int = 2 * 2**30) -> None:
        self._held: OrderedDict[str, Any] = OrderedDict()
        self._most_bytes = most_bytes
        self._bytes = 0

    def get(self, key: str) -> Any | None:
        """Return what is held under a key, or None."""
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def put(self, key: str, value: Any) -> None:
        """Hold a value, unless it alone is too large."""
        self._held[key] = value
        self._bytes += size_of(value)
        while self._bytes > self._most_bytes:
            _, dropped = self._held.popitem(last=False)
            self._bytes -= size_of(dropped)

    def __len__(self) -> int:
        return len(self._held)


class PromptEncoder:
    """Stands where a pipeline's ``encode_prompt`` stood."""

    def __init__(self, pipeline: Any, *, encoder_digest: str, cache: EmbeddingCache) -> None:
        self._pipeline = pipeline
        self._encode = pipeline.encode_prompt
        self._signature = inspect.signature(self._encode)
        self._digest = encoder_digest
        self._cache = cache
        # Seconds since somebody last set it to zero.
        self.seconds = 0.0
        pipeline.encode_prompt = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the pipeline's own method returns for these arguments."""
        started = time.perf_counter()
        try:
            return self._answer(self._signature.bind(*args, **kwargs))
        finally:
            self.seconds += time.perf_counter() - started

    def encode_ahead(self, call: dict[str, Any]) -> None:
        """Learn the embeddings of a call: the pipeline is stopped where it would draw its noise."""
        with _stopping(self._pipeline):
            try:
                self._pipeline(**call)
            except _EncodedError:
                pass
            finally:
                self._pipeline.maybe_free_model_hooks()

    def _answer(self, bound: inspect.BoundArguments) -> Any:
        bound.apply_defaults()
        arguments = bound.arguments
        if any(isinstance(value, torch.Tensor) for value in arguments.values()):
            return self._encode(**_flat(arguments))
        prompts = arguments["prompt"]
        count = len(prompts) if isinstance(prompts, list) else 1
        parts = [self._one(_only(arguments, place), device=arguments.get("device")) for place in range(count)]
        joined = parts[0] if count == 1 else join(parts)
        return self._encode(**_flat(arguments)) if joined is None else joined

    def _one(self, arguments: dict[str, Any], *, device: Any) -> Any:
        key = self._key(arguments)
        held = self._cache.get(key)
        if held is None:
            held = _each(self._encode(**_flat(arguments)), lambda tensor: tensor.detach().cpu())
            self._cache.put(key, held)
        # Copies: what is held must survive a pipeline that writes into its embeddings.
        return _each(held, lambda tensor: tensor.to(device or "cpu", copy=True))

    def _key(self, arguments: dict[str, Any]) -> str:
        named = {name: value for name, value in sorted(arguments.items()) if name not in _NOT_IN_KEY}
        words = json.dumps([self._digest, type(self._pipeline).__name__, named], default=str)
        return hashlib.sha256(words.encode()).hexdigest()


def join(parts: Sequence[Any]) -> Any | None:
    """Join the results of single prompts into that of a batch; None where their shapes differ.

    Tensors with a leading 1 are stacked along it. Others, such as position ids, belong to all alike.

    >>> join([(torch.zeros(1, 2), None), (torch.ones(1, 2), None)])
    (tensor([[0., 0.],
            [1., 1.]]), None)
    >>> join([torch.zeros(1, 2), torch.zeros(1, 3)]) is None
    True
    """
    first = parts[0]
    if isinstance(first, tuple):
        columns = [join(column) for column in zip(*parts, strict=True)]
        missing = [new is None and old is not None for new, old in zip(columns, first, strict=True)]
        return None if any(missing) else tuple(columns)
    if isinstance(first, list):
        return [item for part in parts for item in part]
    if not isinstance(first, torch.Tensor):
        return first
    if any(part.shape != first.shape for part in parts):
        return None
    return torch.cat(list(parts)) if first.ndim and first.shape[0] == 1 else first


def size_of(value: Any) -> int:
    """Return the bytes of all tensors in a nested value."""
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    return sum(size_of(item) for item in value) if isinstance(value, list | tuple) else 0


@dataclass
class _EncodedError(Exception):
    """Everything is encoded; nothing more is wanted."""


@contextmanager
def _stopping(pipeline: Any) -> Iterator[None]:
    def stop(*_args: Any, **_kwargs: Any) -> None:
        raise _EncodedError

    # An instance's attribute hides the method of its class.
    pipeline.prepare_latents = stop
    try:
        yield
    finally:
        del pipeline.prepare_latents


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, list | tuple):
        return type(value)(_each(item, change) for item in value)
    return value


def _only(arguments: dict[str, Any], place: int) -> dict[str, Any]:
    """Return the arguments of one prompt of a batch."""
    return {
        name: [value[place]] if name in _PER_PROMPT and isinstance(value, list) else value
        for name, value in arguments.items()
    }


def _flat(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return bound arguments as keywords, those gathered in ``**kwargs`` among them."""
    gathered: dict[str, Any] = arguments.get("kwargs", {})
    return {name: value for name, value in arguments.items() if name != "kwargs"} | gathered
