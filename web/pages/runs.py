"""The page object of ``/runs/<id>/``: all that is needed to repeat a run and to doubt it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.core.paginator import Page
from django.urls import reverse

from evaluation.selectors import AggregateView, RunRecord, RunSample, run_record
from web.figures import Bar, share_bar
from web.pages.meta import Crumb, Meta
from web.pages.paging import page_of
from web.pages.pictures import Picture, picture_of

PER_PAGE = 60


@dataclass(frozen=True)
class MeanRow:
    """One metric over the suite or one stratum."""

    metric: str
    stratum: str
    text: str
    bar: Bar | None
    counts: str
    scorer: str
    method: str


@dataclass(frozen=True)
class FlagLine:
    """A suspicion about a picture (or how many pictures have it), and what follows from it."""

    label: str
    reason: str
    consequence: str


@dataclass(frozen=True)
class SampleFigure:
    """One sample with the prompt that it was made for."""

    sample_id: int
    prompt: str
    prompt_path: str
    picture: Picture
    flags: tuple[FlagLine, ...]
    making: tuple[tuple[str, str], ...]
    record_path: str


@dataclass(frozen=True)
class RunPage:
    """A run's record."""

    meta: Meta
    run: RunRecord
    recipe: tuple[tuple[str, str], ...]
    environment: tuple[tuple[str, str], ...]
    means: tuple[MeanRow, ...]
    statuses: tuple[tuple[str, int], ...]
    flags: tuple[FlagLine, ...]
    canaries: tuple[str, ...]
    figures: tuple[SampleFigure, ...]
    page: Page[RunSample]
    problems: tuple[str, ...]


def run_page(run_id: int, number: str) -> RunPage | None:
    """Return one page of a run's record; None if there is no such run. ``number`` is as the address has it."""
    run = run_record(run_id)
    if run is None:
        return None
    page, problems = page_of(run.samples, number, per_page=PER_PAGE)
    return RunPage(
        meta=_meta(run),
        run=run,
        recipe=_recipe(run),
        environment=tuple((name, str(value)) for name, value in sorted(run.environment.items())),
        means=tuple(_mean(row) for row in sorted(run.aggregates, key=_headline_first(run))),
        statuses=tuple(sorted(run.n_by_status.items())),
        flags=_flag_counts(run),
        canaries=_canary_lines(run),
        figures=tuple(
            sample_figure(item, suite_slug=run.suite_slug, maker=run.artifact_name) for item in page
        ),
        page=page,
        problems=problems,
    )


def _meta(run: RunRecord) -> Meta:
    path = reverse("run", args=[run.run_id])
    name = f"{run.artifact_name} on {run.suite_name} {run.suite_version}"
    return Meta(
        title=f"Run {run.run_id}: {name}",
        description=f"Every picture, seed, score and reason of {name}, with the recipe to repeat it.",
        path=path,
        crumbs=(
            Crumb(run.artifact_name, reverse("artifact", args=[run.artifact_slug])),
            Crumb(f"Run {run.run_id}", path),
        ),
        is_indexable=False,
    )


def _recipe(run: RunRecord) -> tuple[tuple[str, str], ...]:
    recipe = run.recipe
    versions = ", ".join(f"{name} {version}" for name, version in sorted(recipe.library_versions.items()))
    rows = (
        ("Runner", recipe.runner),
        ("Location", recipe.location),
        ("Revision", recipe.revision),
        ("Pipeline", recipe.pipeline_class),
        ("Scheduler", recipe.scheduler),
        ("Steps", str(recipe.steps)),
        ("Guidance", f"{recipe.guidance:g}"),
        ("Size", f"{recipe.width} × {recipe.height}"),
        ("Numbers", recipe.dtype),
        ("Batch", str(recipe.batch_size)),
        ("Libraries", versions),
        ("Recipe digest", recipe.digest),
        ("Suite digest", run.suite_digest),
    )
    return tuple((label, value) for label, value in rows if value)


def _headline_first(run: RunRecord) -> Callable[[AggregateView], tuple[bool, str, str]]:
    return lambda row: (row.metric != run.headline_metric, row.metric, row.stratum)


def _mean(row: AggregateView) -> MeanRow:
    bar = None
    if row.mean is not None and row.ci_low is not None and row.ci_high is not None:
        bar = share_bar(row.mean, row.ci_low, row.ci_high)
    counts = f"{row.n_samples} pictures, {row.n_failed} failed, {row.n_unscored} unscored"
    return MeanRow(
        metric=row.label if row.is_higher_better else f"{row.label} (lower is better)",
        stratum=row.stratum.replace("-", " ") or "whole suite",
        text=f"{bar.value:.1f}" if bar else "Unscored",
        bar=bar,
        counts=counts,
        scorer=f"{row.scorer} {row.scorer_version}",
        method=row.method,
    )


def _flag_counts(run: RunRecord) -> tuple[FlagLine, ...]:
    """Count every kind of suspicion over the whole run, the most frequent first."""
    counts = Counter(flag.name for item in run.samples for flag in item.cell.flags)
    kinds = {flag.name: flag.kind for item in run.samples for flag in item.cell.flags}
    return tuple(
        FlagLine(kinds[name].label, f"{n} picture{'s' if n > 1 else ''}", kinds[name].consequence.value)
        for name, n in counts.most_common()
    )


def _canary_lines(run: RunRecord) -> tuple[str, ...]:
    canaries = run.canaries
    if run.origin or not canaries.n_chosen:
        return ()
    counts = (
        f"{canaries.n_compared} of {canaries.n_chosen} chosen pictures have been made a second time, "
        f"{canaries.n_other_worker} of them by another worker: {canaries.n_identical} identical, "
        f"{canaries.n_near} near, {canaries.n_different} different, {canaries.n_failed} failed."
    )
    if canaries.worst_psnr_db is None:
        return (counts,)
    worst = (
        f"The two furthest apart are {canaries.worst_psnr_db:.1f} dB from each other, "
        f"no channel by more than {canaries.largest_difference} of 255."
    )
    return counts, worst


def _making(item: RunSample) -> tuple[tuple[str, str], ...]:
    """List how a picture was made; what is not known is left out."""
    making = item.making
    times = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in sorted(making.timings_s.items()))
    memory = f"{making.peak_memory_mb:,} MB" if making.peak_memory_mb else ""
    again = f"{making.canary_verdict}: {making.canary_reason}" if making.canary_verdict else ""
    sent = making.text_sent if making.text_sent != item.prompt.text else ""
    rows = (
        ("Text sent", sent),
        ("Cut off", "The encoder saw only a beginning of the text." if making.was_truncated else ""),
        ("Time", times),
        ("Peak memory", memory),
        ("Batch", making.batch),
        ("Worker", making.made_by),
        ("Made again", again),
    )
    return tuple((label, value) for label, value in rows if value)


def sample_figure(item: RunSample, *, suite_slug: str, maker: str) -> SampleFigure:
    """Return one sample with its picture, what is doubtful about it and how it was made."""
    return SampleFigure(
        sample_id=item.cell.sample_id,
        prompt=item.prompt.text,
        prompt_path=reverse("prompt-gallery", args=[suite_slug, item.prompt.key]),
        picture=picture_of(item.cell, maker=maker, prompt=item.prompt.text),
        flags=tuple(
            FlagLine(flag.kind.label, flag.reason, flag.kind.consequence.value) for flag in item.cell.flags
        ),
        making=_making(item),
        record_path=reverse("sample", args=[item.cell.run_id, item.cell.sample_id]),
    )
