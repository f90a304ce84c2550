"""Where an artifact went that was merged into another."""

from catalog.models import Artifact

# A chain of merges; nobody makes a longer one by hand.
MOST_HOPS = 5


def merged_slug(slug: str) -> str | None:
    """Return the slug of the artifact that now stands for another; None where there is no such merge."""
    found: str | None = None
    for _ in range(MOST_HOPS):
        row = Artifact.everything.filter(slug=slug, merged_into__isnull=False)
        following = row.values_list("merged_into__slug", flat=True).first()
        if following is None:
            break
        found = slug = following
    return found
