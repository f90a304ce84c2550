"""The page object of ``/runs/<id>/samples/<sample>/``: one picture and all that was recorded of it."""

import json
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from evaluation.selectors import SampleRecord, sample_record
from web.pages.meta import Crumb, Meta
from web.pages.runs import SampleFigure, sample_figure


@dataclass(frozen=True)
class RawOutput:
    """JSON as it is stored, indented, under the name and version of who stated it."""

    title: str
    text: str
    note: str


@dataclass(frozen=True)
class ScoreRow:
    """One metric with its value out of 100 and the reason for it."""

    label: str
    text: str
    reason: str
    scorer: str


@dataclass(frozen=True)
class SamplePage:
    """A sample's record."""

    meta: Meta
    record: SampleRecord
    figure: SampleFigure
    scores: tuple[ScoreRow, ...]
    outputs: tuple[RawOutput, ...]
    spec: str


def sample_page(run_id: int, sample_id: int) -> SamplePage | None:
    """Return the record of one picture; None where there is none, or where it must not be shown."""
    record = sample_record(run_id, sample_id)
    if record is None:
        return None
    return SamplePage(
        meta=_meta(record),
        record=record,
        figure=sample_figure(record.sample, suite_slug=record.suite_slug, maker=record.artifact_name),
        scores=tuple(
            ScoreRow(
                score.label,
                "Unscored" if score.value is None else f"{score.value * 100:.1f}",
                score.reason,
                f"{score.scorer} {score.scorer_version}",
            )
            for score in record.scores
        ),
        outputs=(*_reader_outputs(record), *_evidence(record)),
        spec=_indented(record.spec),
    )


def _reader_outputs(record: SampleRecord) -> tuple[RawOutput, ...]:
    return tuple(
        RawOutput(
            f"Reader “{output.reader}”",
            _indented(output.content),
            f"{output.version}, {output.read_at:%Y-%m-%d}",
        )
        for output in record.readers
    )


def _evidence(record: SampleRecord) -> tuple[RawOutput, ...]:
    return tuple(
        RawOutput(
            f"Evidence for “{score.label}”",
            _indented(score.evidence),
            f"{score.scorer} {score.scorer_version}",
        )
        for score in record.scores
        if score.evidence
    )


def _indented(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _meta(record: SampleRecord) -> Meta:
    cell = record.sample.cell
    path = reverse("sample", args=[record.run_id, cell.sample_id])
    run_path = reverse("run", args=[record.run_id])
    return Meta(
        title=f"Picture {cell.sample_id}: {record.artifact_name} on {record.suite_name}",
        description="One generated picture: how it was made, what every reader saw, every score and its reason.",
        path=path,
        crumbs=(
            Crumb(record.artifact_name, reverse("artifact", args=[record.artifact_slug])),
            Crumb(f"Run {record.run_id}", run_path),
            Crumb(f"Picture {cell.sample_id}", path),
        ),
        is_indexable=False,
    )
