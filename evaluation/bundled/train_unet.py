"""Train the denoiser and the text encoder together on cached latents."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTextModel, CLIPTokenizer

from evaluation.bundled.architecture import build_scheduler
from evaluation.bundled.training import Budget, MovingAverage, set_rate

_PEAK_RATE = 8e-4
_CAPTION_DROPOUT = 0.1
_SHIFT = 2.0
_AVERAGE_DECAY = 0.999
Snapshot = Callable[[int, MovingAverage], None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Examples:
    """Scaled latents of shape (n, 4, h, w), and token ids of shape (variants, n, length) of their captions."""

    latents: torch.Tensor
    tokens: torch.Tensor
    no_caption: torch.Tensor

    def batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Random latents with a random paraphrase each, or with none for a tenth of them."""
        rows = torch.randint(len(self.latents), (size,))
        tokens = self.tokens[torch.randint(len(self.tokens), (size,)), rows]
        dropped = torch.rand(size) < _CAPTION_DROPOUT
        tokens = torch.where(dropped[:, None], self.no_caption, tokens)
        return self.latents[rows].float(), tokens


def tokenize(tokenizer: CLIPTokenizer, captions: list[str]) -> torch.Tensor:
    """Token ids of shape (n, model_max_length)."""
    encoded = tokenizer(captions, padding="max_length", truncation=True, return_tensors="pt")
    ids: torch.Tensor = encoded.input_ids
    return ids


class Denoiser(torch.nn.Module):
    """The two parts that are trained together, and their loss."""

    def __init__(self, unet: UNet2DConditionModel, text_encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet, self.text_encoder = unet, text_encoder
        self.noise = DDPMScheduler.from_config(build_scheduler().config)

    def loss(self, latents: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Mean squared error of the predicted velocity at random noise levels.

        Noise levels are spread evenly over the batch, which lowers the variance of the gradient, and then
        moved towards much noise (the shift of Esser et al. 2024, arXiv:2403.03206, eq. 23), where what the
        caption says decides the picture.
        """
        size = len(latents)
        level = (torch.arange(size) + torch.rand(size)) / size
        level = _SHIFT * level / (1 + (_SHIFT - 1) * level)
        steps = (1000 * level).long().clamp(max=999)
        noise = torch.randn_like(latents)
        noisy = self.noise.add_noise(latents, noise, steps)
        target = self.noise.get_velocity(latents, noise, steps)
        # Plain matrix products are faster here than the fused attention, whose backward pass is slow in bf16.
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            context = self.text_encoder(tokens).last_hidden_state
            predicted = self.unet(noisy, steps, context).sample
        return torch.nn.functional.mse_loss(predicted.float(), target)


def train_denoiser(
    denoiser: Denoiser,
    *,
    examples: Examples,
    budget: Budget,
    batch: int,
    snapshot: Snapshot,
) -> None:
    """Train in place; leaves the moving average of the weights.

    `snapshot` is called after every step with the number of steps done and the average so far.
    """
    optimizer = torch.optim.AdamW(
        denoiser.parameters(), lr=_PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    average = MovingAverage(denoiser, decay=_AVERAGE_DECAY)
    recent = 0.0
    for step in budget:
        set_rate(optimizer, _PEAK_RATE * budget.rate(step))
        loss = denoiser.loss(*examples.batch(batch))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(denoiser.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        average.update(denoiser, step=step)
        recent = loss.item() if step == 0 else 0.98 * recent + 0.02 * loss.item()
        if step % 100 == 0:
            logger.info("denoiser step %d, loss %.4f, %.1f min", step, recent, budget.minutes_spent())
        snapshot(step + 1, average)
    denoiser.load_state_dict(average.shadow)
