"""What both trainings share: the learning-rate schedule, the budget in steps or minutes, moving averages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

_WARMUP_STEPS = 100


@dataclass
class Budget:
    """How long to train: a number of steps, or minutes that are turned into steps on the way.

    The learning rate rises, stays, and falls linearly to zero over the last part ("cooldown"). With minutes,
    the step at which the fall begins is found while training; both numbers are recorded, and giving them
    as `steps` and `cooldown_from` repeats the run.
    """

    steps: int | None = None
    cooldown_from: int | None = None
    minutes: float | None = None
    cooldown_share: float = 0.25
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("give either steps or minutes")
        if self.steps is not None and self.cooldown_from is None:
            self.cooldown_from = round(self.steps * (1 - self.cooldown_share))

    def __iter__(self) -> Iterator[int]:
        step = 0
        while self.steps is None or step < self.steps:
            if self.steps is None:
                self._look_at_clock(step)
            yield step
            step += 1

    def _look_at_clock(self, step: int) -> None:
        if self.minutes and self.minutes_spent() >= self.minutes * (1 - self.cooldown_share):
            self.cooldown_from = step
            self.steps = max(step + 1, round(step / (1 - self.cooldown_share)))

    def minutes_spent(self) -> float:
        """Wall minutes since the start."""
        return (time.monotonic() - self.started) / 60

    def rate(self, step: int) -> float:
        """The learning rate at a step, as a share of the highest one."""
        if self.steps is None or self.cooldown_from is None or step < self.cooldown_from:
            return min(1.0, (step + 1) / _WARMUP_STEPS)
        return max(0.0, (self.steps - step) / max(1, self.steps - self.cooldown_from))


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


class MovingAverage:
    """An exponential moving average of a model's weights, with a warm-up."""

    def __init__(self, model: torch.nn.Module, *, decay: float) -> None:
        self.decay = decay
        self.shadow = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, *, step: int) -> None:
        """Move the average towards the model's weights."""
        weight = 1 - min(self.decay, (step + 1) / (step + 10))
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self.shadow[name].lerp_(value, weight)
