"""The autoencoder of the bundled pipelines: 64x64 pixels to 16x16 latents of four channels."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL

from evaluation.bundled.training import Budget, set_rate

_PEAK_RATE = 2e-3
_KL_WEIGHT = 1e-6

logger = logging.getLogger(__name__)


def build_vae(*, channels: tuple[int, int, int] = (16, 32, 64)) -> AutoencoderKL:
    """An untrained autoencoder."""
    return AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        mid_block_add_attention=False,
        sample_size=64,
    )


def as_tensor(images: npt.NDArray[np.uint8]) -> torch.Tensor:
    """Pictures of shape (n, h, w, 3) as floats of shape (n, 3, h, w) between -1 and 1."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def train_vae(
    vae: AutoencoderKL,
    *,
    images: npt.NDArray[np.uint8],
    budget: Budget,
    batch: int,
    decoder_only: bool = False,
) -> None:
    """Train in place on mean absolute plus squared error and a small KL term.

    With `decoder_only` latents stay as they are, so that a denoiser trained on them stays valid.
    """
    vae.encoder.requires_grad_(not decoder_only)
    vae.quant_conv.requires_grad_(not decoder_only)
    weights = [value for value in vae.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=_PEAK_RATE, weight_decay=1e-4)
    vae.train()
    for step in budget:
        set_rate(optimizer, _PEAK_RATE * budget.rate(step))
        pixels = as_tensor(images[torch.randint(len(images), (batch,)).numpy()])
        with torch.autocast("cpu", torch.bfloat16):
            posterior = vae.encode(pixels).latent_dist
            rebuilt = vae.decode(posterior.sample()).sample
        error = rebuilt.float() - pixels
        loss = error.abs().mean() + error.square().mean() + _KL_WEIGHT * posterior.kl().float().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            logger.info("autoencoder step %d, error %.4f", step, error.abs().mean().item())
    vae.requires_grad_(True).eval()


@torch.no_grad()
def encode(vae: AutoencoderKL, images: npt.NDArray[np.uint8], *, batch: int = 128) -> torch.Tensor:
    """Unscaled latent means of all pictures, as bfloat16."""
    parts = []
    for start in range(0, len(images), batch):
        with torch.autocast("cpu", torch.bfloat16):
            parts.append(vae.encode(as_tensor(images[start : start + batch])).latent_dist.mean.bfloat16())
    return torch.cat(parts)
