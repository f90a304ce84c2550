"""Numbers that a deployment may change by a setting of the same name."""

from __future__ import annotations

from django.conf import settings


def claim_expiry_s() -> float:
    """Seconds without a heartbeat after which a claimed sample may be taken over."""
    return float(getattr(settings, "EVALUATION_CLAIM_EXPIRY_S", 20.0))


def chunk_size() -> int:
    """Return how many samples one message generates at most."""
    return int(getattr(settings, "EVALUATION_CHUNK_SIZE", 16))


def most_attempts() -> int:
    """Return how often a sample is begun before it counts as failed."""
    return int(getattr(settings, "EVALUATION_MOST_ATTEMPTS", 5))
