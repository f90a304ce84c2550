"""How a model does on published prompts against hidden ones, in words."""

from dataclasses import dataclass

from django.urls import reverse

from evaluation.selectors import ContaminationGap


@dataclass(frozen=True)
class GapLine:
    """One suite's gap between its published prompts and its rotating split."""

    suite: str
    suite_path: str
    split_path: str
    label: str
    words: str
    is_suspicious: bool


def gap_line(item: ContaminationGap) -> GapLine:
    """Return a gap as pages print it."""
    return GapLine(
        suite=item.suite_name,
        suite_path=reverse("suite", args=[item.suite_slug]),
        split_path=reverse("suite", args=[item.split_slug]),
        label=item.label,
        words=_words(item),
        is_suspicious=item.gap.is_suspicious,
    )


def _words(item: ContaminationGap) -> str:
    gap = item.gap
    figures = (
        f"{gap.public.mean * 100:.0f} on published prompts, {gap.hidden.mean * 100:.0f} on hidden ones: "
        f"{gap.difference * 100:+.0f} points, 95 % interval {gap.low * 100:+.0f} to {gap.high * 100:+.0f}"
    )
    if gap.is_suspicious:
        return f"{figures}. Published prompts are easier for this model; it may have seen them."
    return f"{figures}. No sign that the published prompts are known to it."
