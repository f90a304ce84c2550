"""What an artifact draws: one picture of every kind of prompt, none of them chosen by hand."""

from collections.abc import Sequence

from django.db.models import F

from evaluation.models import Sample, Score
from evaluation.selectors import SuiteScore
from evaluation.selectors.samples import sample_cell
from web.pages.folding import Folded, folded
from web.pages.pictures import Picture, picture_of

SHOWN = 8
READ = 48
SELECTION_RULE = (
    "The first prompt of each kind with its first seed, from every suite; nothing picked by hand, failures "
    "shown as failures."
)


def artifact_pictures(name: str, scores: Sequence[SuiteScore]) -> Folded[tuple[str, Picture]]:
    """Return prompts with the artifact's pictures of them. Two queries; none where it was not measured."""
    if not scores:
        return folded([], at=SHOWN)
    samples = list(
        Sample.objects.filter(run__in=[score.run_id for score in scores], k=0)
        .select_related("prompt")
        .order_by("run_id", "prompt__stratum", "prompt__position")
        .distinct("run_id", "prompt__stratum")[:READ]
    )
    rows = Score.objects.filter(sample__in=samples, metric=F("sample__run__suite__headline_metric"))
    latest = {score.sample_id: score for score in rows.order_by("id")}
    cells = [(sample.prompt.text, sample_cell(sample, latest.get(sample.pk))) for sample in samples]
    return folded([(text, picture_of(cell, maker=name, prompt=text)) for text, cell in cells], at=SHOWN)
