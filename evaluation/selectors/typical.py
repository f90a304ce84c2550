"""What a suite looks like: of each kind of prompt the one in the middle, as the measured artifacts drew it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evaluation.models import Run, Score, Suite
from evaluation.selectors.prompts import PromptView, prompt_view
from evaluation.selectors.samples import SampleCell, sample_cell
from evaluation.selectors.suites import ArtifactScore

T = TypeVar("T")
ARTIFACTS_SHOWN = 6


@dataclass(frozen=True)
class TypicalPrompt:
    """The prompt in the middle of its stratum, and what artifacts drew for it with its first seed.

    ``missing`` are the names of those shown elsewhere that have not run it.
    """

    prompt: PromptView
    drawn: tuple[tuple[ArtifactScore, SampleCell], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ScoredPrompt:
    """A prompt's score ids by run, and their mean as far as they have a value, 0-1."""

    prompt_id: int
    position: int
    stratum: str
    score_ids: tuple[tuple[int, int], ...]
    mean: float | None


def typical_prompts(scores: Sequence[ArtifactScore]) -> list[TypicalPrompt]:
    """Return one prompt of each stratum, in the order of the suite, with up to six artifacts' first seeds.

    ``scores`` are those of one suite, best first. Two queries; none where nobody was measured.
    """
    shown = evenly_spread(scores, most=ARTIFACTS_SHOWN)
    chosen = middle_prompts(_first_seeds(shown))
    ids = [score_id for prompt in chosen for _, score_id in prompt.score_ids]
    rows = Score.objects.select_related("sample__prompt").in_bulk(ids) if ids else {}
    return [_typical(prompt, shown, rows) for prompt in chosen]


def evenly_spread(items: Sequence[T], *, most: int) -> list[T]:
    """Return at most ``most`` items (two or more), evenly from the first to the last.

    >>> evenly_spread("abcdefghi", most=3)
    ['a', 'e', 'i']
    >>> evenly_spread("ab", most=3)
    ['a', 'b']
    """
    if len(items) <= most:
        return list(items)
    return [items[round(place * (len(items) - 1) / (most - 1))] for place in range(most)]


def middle_prompts(prompts: Iterable[ScoredPrompt]) -> list[ScoredPrompt]:
    """Return of each stratum the prompt whose mean is in the middle, in the order of the suite.

    Only prompts that as many ran as any of the stratum stand for it, unscored ones only where all are; ties
    stand in the order of the suite.
    """
    strata: dict[str, list[ScoredPrompt]] = defaultdict(list)
    for prompt in sorted(prompts, key=lambda prompt: prompt.position):
        strata[prompt.stratum].append(prompt)
    return [_middle(members) for members in strata.values()]


def _middle(prompts: Sequence[ScoredPrompt]) -> ScoredPrompt:
    most = max(len(prompt.score_ids) for prompt in prompts)
    shared = [prompt for prompt in prompts if len(prompt.score_ids) == most]
    scored = [prompt for prompt in shared if prompt.mean is not None] or shared
    ranked = sorted(scored, key=lambda prompt: (-(prompt.mean or 0.0), prompt.position))
    return ranked[len(ranked) // 2]


def _first_seeds(scores: Sequence[ArtifactScore]) -> list[ScoredPrompt]:
    """Return every prompt that any of the artifacts ran, with the scores of its first seed. One query.

    Of several scorer versions the one that the artifact's own score comes from.
    """
    if not scores:
        return []
    versions = {row.score.run_id: row.score.scorer_version for row in scores}
    rows = (
        Score.objects.filter(sample__run__in=list(versions), sample__k=0, metric=scores[0].score.metric)
        .order_by("id")
        .values_list(
            "sample__prompt_id",
            "sample__prompt__position",
            "sample__prompt__stratum",
            "sample__run_id",
            "scorer_version",
            "pk",
            "value",
        )
    )
    found: dict[tuple[int, int, str], dict[int, tuple[int, float | None]]] = defaultdict(dict)
    for prompt_id, position, stratum, run_id, version, score_id, value in rows:
        if version == versions[run_id]:
            found[prompt_id, position, stratum][run_id] = score_id, value
    return [_scored_prompt(*prompt, by_run) for prompt, by_run in found.items()]


def _scored_prompt(
    prompt_id: int, position: int, stratum: str, by_run: dict[int, tuple[int, float | None]]
) -> ScoredPrompt:
    known = [value for _, value in by_run.values() if value is not None]
    score_ids = tuple((run_id, score_id) for run_id, (score_id, _) in by_run.items())
    return ScoredPrompt(prompt_id, position, stratum, score_ids, sum(known) / len(known) if known else None)


def _typical(prompt: ScoredPrompt, shown: Sequence[ArtifactScore], rows: dict[int, Score]) -> TypicalPrompt:
    by_run = {run_id: rows[score_id] for run_id, score_id in prompt.score_ids}
    sample = next(iter(by_run.values())).sample
    return TypicalPrompt(
        prompt=prompt_view(sample.prompt),
        drawn=tuple(
            (row, sample_cell(found.sample, found))
            for row in shown
            if (found := by_run.get(row.score.run_id))
        ),
        missing=tuple(row.artifact_name for row in shown if row.score.run_id not in by_run),
    )


def suites_with_pictures() -> list[tuple[str, str]]:
    """Return slug and name of the suites in use that somebody has finished. One query."""
    finished = (
        Suite.objects.current()
        .public()
        .filter(runs__state=Run.State.FINISHED, runs__recipe__is_canonical=True)
    )
    return list(finished.distinct().order_by("slug").values_list("slug", "name"))
