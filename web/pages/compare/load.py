"""Loads sides of comparisons: a bounded number of queries for one to four at once."""

from collections.abc import Mapping

from evaluation.selectors import headline_scores, measured_speed
from matchgraph.selectors import match_evidence
from ranking.selectors import rank_entries
from web.pages.compare.alternatives import alternatives_of
from web.pages.compare.rows import compared_artifacts
from web.pages.compare.sides import ComparedArtifact, SideRows, compared


def load_sides(letters: Mapping[str, str]) -> dict[str, ComparedArtifact]:
    """Return the sides of the artifacts that there are, by slug, each with its letter. Six queries."""
    artifacts = compared_artifacts(list(letters))
    ids = [artifact.pk for artifact in artifacts.values()]
    if not ids:
        return {}
    entries, matches = rank_entries(ids), match_evidence(ids, with_intents=True)
    scores, speeds = headline_scores(ids, by_stratum=True), measured_speed(ids)
    alternatives = alternatives_of(ids)
    return {
        slug: compared(
            artifact,
            SideRows(
                entry=entries.get(artifact.pk),
                scores=scores.get(artifact.pk, []),
                matches=matches[artifact.pk],
                alternatives=alternatives[artifact.pk],
                speed=speeds.get(artifact.pk),
            ),
            letter=letters[slug],
        )
        for slug, artifact in artifacts.items()
    }
