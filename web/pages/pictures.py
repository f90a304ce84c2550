"""One generated picture with its score, or the reason why there is none."""

from dataclasses import dataclass

from django.urls import reverse

from evaluation.models import Sample
from evaluation.selectors import SampleCell
from web.pages.evidence import Mark, MarkedBox, marked_boxes, marks_of

# Below this size a picture is enlarged pixel by pixel, so that nobody takes blur for the model's work.
SMALL_SOURCE_PX = 256
STATUS_WORDS = {
    Sample.Status.PLANNED: "Not generated yet",
    Sample.Status.CLAIMED: "Being generated",
    Sample.Status.FILTERED: "Refused by the model's filter",
    Sample.Status.ERROR: "Generation failed",
    Sample.Status.TIMEOUT: "Generation ran out of time",
}


@dataclass(frozen=True)
class Picture:
    """What a figure shows. ``url`` is empty where there is no picture; ``failure`` then says why.

    ``url`` is the thumbnail where there is one, ``full_url`` the lossless picture.

    ``letter`` is the side of a comparison that made it; alone it is empty, and the page names the maker.
    """

    maker: str
    url: str
    full_url: str
    width: int
    height: int
    alt: str
    seed: int
    score: str
    is_pass: bool | None
    reason: str
    failure: str
    run_path: str
    letter: str
    marks: tuple[Mark, ...] = ()
    thumbnails: tuple[tuple[str, int], ...] = ()

    @property
    def srcset(self) -> str:
        """Return the thumbnails with their widths, where there are several to choose from."""
        several = self.thumbnails if len(self.thumbnails) > 1 else ()
        return ", ".join(f"{url} {width}w" for url, width in several)

    @property
    def large_url(self) -> str:
        """Return the picture as a page shows it large: the widest thumbnail, or the picture where it has none."""
        return self.thumbnails[-1][0] if self.thumbnails else self.full_url

    @property
    def anchor(self) -> str:
        """Return the name under which the page shows the picture large."""
        return f"large-{self.run_path.strip('/').rpartition('/')[2]}"

    @property
    def boxes(self) -> tuple[MarkedBox, ...]:
        """Return the frames to draw over the picture."""
        return marked_boxes(self.marks)

    @property
    def is_small(self) -> bool:
        """Return whether the picture is so small that it is shown pixel by pixel."""
        return self.width < SMALL_SOURCE_PX


def picture_of(cell: SampleCell, *, maker: str, prompt: str, letter: str = "") -> Picture:
    """Return a sample as a figure; ``maker`` made it for ``prompt``."""
    reason = cell.score_reason or ""
    return Picture(
        maker=maker,
        url=cell.thumbnail_url or cell.image_url or "",
        full_url=cell.image_url or "",
        width=cell.width or 1,
        height=cell.height or 1,
        alt=f"{maker}: “{prompt}”, seed {cell.seed}. {reason}".strip(),
        seed=cell.seed,
        score="Unscored" if cell.value is None else f"{cell.value * 100:.0f}",
        is_pass=None if cell.value is None else cell.value >= 0.5,
        reason=reason,
        failure="" if cell.image_url else _failure(cell),
        run_path=reverse("sample", args=[cell.run_id, cell.sample_id]),
        letter=letter,
        marks=marks_of(cell.evidence) if cell.image_url else (),
        thumbnails=cell.thumbnails,
    )


def _failure(cell: SampleCell) -> str:
    words = STATUS_WORDS.get(Sample.Status(cell.status), "No picture")
    return f"{words}: {cell.reason}" if cell.reason else words
