"""Exactly what a leaderboard shows, as CSV and JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from web.pages.leaderboard.choices import WEIGHT_PREFIX
from web.pages.leaderboard.page import LeaderboardPage
from web.pages.leaderboard.rows import BoardRow
from web.pages.leaderboard.suite import SuiteBoardPage

# A spreadsheet takes a cell that begins like this for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Download:
    """What is asked for as a file: the rows as they are shown, under what they rest on."""

    name: str
    head: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]

    def written(self, wanted: str) -> str:
        """Return the file as ``csv`` or ``json``; what is not known is empty or null."""
        if wanted == "json":
            return json.dumps({**self.head, "rows": self.rows}, ensure_ascii=False)
        names = list(self.rows[0]) if self.rows else ["place", "slug", "name"]
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([[_cell(row[name]) for name in names] for row in self.rows])
        return file.getvalue()


def leaderboard_download(page: LeaderboardPage) -> Download:
    """Return the rows that a page of standings shows."""
    snapshot = page.snapshot
    head = {
        "rank": settings.RANK_NAME,
        "snapshot": snapshot.digest if snapshot else None,
        "formula": snapshot.formula_version if snapshot else None,
        "as_of": snapshot.as_of.isoformat() if snapshot else None,
        "query": page.query,
        "page": page.page.number,
        "pages": page.page.paginator.num_pages,
        "your_weights": dict(page.choices.weights) or None,
        "left_out": list(page.left_out),
    }
    names = [field.name.removeprefix(WEIGHT_PREFIX) for field in page.weights]
    rows = []
    for standing in page.standings:
        row, own = standing.row, standing.row.own
        rows.append(
            {
                **_artifact(row, standing.places),
                **{f"component_{name}": row.component(name) for name in names},
                **_facts(row),
                "score_under_your_weights": own and round(own.value, 3),
            }
        )
    return Download("leaderboard", head, rows)


def suite_download(page: SuiteBoardPage) -> Download:
    """Return the rows that a suite's leaderboard shows."""
    head = {
        "suite": page.suite.slug,
        "version": page.suite.version,
        "digest": page.suite.digest,
        "metric": page.suite.headline_metric,
        "query": page.choices.query(),
        "left_out": list(page.left_out),
    }
    rows = [
        {
            **_artifact(standing.row, standing.places),
            "mean": standing.score.mean,
            "ci_low": standing.score.ci_low,
            "ci_high": standing.score.ci_high,
            "n_pictures": standing.score.n_samples,
            "scorer": f"{standing.score.scorer} {standing.score.scorer_version}",
            **_facts(standing.row),
        }
        for standing in page.standings
    ]
    return Download(f"leaderboard-{page.suite.slug}", head, rows)


def _artifact(row: BoardRow, places: str) -> dict[str, Any]:
    rank = row.card.rank
    return {
        "place": places,
        "slug": row.card.slug,
        "name": row.card.name,
        "publisher": row.card.publisher,
        "openness": row.openness,
        "score": rank and rank.value,
        "low": rank and rank.low,
        "high": rank and rank.high,
    }


def _facts(row: BoardRow) -> dict[str, Any]:
    return {
        "released_on": row.released_on and row.released_on.isoformat(),
        "memory_gb": row.memory_gb,
        "usd_a_picture": row.price,
        "seconds_a_picture": row.seconds,
    }


def _cell(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value
