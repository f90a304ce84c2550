"""For pairs with every artifact of the seed catalogue, table, verdict and Markdown twin say the same."""

import re
from itertools import combinations
from random import Random

import pytest
from django.template.loader import render_to_string

from catalog.models import Artifact
from web.markup import escaped_for_markdown as md
from web.pages.compare.page import ComparePage, compare_page
from web.pages.compare.table import FeatureRow

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LEADS = re.compile(r"(?P<label>[a-z ]+) \((?P<high>\d+) against (?P<low>\d+)( out of 100)?\)")
SCORES = re.compile(r"([\d.]+) against ([\d.]+) out of 100|([\d.]+) out of 100 each")


def rows_of(page: ComparePage) -> dict[str, FeatureRow]:
    return {row.label: row for group in page.groups for row in group.rows}


def check_rank(page: ComparePage, rank: FeatureRow) -> None:
    assert rank.is_different == (page.verdict.leader is not None)
    first, second = float(rank.first.text), float(rank.second.text)
    if page.verdict.leader is None:
        assert "ranks higher" not in page.verdict.headline
    else:
        assert (first > second) == (page.verdict.leader == "first")
    found = SCORES.search(page.verdict.headline)
    assert found is not None
    said = [f"{float(figure):.1f}" for figure in found.groups() if figure]
    assert set(said) == {rank.first.text, rank.second.text}


def check_components(page: ComparePage, rows: dict[str, FeatureRow]) -> None:
    """A component is said to lead exactly where the table marks it, by the same figures."""
    said = {}
    for statement in page.verdict.statements:
        for found in LEADS.finditer(statement.text):
            label = re.split(r"leads on | and |, |^ and ", found["label"])[-1].strip().removeprefix("and ")
            said[label.capitalize()] = (found["high"], found["low"])
    labels = {part.label for side in page.sides for part in side.components}
    marked = {label for label in labels if rows[label].is_different}
    assert set(said) == marked
    for label, figures in said.items():
        cells = (rows[label].first.text, rows[label].second.text)
        assert sorted(map(int, cells), reverse=True) == sorted(map(int, figures), reverse=True)


def check_prices(page: ComparePage, rows: dict[str, FeatureRow]) -> None:
    pricing = " ".join(s.text for s in page.verdict.statements if s.anchor == "pricing")
    for side, cell in zip(
        page.sides, (rows["Starting price"].first, rows["Starting price"].second), strict=True
    ):
        if not cell.is_missing:
            assert f"from {cell.text}" in pricing
        if side.artifact.openness == "api-only":
            assert "free to run" not in side.pricing.lower()


def check_capabilities(page: ComparePage, rows: dict[str, FeatureRow]) -> None:
    counts = page.capabilities.counts
    described = (rows["Capabilities"].first.text, rows["Capabilities"].second.text)
    assert described[0].startswith(f"{counts.shared + counts.only_first} ")
    assert described[1].startswith(f"{counts.shared + counts.only_second} ")


def check_markdown(page: ComparePage, rows: dict[str, FeatureRow]) -> None:
    text = render_to_string("compare.md", {"page": page, "meta": page.meta, "origin": "https://x.test"})
    assert md(page.verdict.headline) in text
    for statement in page.verdict.statements:
        assert md(statement.text) in text
    for row in rows.values():
        line = next(line for line in text.splitlines() if line.startswith(f"| {md(row.label)} |"))
        for cell in (row.first, row.second):
            assert md(cell.text) in line
        assert line.endswith("| yes |" if row.is_different else "| no |")


def sampled_pairs(slugs: list[str]) -> list[tuple[str, str]]:
    """Return a pair for every artifact, with another that the seed chooses, and 300 more."""
    rng = Random(11)
    every = list(combinations(slugs, 2))
    own = [tuple(sorted((slug, rng.choice([other for other in slugs if other != slug])))) for slug in slugs]
    return sorted({*rng.sample(every, min(300, len(every))), *[(first, second) for first, second in own]})


def test_no_pair_contradicts_itself() -> None:
    slugs = sorted(Artifact.objects.values_list("slug", flat=True))
    pairs = sampled_pairs(slugs)
    assert len(pairs) >= 300
    assert {slug for pair in pairs for slug in pair} == set(slugs)
    for first, second in pairs:
        page = compare_page(first, second)
        assert page is not None
        rows = rows_of(page)
        check_rank(page, next(row for row in rows.values() if row.anchor == "rank"))
        check_components(page, rows)
        check_prices(page, rows)
        check_capabilities(page, rows)
        check_markdown(page, rows)


def test_one_artifact_has_one_rank_everywhere() -> None:
    for artifact in Artifact.objects.ranked():
        other = "sdnext" if artifact.slug != "sdnext" else "flux-1-dev"
        page = compare_page(*sorted((artifact.slug, other)))
        assert page is not None
        side = next(side for side in page.sides if side.artifact.pk == artifact.pk)
        assert side.entry is not None
        assert float(artifact.rank_score or 0) == side.entry.score
        points = sum(part.points for part in side.entry.components)
        assert points == pytest.approx(side.entry.score, abs=0.001)
