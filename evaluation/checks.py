"""System checks: timings that must fit together, or work is done twice or lost for long."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from evaluation import conf


@register()
def evaluation_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse settings under which a chunk could outlive its message, or nothing could ever be generated."""
    problems = []
    if settings.VISIBILITY_TIMEOUT_S <= conf.TASK_LIMIT_S:
        problems.append(f"VISIBILITY_TIMEOUT_S must exceed the tasks' limit of {conf.TASK_LIMIT_S} s")
    if conf.claim_expiry_s() < 1:
        problems.append("EVALUATION_CLAIM_EXPIRY_S must be at least 1")
    if conf.chunk_size() < 1:
        problems.append("EVALUATION_CHUNK_SIZE must be at least 1")
    if conf.most_attempts() < 1:
        problems.append("EVALUATION_MOST_ATTEMPTS must be at least 1")
    if conf.sweep_every_s() < 1:
        problems.append("EVALUATION_SWEEP_S must be at least 1")
    if not 0 <= conf.canary_share() <= 1:
        problems.append("EVALUATION_CANARY_SHARE must lie in [0, 1]")
    return [Error(problem, id=f"evaluation.E{place:03}") for place, problem in enumerate(problems, start=1)]
