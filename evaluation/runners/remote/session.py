"""Runs a model through an API: what became of each prompt, what it cost and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Protocol

from evaluation.runners.base import Generated, Outcome, PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.remote.endpoints import configured_endpoint, split_location
from evaluation.runners.remote.exchange import (
    AnswerError,
    Exchange,
    PassingError,
    RefusalError,
    RequestRefusedError,
)
from evaluation.runners.remote.pictures import decode_base64, open_picture


@dataclass(frozen=True)
class Drawn:
    """One picture in an answer: Base64, ``data:`` URL or address; and what else the answer says."""

    picture: str
    details: dict[str, Any] = field(default_factory=dict)
    cost_usd: Decimal | None = None


class ApiProtocol(Protocol):
    """How one kind of API is asked, and how its answers read."""

    path: ClassVar[str]

    def check(self, recipe: RecipeSpec) -> None:
        """Refuse a recipe that this protocol cannot carry out, by a RecipeError."""
        ...

    def body(self, recipe: RecipeSpec, prompt: PromptSeed, *, model: str) -> dict[str, Any]:
        """Return the request."""
        ...

    def read(self, answer: Any, *, recipe: RecipeSpec) -> Drawn:
        """Return the picture; AnswerError or RefusalError where there is none."""
        ...


@dataclass(frozen=True)
class RemoteRunner:
    """Runs recipes of one protocol."""

    protocol: ApiProtocol

    def load(self, recipe: RecipeSpec) -> RemoteSession:
        """Look the endpoint up; nothing is asked of it yet."""
        name, model = split_location(recipe.location)
        self.protocol.check(recipe)
        return RemoteSession(recipe, self.protocol, Exchange(configured_endpoint(name)), model)


class RemoteSession:
    """A model behind an API. A recipe's ``batch_size`` is how many requests may be under way at once."""

    def __init__(self, recipe: RecipeSpec, protocol: ApiProtocol, exchange: Exchange, model: str) -> None:
        self._recipe = recipe
        self._protocol = protocol
        self._exchange = exchange
        self._model = model
        self._has_worked = False

    def environment(self) -> dict[str, str]:
        """Return who was asked: what runs there, only they know."""
        return {"endpoint": self._recipe.location.partition(":")[0], "model": self._model}

    def generate(self, prompts: Sequence[PromptSeed]) -> Iterator[Generated]:
        """Yield the results as they arrive.

        Raises:
            RecipeError: where the endpoint cannot be used at all; what has not arrived is then dropped.
        """
        pool = ThreadPoolExecutor(self._recipe.batch_size, thread_name_prefix="api")
        waiting: list[Future[Generated]] = [pool.submit(self._draw, prompt) for prompt in prompts]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _draw(self, prompt: PromptSeed) -> Generated:
        started = time.perf_counter()
        try:
            result = self._ask(prompt)
        except RefusalError as error:
            result = _failed(prompt, f"refused: {error}", Outcome.FILTERED)
        except RequestRefusedError as error:
            # Where nothing has worked yet, the recipe is at fault and not this prompt.
            if not self._has_worked:
                raise RecipeError(f"{self._recipe.location}: {error}") from error
            result = _failed(prompt, str(error))
        except (AnswerError, PassingError) as error:
            result = _failed(prompt, str(error))
        result.timings_s["request"] = round(time.perf_counter() - started, 4)
        return result

    def _ask(self, prompt: PromptSeed) -> Generated:
        body = self._protocol.body(self._recipe, prompt, model=self._model)
        reply = self._exchange.post(self._protocol.path, body)
        drawn = self._protocol.read(reply.content, recipe=self._recipe)
        is_address = drawn.picture.startswith(("http://", "https://"))
        content = self._exchange.fetch(drawn.picture) if is_address else decode_base64(drawn.picture)
        opened = open_picture(content)
        self._has_worked = True
        return Generated(
            prompt.sample_id,
            opened.image,
            text_sent=prompt.text,
            flags=opened.flags,
            cost_usd=drawn.cost_usd,
            details={"attempts": reply.attempts, **drawn.details},
        )


def _failed(prompt: PromptSeed, reason: str, outcome: Outcome = Outcome.ERROR) -> Generated:
    return Generated(prompt.sample_id, None, outcome, reason, text_sent=prompt.text)


def numbers(content: Any) -> dict[str, Any]:
    """Return the plain numbers of a usage record, which a server could fill with anything."""
    if not isinstance(content, dict):
        return {}
    return {
        str(name)[:60]: value
        for name, value in list(content.items())[:20]
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def dollars(value: Any) -> Decimal | None:
    """Return an amount of money that a server states, or None for what is none.

    >>> dollars(0.042), dollars("free"), dollars(-1)
    (Decimal('0.042'), None, None)
    """
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    is_amount = amount.is_finite() and 0 <= amount < 10_000
    return (
        amount.quantize(Decimal("1e-9")).normalize()
        if is_amount and amount
        else amount
        if is_amount
        else None
    )


def first_of(content: Any, *path: str | int) -> Any:
    """Return what lies at a path of keys and places, or None where the answer has another shape.

    >>> first_of({"data": [{"b64_json": "x"}]}, "data", 0, "b64_json")
    'x'
    >>> first_of({"data": "html"}, "data", 0, "b64_json") is None
    True
    """
    for step in path:
        if isinstance(step, str) and isinstance(content, dict):
            content = content.get(step)
        elif isinstance(step, int) and isinstance(content, list) and len(content) > step:
            content = content[step]
        else:
            return None
    return content
