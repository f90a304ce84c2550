"""``POST /chat/completions`` with pictures in the answer, as routers such as OpenRouter speak it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from evaluation.runners.base import PromptSeed, RecipeSpec
from evaluation.runners.remote.exchange import AnswerError, RefusalError
from evaluation.runners.remote.openai_images import refuse_unknown
from evaluation.runners.remote.session import Drawn, RemoteRunner, dollars, first_of, numbers

# https://openrouter.ai/docs/features/multimodal/image-generation
_OPTIONS: Final = frozenset({"image_config", "modalities", "provider", "reasoning"})
_FILTERED: Final = frozenset({"content_filter", "safety", "refusal"})


class OpenAIChat:
    """The chat protocol: the prompt is the only message, and the answer is read for its first picture."""

    path: ClassVar[str] = "/chat/completions"

    def check(self, recipe: RecipeSpec) -> None:
        """Refuse options that the protocol does not have."""
        refuse_unknown(recipe, _OPTIONS)

    def body(self, recipe: RecipeSpec, prompt: PromptSeed, *, model: str) -> dict[str, Any]:
        """Return the request; ``usage`` asks a router to state the cost."""
        return {
            "modalities": ["image", "text"],
            **recipe.options,
            "model": model,
            "messages": [{"role": "user", "content": prompt.text}],
            "seed": prompt.seed % 2**31,
            "stream": False,
            "usage": {"include": True},
        }

    def read(self, answer: Any, *, recipe: RecipeSpec) -> Drawn:
        """Return the first picture, the tokens used and what they cost."""
        choice = first_of(answer, "choices", 0)
        picture = _picture(choice)
        if picture is None:
            _explain(answer, choice)
        usage = first_of(answer, "usage")
        details = {"usage": numbers(usage), "model_served": str(first_of(answer, "model") or "")[:120]}
        return Drawn(str(picture), details, dollars(first_of(usage, "cost")))


def _picture(choice: Any) -> str | None:
    listed = first_of(choice, "message", "images", 0, "image_url", "url")
    if isinstance(listed, str):
        return listed
    parts = first_of(choice, "message", "content")
    for part in parts if isinstance(parts, list) else []:
        inside = first_of(part, "image_url", "url")
        if isinstance(inside, str):
            return inside
    return None


def _explain(answer: Any, choice: Any) -> None:
    """Say why there is no picture: a router's error, a filter, or words instead of a picture."""
    error = first_of(answer, "error", "message") or first_of(choice, "error", "message")
    refusal = first_of(choice, "message", "refusal")
    finish = str(first_of(choice, "finish_reason") or "").casefold()
    native = str(first_of(choice, "native_finish_reason") or "").casefold()
    words = first_of(choice, "message", "content")
    if refusal or {finish, native} & _FILTERED:
        raise RefusalError(_line(refusal or words or finish))
    if error:
        raise AnswerError(_line(error))
    if isinstance(words, str) and words.strip():
        raise RefusalError(f"words instead of a picture: {_line(words)}")
    raise AnswerError("the answer has no picture")


def _line(words: Any) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())[:300]


def make_runner() -> RemoteRunner:
    """Return the runner of this protocol."""
    return RemoteRunner(OpenAIChat())
