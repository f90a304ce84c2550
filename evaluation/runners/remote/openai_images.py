"""``POST /images/generations``, as OpenAI and the servers that follow it speak it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from evaluation.runners.base import PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.remote.exchange import AnswerError
from evaluation.runners.remote.session import Drawn, RemoteRunner, dollars, first_of, numbers

# What a recipe may set beside model, prompt and size; https://platform.openai.com/docs/api-reference/images
_OPTIONS: Final = frozenset(
    {"quality", "style", "background", "moderation", "output_format", "response_format"}
)


class OpenAIImages:
    """The images protocol. It takes no seed, so pictures cannot be repeated; the sample says so."""

    path: ClassVar[str] = "/images/generations"

    def check(self, recipe: RecipeSpec) -> None:
        """Refuse options that the protocol does not have."""
        refuse_unknown(recipe, _OPTIONS)

    def body(self, recipe: RecipeSpec, prompt: PromptSeed, *, model: str) -> dict[str, Any]:
        """Return the request for one picture."""
        size = f"{recipe.width}x{recipe.height}"
        return {**recipe.options, "model": model, "prompt": prompt.text, "n": 1, "size": size}

    def read(self, answer: Any, *, recipe: RecipeSpec) -> Drawn:
        """Return the first picture with the usage that is stated."""
        picture = first_of(answer, "data", 0, "b64_json") or first_of(answer, "data", 0, "url")
        if not isinstance(picture, str):
            raise AnswerError("the answer has no picture")
        details: dict[str, Any] = {"seed_used": False, "usage": numbers(first_of(answer, "usage"))}
        rewritten = first_of(answer, "data", 0, "revised_prompt")
        if isinstance(rewritten, str):
            details["rewritten_prompt"] = rewritten[:4_000]
        return Drawn(picture, details, dollars(first_of(answer, "usage", "cost")))


def refuse_unknown(recipe: RecipeSpec, known: frozenset[str]) -> None:
    """Raise RecipeError for an option that is not known."""
    unknown = set(recipe.options) - known
    if unknown:
        raise RecipeError(
            f"{recipe.location}: unknown option {min(unknown)!r}; there are {', '.join(sorted(known))}"
        )


def make_runner() -> RemoteRunner:
    """Return the runner of this protocol."""
    return RemoteRunner(OpenAIImages())
