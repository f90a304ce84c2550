"""The page object of ``/suites/<suite>/<prompt>/``: one prompt, every model, the same seeds."""

from dataclasses import dataclass

from django.urls import reverse

from evaluation.selectors import GalleryRow, PromptView
from evaluation.selectors import prompt_gallery as gallery_of
from web.pages.linked_data import image_objects
from web.pages.meta import Crumb, Meta, shortened
from web.pages.pictures import Picture, picture_of


@dataclass(frozen=True)
class MakerRow:
    """What one artifact made of a prompt, by seed."""

    name: str
    path: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class PromptGalleryPage:
    """One prompt, every model, the same seeds."""

    meta: Meta
    suite_name: str
    suite_path: str
    prompt: PromptView
    asked_for: tuple[tuple[str, str], ...]
    rows: tuple[MakerRow, ...]

    @property
    def has_marks(self) -> bool:
        """Return whether a reader's findings can be drawn over any of the pictures."""
        return any(picture.marks for row in self.rows for picture in row.pictures)


def prompt_gallery_page(slug: str, key: str) -> PromptGalleryPage | None:
    """Return what every artifact made of one prompt; None if there is no such prompt."""
    gallery = gallery_of(slug, key)
    if gallery is None:
        return None
    path = reverse("prompt-gallery", args=[slug, key])
    suite_path = reverse("suite", args=[slug])
    prompt = gallery.prompt
    rows = tuple(_maker_row(row, prompt.text) for row in gallery.rows)
    return PromptGalleryPage(
        meta=Meta(
            title=shortened(f"“{prompt.text}”: every model, same seed", length=70),
            description=shortened(
                f"What each model made of “{prompt.text}” with the same seeds, and how it scored."
            ),
            path=path,
            crumbs=(
                Crumb("Suites", reverse("suites")),
                Crumb(gallery.suite_name, suite_path),
                Crumb(prompt.key, path),
            ),
            linked_data=image_objects(picture for row in rows for picture in row.pictures),
            is_indexable=bool(rows),
            markdown_path=reverse("prompt-gallery-markdown", args=[slug, key]),
        ),
        suite_name=gallery.suite_name,
        suite_path=suite_path,
        prompt=prompt,
        asked_for=asked_for(gallery.spec),
        rows=rows,
    )


def asked_for(spec: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Return a prompt's checklist as words; empty parts are left out.

    >>> asked_for({"texts": ["CAT"], "absent": []})
    (('texts', 'CAT'),)
    """
    questions = spec.get("questions")
    if isinstance(questions, list):
        return tuple((question["skill"], question["words"]) for question in questions)
    return tuple((name.replace("_", " "), _words(value)) for name, value in spec.items() if value)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_words(part)}" for name, part in value.items() if part)
    if isinstance(value, list):
        return "; ".join(_words(part) for part in value)
    return str(value)


def _maker_row(row: GalleryRow, prompt: str) -> MakerRow:
    pictures = tuple(picture_of(cell, maker=row.artifact_name, prompt=prompt) for cell in row.cells)
    return MakerRow(row.artifact_name, reverse("artifact", args=[row.artifact_slug]), pictures)
