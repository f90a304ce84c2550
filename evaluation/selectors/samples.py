"""Single pictures with their scores, alone and in pairs of the same prompt and seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage

from evaluation.flags import Flag, read_flags
from evaluation.images import THUMBNAIL_SIDE, image_name, thumbnail_name, thumbnail_width
from evaluation.models import Sample, Score
from evaluation.selectors.pairs import ScoredPair, ScoredSet, scored_pairs


@dataclass(frozen=True)
class SampleCell:
    """One sample as pages show it; without a picture ``image_url`` is None and ``reason`` says why.

    ``thumbnails`` are the addresses of all its thumbnails with their widths in pixels, the smallest first.
    """

    sample_id: int
    run_id: int
    status: str
    reason: str
    image_url: str | None
    width: int | None
    height: int | None
    seed: int
    k: int
    value: float | None
    score_reason: str
    evidence: dict[str, Any]
    thumbnail_url: str | None = None
    thumbnails: tuple[tuple[str, int], ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class SamplePair:
    """Two artifacts' samples for the same prompt and seed; ``difference`` is first minus second."""

    suite_slug: str
    prompt_key: str
    prompt_text: str
    family: str
    k: int
    seed: int
    first: SampleCell
    second: SampleCell
    difference: float | None
    stratum: str = ""


def sample_pairs(first_id: int, second_id: int, *, per_suite: int = 3) -> list[SamplePair]:
    """Return pairs chosen by rule: per suite the largest gain of either side and the one in the middle.

    Two queries.
    """
    return pair_samples(typical_pairs(scored_pairs(first_id, second_id), per_suite=per_suite))


def typical_pairs(pairs: Iterable[ScoredPair], *, per_suite: int = 3) -> list[ScoredPair]:
    """Return of each suite the pairs that the rule of ``choose_pairs`` shows. No query."""
    suites: dict[str, list[ScoredPair]] = defaultdict(list)
    for pair in pairs:
        suites[pair.suite_slug].append(pair)
    return [pair for _, members in sorted(suites.items()) for pair in choose_pairs(members)[:per_suite]]


def pair_samples(pairs: Sequence[ScoredPair]) -> list[SamplePair]:
    """Return pairs with their pictures, reasons and evidence, in the order given. One query."""
    ids = [score_id for pair in pairs for score_id in (pair.first_score_id, pair.second_score_id)]
    scores = Score.objects.select_related("sample__prompt").in_bulk(ids)
    return [_sample_pair(pair, scores) for pair in pairs]


def choose_pairs(pairs: Sequence[ScoredPair]) -> list[ScoredPair]:
    """Return the pair on which the first gains most, the one on which the second does, and the median.

    A side that gains nowhere has no pair of its own; ties go to the prompt that comes first.
    """
    ranked = sorted(
        (pair for pair in pairs if pair.difference is not None),
        key=lambda pair: (-(pair.difference or 0.0), pair.position, pair.k),
    )
    if not ranked:
        return []
    lowest = ranked[-1].difference
    worst = next(pair for pair in ranked if pair.difference == lowest)
    chosen = [pair for pair, gains in ((ranked[0], 1), (worst, -1)) if gains * (pair.difference or 0.0) > 0]
    median = ranked[len(ranked) // 2]
    return chosen if median in chosen else [*chosen, median]


@dataclass(frozen=True)
class SampleSet:
    """Several artifacts' samples for the same prompt and seed."""

    suite_slug: str
    suite_name: str
    prompt_key: str
    prompt_text: str
    seed: int
    spread: float | None
    cells: tuple[SampleCell, ...]


def typical_sets(sets: Iterable[ScoredSet]) -> list[ScoredSet]:
    """Return of each suite the prompt on which the artifacts differ most, and the one in the middle."""
    suites: dict[str, list[ScoredSet]] = defaultdict(list)
    for item in sets:
        if item.spread is not None:
            suites[item.suite_slug].append(item)
    chosen = []
    for _, members in sorted(suites.items()):
        ranked = sorted(members, key=lambda item: (-(item.spread or 0.0), item.position, item.k))
        chosen += list(dict.fromkeys([ranked[0], ranked[len(ranked) // 2]]))
    return chosen


def set_samples(sets: Sequence[ScoredSet]) -> list[SampleSet]:
    """Return sets with their pictures, reasons and evidence, in the order given. One query."""
    scores = Score.objects.select_related("sample__prompt").in_bulk(
        [score_id for item in sets for score_id in item.score_ids]
    )
    found = []
    for item in sets:
        rows = [scores[score_id] for score_id in item.score_ids]
        sample = rows[0].sample
        cells = tuple(sample_cell(row.sample, row) for row in rows)
        prompt = sample.prompt
        found.append(
            SampleSet(
                item.suite_slug, item.suite_name, prompt.key, prompt.text, sample.seed, item.spread, cells
            )
        )
    return found


def sample_cell(sample: Sample, score: Score | None) -> SampleCell:
    """Return a sample with its headline score as a record."""
    return SampleCell(
        sample_id=sample.pk,
        run_id=sample.run_id,
        status=sample.status,
        reason=sample.reason,
        image_url=default_storage.url(image_name(sample.image_digest)) if sample.image_digest else None,
        width=sample.width,
        height=sample.height,
        seed=sample.seed,
        k=sample.k,
        value=score.value if score else None,
        score_reason=score.reason if score else "",
        evidence=score.evidence if score else {},
        thumbnail_url=default_storage.url(thumbnail_name(sample.image_digest))
        if sample.has_thumbnail
        else None,
        thumbnails=_thumbnails(sample),
        flags=read_flags(sample.flags),
    )


def _thumbnails(sample: Sample) -> tuple[tuple[str, int], ...]:
    if not (sample.has_thumbnail and sample.width and sample.height):
        return ()
    width, height = sample.width, sample.height
    found = {
        thumbnail_width(width, height, side=side or THUMBNAIL_SIDE): thumbnail_name(
            sample.image_digest, side=side
        )
        for side in (*sample.thumbnail_sides, 0)
    }
    return tuple((default_storage.url(found[pixels]), pixels) for pixels in sorted(found))


def _sample_pair(pair: ScoredPair, scores: dict[int, Score]) -> SamplePair:
    first, second = scores[pair.first_score_id], scores[pair.second_score_id]
    prompt = first.sample.prompt
    return SamplePair(
        suite_slug=pair.suite_slug,
        prompt_key=prompt.key,
        prompt_text=prompt.text,
        family=pair.family,
        k=pair.k,
        seed=first.sample.seed,
        first=sample_cell(first.sample, first),
        second=sample_cell(second.sample, second),
        difference=pair.difference,
        stratum=pair.stratum,
    )
