"""Train the network that tells whole drawn bodies from spoilt ones.

python -m evaluation.bundled.train_bodies data/models/tiny-bodies --steps 800
"""

from __future__ import annotations

import argparse
import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch.nn import functional

from evaluation.bundled.bodies import FAULTS
from evaluation.bundled.body_net import BodyNet, Opinions, most_of
from evaluation.bundled.corruptions import PARTS, DrawnBody, draw_pair
from evaluation.bundled.draw_bodies import TRAINED_STYLES, UNTRAINED_STYLES
from evaluation.bundled.training import Budget, set_rate

logger = logging.getLogger(__name__)

_PEAK_RATE: Final = 2e-3
_UNSEEN_SEED: Final = 1_000_003
_KINDS: Final = ("hand", "person")
# A number or flaw that cannot be told.
_UNTOLD: Final = -1
_PAIRS_PER_SHARE: Final = 100


@dataclass(frozen=True)
class Bodies:
    """Crops (n, 2, 48, 48) with the numbers of fingers, arms and legs (n, 3) and flaws (n), -1 where not told."""

    crops: npt.NDArray[np.float32]
    counts: npt.NDArray[np.int64]
    flaws: npt.NDArray[np.int64]


def draw_bodies(n_pairs: int, *, styles: tuple[str, ...], seed: int, workers: int = 1) -> Bodies:
    """Draw pairs and cut their bodies out as the reader does; the number of processes changes nothing."""
    shares = [min(_PAIRS_PER_SHARE, n_pairs - start) for start in range(0, n_pairs, _PAIRS_PER_SHARE)]
    seeds = [[seed, place] for place in range(len(shares))]
    asked = (shares, [styles] * len(shares), seeds)
    if workers == 1:
        parts = list(map(draw_share, *asked))
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(draw_share, *asked))
    return Bodies(
        np.concatenate([part.crops for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.flaws for part in parts]),
    )


def draw_share(n_pairs: int, styles: tuple[str, ...], seed: list[int]) -> Bodies:
    """Draw some pairs of all kinds and faults in turn."""
    from evaluation.readers.figures import find_figures  # noqa: PLC0415 - only what trains needs a reader
    from evaluation.readers.wholeness import crop_body  # noqa: PLC0415

    rng = np.random.default_rng(seed)
    crops, counts, flaws = [], [], []
    for body in _drawn(n_pairs, styles=styles, rng=rng):
        ground, found = find_figures(body.image)
        if not found:
            continue
        largest = max(found, key=lambda figure: int(figure.mask.sum()))
        crops.append(crop_body(ground, largest.mask))
        counts.append([_told(getattr(body, part), part) for part in PARTS])
        flaws.append(_UNTOLD if body.is_flawed is None else int(body.is_flawed))
    return Bodies(np.stack(crops), np.array(counts), np.array(flaws))


def _drawn(n_pairs: int, *, styles: tuple[str, ...], rng: np.random.Generator) -> Iterator[DrawnBody]:
    for place in range(n_pairs):
        kind = _KINDS[place % 2]
        fault = FAULTS[place // 2 % len(FAULTS)]
        yield from draw_pair(kind, fault, styles[int(rng.integers(len(styles)))], rng=rng)


def _told(count: int | None, part: str) -> int:
    return _UNTOLD if count is None else min(count, most_of(part))


def loss_of(opinions: Opinions, counts: torch.Tensor, flaws: torch.Tensor) -> torch.Tensor:
    """Cross entropies of all that is told: numbers (n, 3) and flaws (n)."""
    total = torch.zeros(())
    for place, part in enumerate(PARTS):
        told = counts[:, place] != _UNTOLD
        if told.any():
            total = total + functional.nll_loss(opinions.counts[part][told], counts[told, place])
    told = flaws != _UNTOLD
    return total + functional.binary_cross_entropy_with_logits(opinions.flaw[told], flaws[told].float())


def train(network: BodyNet, bodies: Bodies, *, budget: Budget, batch: int, seed: int) -> None:
    """Train in place; every picture is mirrored half the time."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=_PEAK_RATE, weight_decay=0.02)
    crops, counts, flaws = (torch.from_numpy(part) for part in (bodies.crops, bodies.counts, bodies.flaws))
    generator = torch.Generator().manual_seed(seed)
    network.train()
    for step in budget:
        set_rate(optimizer, _PEAK_RATE * budget.rate(step))
        rows = torch.randint(len(crops), (batch,), generator=generator)
        chosen = crops[rows]
        if step % 2:
            chosen = chosen.flip(3)
        loss = loss_of(network(chosen), counts[rows], flaws[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            logger.info("step %d, loss %.3f, %.1f min", step, loss.item(), budget.minutes_spent())
    network.eval()


@torch.no_grad()
def accuracy(
    network: BodyNet, *, styles: tuple[str, ...], n_pairs: int, workers: int = 1
) -> dict[str, float]:
    """Share of numbers told right, and balanced accuracy of flaws, on bodies that were not trained on."""
    bodies = draw_bodies(n_pairs, styles=styles, seed=_UNSEEN_SEED, workers=workers)
    opinions = network(torch.from_numpy(bodies.crops))
    shares = {}
    for place, part in enumerate(PARTS):
        told = bodies.counts[:, place] != _UNTOLD
        right = opinions.counts[part].argmax(dim=1).numpy()[told] == bodies.counts[told, place]
        shares[part] = round(float(right.mean()), 3)
    said = opinions.flaw.numpy() > 0
    halves = [float((said[bodies.flaws == flaw] == bool(flaw)).mean()) for flaw in (0, 1)]
    return {**shares, "flaw": round(sum(halves) / 2, 3)}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path, help="folder of the finished model")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="instead of steps")
    parser.add_argument("--cooldown-from", type=int, help="step at which the learning rate begins to fall")
    parser.add_argument("--pairs", type=int, default=4_800, help="pairs to draw (default 4800)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that draw (default 1)")
    parser.add_argument("--unseen", type=int, default=200, help="pairs to measure on (default 200)")
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


def measured(network: BodyNet, styles: tuple[str, ...], options: argparse.Namespace) -> dict[str, float]:
    """Return the accuracy on as many unseen pairs as the command line asks for."""
    return accuracy(network, styles=styles, n_pairs=options.unseen, workers=options.workers)


def run(options: argparse.Namespace) -> None:
    """Draw, train, measure and save."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    network = BodyNet()
    budget = Budget(options.steps, options.cooldown_from, options.minutes)
    bodies = draw_bodies(options.pairs, styles=TRAINED_STYLES, seed=options.seed, workers=options.workers)
    drawn_minutes = budget.minutes_spent()
    logger.info("%d bodies drawn, %.1f min", len(bodies.crops), drawn_minutes)
    train(network, bodies, budget=budget, batch=options.batch, seed=options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in network.state_dict().items()
    }
    save_file(weights, options.output / "model.safetensors")
    record: dict[str, Any] = {
        **{name: getattr(options, name) for name in ("seed", "pairs", "batch", "threads")},
        "torch": torch.__version__,
        "steps": budget.steps,
        "cooldown_from": budget.cooldown_from,
        "minutes_drawing": round(drawn_minutes, 1),
        "minutes": round(budget.minutes_spent(), 1),
        "load": round(os.getloadavg()[0], 1),
        "accuracy": measured(network, TRAINED_STYLES, options),
        "accuracy_untrained_styles": measured(network, UNTRAINED_STYLES, options),
    }
    (options.output / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    logger.info("%s", json.dumps(record))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run(parse())
