"""Counts what a pipeline needs from its shape alone: its parts are built without memory for their weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import diffusers
import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from evaluation.runners.base import RecipeError, RecipeSpec
from evaluation.runners.placement import DENOISERS, Needs
from evaluation.runners.shapes import Part, Shape

_BYTES: Final = {"float32": 4, "float16": 2, "bfloat16": 2}
_TEXT_TOKENS: Final = 512
_LATENT_SCALE: Final = 8
_PATCH: Final = 16
# Feature maps of the decoder's widest full-size layer that live at once: its input, output and a workspace.
_MAPS_ALIVE: Final = 5
# Of attention and feed-forward of one block, in widths of the block.
_WIDTHS_ALIVE: Final = 20


def needs(recipe: RecipeSpec, shape: Shape) -> Needs:
    """Return what a recipe needs, in bytes and operations.

    Weights are exact for the shape; activations are an estimate: the decoder's widest feature maps at full
    size, or a block's attention and feed-forward, whichever is more.
    """
    built = {name: build(part) for name, part in shape.parts.items()}
    parameters = {name: sum(p.numel() for p in module.parameters()) for name, module in built.items()}
    width = _BYTES[recipe.dtype]
    denoiser_name = next(name for name in DENOISERS if name in built)
    stored = {name: count * width for name, count in parameters.items()}
    if recipe.options.get("storage_dtype"):
        stored[denoiser_name] = parameters[denoiser_name]
    return Needs(
        parameters,
        stored,
        _activation_bytes(recipe, built, width=width),
        _tflop(recipe, shape, built[denoiser_name]),
    )


def build(part: Part) -> torch.nn.Module:
    """Build a part whose tensors have shapes and no memory.

    Raises:
        RecipeError: for a class that neither library has, or a configuration that does not fit it.
    """
    try:
        with torch.device("meta"):
            if hasattr(diffusers, part.class_name):
                return _own(getattr(diffusers, part.class_name).from_config(part.config))
            kind = getattr(transformers, part.class_name)
            return _own(kind(kind.config_class(**part.config)))
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        words = " ".join(str(error).split())[:200]
        raise RecipeError(f"{part.class_name} cannot be sized: {words}") from error


def _own(module: Any) -> torch.nn.Module:
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"{type(module).__name__} is no network")
    return module.requires_grad_(requires_grad=False).eval()


def _activation_bytes(recipe: RecipeSpec, built: dict[str, Any], *, width: int) -> int:
    pixels = recipe.width * recipe.height * recipe.batch_size
    channels = list(getattr(built["vae"].config, "block_out_channels", [])) if "vae" in built else []
    decoder = _MAPS_ALIVE * 2 * channels[0] * pixels * width if channels else 0
    tokens = pixels // _PATCH**2 + _TEXT_TOKENS * recipe.batch_size
    denoiser = next(built[name] for name in DENOISERS if name in built)
    return max(decoder, _WIDTHS_ALIVE * _width(denoiser) * tokens * width)


def _width(denoiser: Any) -> int:
    config = denoiser.config
    if widths := getattr(config, "block_out_channels", None):
        return int(widths[-1])
    heads = getattr(config, "num_attention_heads", None) or getattr(config, "n_heads", None)
    head = getattr(config, "attention_head_dim", None)
    return int(heads) * int(head) if heads and head else int(getattr(config, "dim", 2_048))


def _tflop(recipe: RecipeSpec, shape: Shape, denoiser: Any) -> float | None:
    per_forward = shape.tflop_per_forward
    if per_forward is None:
        per_forward = count_tflop(denoiser, width=recipe.width, height=recipe.height)
    if per_forward is None:
        return None
    passes = 2 if shape.is_guided and recipe.guidance > 1 else 1
    return per_forward * recipe.steps * passes


def count_tflop(denoiser: Any, *, width: int, height: int) -> float | None:
    """Count the operations of one forward pass for one picture; None for a class that nobody described."""
    inputs = _INPUTS.get(type(denoiser).__name__)
    if inputs is None:
        return None
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        denoiser(
            **inputs(denoiser.config, height // _LATENT_SCALE, width // _LATENT_SCALE), return_dict=False
        )
    return float(counter.get_total_flops()) / 1e12


def _unet(config: Any, height: int, width: int) -> dict[str, Any]:
    given: dict[str, Any] = {
        "sample": torch.empty(1, config.in_channels, height, width),
        "timestep": torch.empty(1),
        "encoder_hidden_states": torch.empty(1, 77, _first(config.cross_attention_dim)),
    }
    if config.addition_embed_type == "text_time":
        pooled = config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim
        given["added_cond_kwargs"] = {"text_embeds": torch.empty(1, pooled), "time_ids": torch.empty(1, 6)}
    return given


def _sd3(config: Any, height: int, width: int) -> dict[str, Any]:
    return {
        "hidden_states": torch.empty(1, config.in_channels, height, width),
        "encoder_hidden_states": torch.empty(1, 333, config.joint_attention_dim),
        "pooled_projections": torch.empty(1, config.pooled_projection_dim),
        "timestep": torch.empty(1),
    }


def _flux(config: Any, height: int, width: int) -> dict[str, Any]:
    tokens = (height // 2) * (width // 2)
    return {
        "hidden_states": torch.empty(1, tokens, config.in_channels),
        "encoder_hidden_states": torch.empty(1, _TEXT_TOKENS, config.joint_attention_dim),
        "pooled_projections": torch.empty(1, config.pooled_projection_dim),
        "timestep": torch.empty(1),
        "img_ids": torch.empty(tokens, 3),
        "txt_ids": torch.empty(_TEXT_TOKENS, 3),
        "guidance": torch.empty(1) if config.guidance_embeds else None,
    }


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, list | tuple) else value)


_INPUTS: Final[dict[str, Callable[[Any, int, int], dict[str, Any]]]] = {
    "UNet2DConditionModel": _unet,
    "SD3Transformer2DModel": _sd3,
    "FluxTransformer2DModel": _flux,
}
