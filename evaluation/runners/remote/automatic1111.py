"""``POST /sdapi/v1/txt2img``, which AUTOMATIC1111's web UI and SD.Next speak."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Final

from evaluation.runners.base import PromptSeed, RecipeError, RecipeSpec
from evaluation.runners.remote.exchange import AnswerError
from evaluation.runners.remote.openai_images import refuse_unknown
from evaluation.runners.remote.session import Drawn, RemoteRunner, first_of

_OPTIONS: Final = frozenset({"negative_prompt", "noise_schedule", "clip_skip"})
# Seeds there are 32 bits; the lower half of ours is sent, and the sample says which.
_SEED_BITS: Final = 32
_SHORTEST_HASH: Final = 8


class Automatic1111:
    """The web UI's protocol. A recipe's location names the checkpoint and its revision the hash of it."""

    path: ClassVar[str] = "/sdapi/v1/txt2img"

    def check(self, recipe: RecipeSpec) -> None:
        """Refuse unknown options, and a checkpoint without its hash."""
        refuse_unknown(recipe, _OPTIONS)
        digits = set("0123456789abcdef")
        if len(recipe.revision) < _SHORTEST_HASH or not set(recipe.revision) <= digits:
            raise RecipeError(f"{recipe.location}: the revision must be the checkpoint's hash")

    def body(self, recipe: RecipeSpec, prompt: PromptSeed, *, model: str) -> dict[str, Any]:
        """Return the request for one picture."""
        body: dict[str, Any] = {
            "prompt": prompt.text,
            "negative_prompt": recipe.options.get("negative_prompt", ""),
            "seed": prompt.seed % 2**_SEED_BITS,
            "steps": recipe.steps,
            "cfg_scale": recipe.guidance,
            "width": recipe.width,
            "height": recipe.height,
            "n_iter": 1,
            "batch_size": 1,
            "save_images": False,
            "send_images": True,
            "override_settings": {"sd_model_checkpoint": model},
        }
        if recipe.scheduler:
            body["sampler_name"] = recipe.scheduler
        if "noise_schedule" in recipe.options:
            body["scheduler"] = recipe.options["noise_schedule"]
        if "clip_skip" in recipe.options:
            body["override_settings"]["CLIP_stop_at_last_layers"] = recipe.options["clip_skip"]
        return body

    def read(self, answer: Any, *, recipe: RecipeSpec) -> Drawn:
        """Return the picture, once the server has said that the pinned checkpoint drew it."""
        picture = first_of(answer, "images", 0)
        if not isinstance(picture, str):
            raise AnswerError("the answer has no picture")
        stated = _stated(first_of(answer, "info"))
        served = str(stated.get("sd_model_hash") or "")
        if served and not (recipe.revision.startswith(served) or served.startswith(recipe.revision)):
            raise RecipeError(
                f"{recipe.location}: the server drew with checkpoint {served[:64]}, not {recipe.revision}"
            )
        details = {"seed_sent": stated.get("seed"), "checkpoint_checked": bool(served)}
        return Drawn(picture, details)


def _stated(info: Any) -> dict[str, Any]:
    """Return what the server says about the picture: JSON inside JSON."""
    try:
        content = json.loads(info) if isinstance(info, str) else info
    except ValueError as error:
        raise AnswerError("the answer's info is not JSON") from error
    return content if isinstance(content, dict) else {}


def make_runner() -> RemoteRunner:
    """Return the runner of this protocol."""
    return RemoteRunner(Automatic1111())
