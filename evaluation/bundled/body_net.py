"""A small convolutional network that looks at one body: how many parts has it, and is anything wrong with it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from evaluation.bundled.bodies import MOST_FINGERS, MOST_LIMBS

CROP_SIDE: Final = 48
CHANNELS: Final = 2
"""How far a pixel is from the background's colour, and how light it is; nothing outside the body."""

_WIDTHS: Final = (16, 24, 40, 64)
_CLASSES: Final = {"fingers": MOST_FINGERS + 1, "arms": MOST_LIMBS + 2, "legs": MOST_LIMBS + 2}


@dataclass(frozen=True)
class Opinions:
    """Of a batch of bodies: log-probabilities of each number of parts, (batch, numbers), and logits of a flaw."""

    counts: dict[str, torch.Tensor]
    flaw: torch.Tensor


class BodyNet(nn.Module):
    """Seven convolutions, the mean and the largest of each channel, and one linear layer."""

    def __init__(self) -> None:
        super().__init__()
        first, second, third, fourth = _WIDTHS
        self.body = nn.Sequential(
            _convolution(CHANNELS, first, stride=1, side=5),
            nn.MaxPool2d(2),
            _convolution(first, second),
            _convolution(second, second),
            nn.MaxPool2d(2),
            _convolution(second, third),
            _convolution(third, third),
            nn.MaxPool2d(2),
            _convolution(third, fourth),
            _convolution(fourth, fourth),
        )
        self.head = nn.Linear(2 * fourth, sum(_CLASSES.values()) + 1)

    def forward(self, crops: torch.Tensor) -> Opinions:
        """Look at crops of shape (batch, 2, 48, 48), about 0 to 1."""
        seen = self.body(crops)
        pooled = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)
        *counts, flaw = self.head(pooled).split([*_CLASSES.values(), 1], dim=1)
        named = zip(_CLASSES, counts, strict=True)
        return Opinions({name: logits.log_softmax(dim=1) for name, logits in named}, flaw[:, 0])


def most_of(part: str) -> int:
    """Return the largest number of a part that the network can tell."""
    return _CLASSES[part] - 1


def _convolution(inside: int, outside: int, *, stride: int = 1, side: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, side, stride=stride, padding=side // 2, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(),
    )
