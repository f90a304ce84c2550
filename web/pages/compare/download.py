"""The feature table of a comparison as a file."""

from web.pages.compare.comparison import Comparison
from web.pages.leaderboard.download import Download


def compare_download(page: Comparison) -> Download:
    """Return the rows that a comparison shows: a column for each side, named by its slug."""
    slugs = [side.artifact.slug for side in page.sides]
    rows = [
        {
            "group": group.title,
            "feature": row.label,
            **dict(zip(slugs, (_words(cell.text, cell.note) for cell in row.cells), strict=True)),
            "differs": "yes" if row.is_different else "no",
        }
        for group in page.groups
        for row in group.rows
    ]
    return Download("-vs-".join(slugs), {}, rows)


def _words(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text
