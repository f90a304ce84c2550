"""Jobs of the rank."""

from django.utils import timezone

from config.jobs import job
from ranking.services.publish import compute_rank


@job(limit_s=600)
def recompute_rank() -> None:
    """Rank everything as of today."""
    compute_rank(as_of=timezone.now().date())
