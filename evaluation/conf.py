"""Numbers that a deployment may change; ``config/settings/base.py`` reads them from the environment."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from django.conf import settings

from evaluation.runners.isolated.limits import Limits

# The hard limit of a generating or reading task. The broker delivers again what takes longer than its
# visibility timeout, so `checks.py` wants this to be the shorter one.
TASK_LIMIT_S: Final = 1_200
# No new picture is begun by a message after this: what is left of the limit belongs to the one in hand.
CHUNK_LIMIT_S: Final = TASK_LIMIT_S / 2
# One message claims chunk after chunk for so long; then other runs have their turn.
TURN_S: Final = CHUNK_LIMIT_S / 2


def claim_expiry_s() -> float:
    """Seconds without a heartbeat after which a claimed sample may be taken over."""
    return float(settings.EVALUATION_CLAIM_EXPIRY_S)


def chunk_size() -> int:
    """Return how many samples a worker claims at once."""
    return int(settings.EVALUATION_CHUNK_SIZE)


def most_attempts() -> int:
    """Return how often a sample is begun before it counts as failed."""
    return int(settings.EVALUATION_MOST_ATTEMPTS)


def sweep_every_s() -> float:
    """Seconds between two sweeps for dead claims and lost messages."""
    return float(settings.EVALUATION_SWEEP_S)


def requests_at_once() -> int:
    """Return how many builders' requests are evaluated at a time; the rest of the workers is the operator's."""
    return int(settings.EVALUATION_REQUESTS_AT_ONCE)


def canary_share() -> float:
    """Share of the samples that are made again to be compared, 0 to 1."""
    return float(settings.EVALUATION_CANARY_SHARE)


def guard_readers() -> tuple[str, ...]:
    """Return the readers that look at every picture for text that talks to a judge, besides the suite's own.

    Where the deployment names none, that is OCR wherever its engine is installed.
    """
    named: list[str] | None = settings.EVALUATION_GUARD_READERS
    if named is not None:
        return tuple(named)
    return ("ocr",) if find_spec("rapidocr") else ()


def models_held() -> int:
    """Return how many loaded models a worker keeps; large ones need the GPU to themselves."""
    return int(getattr(settings, "EVALUATION_MODELS_HELD", 2))


def process_limits() -> Limits | None:
    """Return what a model's own process may take, or None where models run in the worker itself."""
    if not settings.EVALUATION_MODEL_PROCESS:
        return None
    return Limits(
        result_s=float(settings.EVALUATION_MODEL_RESULT_S),
        memory_gb=settings.EVALUATION_MODEL_MEMORY_GB or None,
        requires_no_network=bool(settings.EVALUATION_MODEL_NO_NETWORK),
    )
