"""The one task decorator: acknowledgement, retry and time-limit settings live here alone.

A task is a service call with a limit; its arguments are ids; it may be delivered twice. Which
queue it travels on is decided in ``CELERY_TASK_ROUTES``.
"""

from collections.abc import Callable
from typing import Any

from celery import shared_task

SOFT_SHARE = 0.9


def job(*, limit_s: int, max_retries: int = 3) -> Callable[[Callable[..., Any]], Any]:
    """Register a function as a Celery task that survives the death of its worker.

    The message is acknowledged only after the work is done and goes back to the queue when the
    worker is lost, so the function must be idempotent. The soft limit is 0.9 of ``limit_s``, so
    that a task can put down what it holds before it is killed. Raised errors are retried with
    exponential back-off, ``max_retries`` times.
    """
    return shared_task(
        acks_late=True,
        reject_on_worker_lost=True,
        time_limit=limit_s,
        soft_time_limit=int(limit_s * SOFT_SHARE),
        autoretry_for=(Exception,),
        retry_backoff=2,
        retry_backoff_max=300,
        max_retries=max_retries,
        ignore_result=True,
    )
