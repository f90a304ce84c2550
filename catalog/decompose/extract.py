"""Plain drafts from headings, feature lists and task tags, without any model."""

import re
from collections.abc import Iterator, Sequence

from catalog.decompose.drafts import EXTRACTOR_AUTHOR, MAX_CARD_CHARS, Draft, Drafts, supported
from catalog.vocabulary import Confidence, Modality

HEADING = re.compile(r"^#{1,4}\s+(?P<text>.+?)\s*#*$")
BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?P<text>\S.*)$")
LEAD = re.compile(r"^(?:\*\*|__)(?P<name>[^*_]{3,80}?):?(?:\*\*|__)\s*[:.\u2013\u2014-]*\s*(?P<rest>.*)$")
# Lists under these headings state what a thing does; lists elsewhere are steps, files or thanks.
FEATURES = re.compile(
    r"\b(features?|capabilit\w+|highlights?|what (it|you) can do|supported tasks)\b", re.IGNORECASE
)
LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\([^)]*\)|<[^>]{1,200}>|https?://\S+")
TASKS = {
    "text-to-image": ("Text-to-image generation", (Modality.TEXT,), (Modality.IMAGE,)),
    "image-to-image": ("Image-to-image", (Modality.IMAGE, Modality.TEXT), (Modality.IMAGE,)),
    "inpainting": ("Inpainting", (Modality.IMAGE, Modality.MASK, Modality.TEXT), (Modality.IMAGE,)),
    "image-to-text": ("Image understanding", (Modality.IMAGE,), (Modality.TEXT,)),
    "image-to-video": ("Image-to-video", (Modality.IMAGE,), (Modality.VIDEO,)),
    "text-to-video": ("Text-to-video", (Modality.TEXT,), (Modality.VIDEO,)),
}


def extract(card: str, *, tags: Sequence[str] = ()) -> Drafts:
    """Return drafts from the feature lists of a Markdown text and from known task tags.

    Nothing is reworded: a description is the list item itself, its confidence low.
    """
    text = card[:MAX_CARD_CHARS]
    found = [*_from_lists(text), *_from_tags(text, tags)]
    drafts, left_out = supported(found, text)
    return Drafts(drafts, EXTRACTOR_AUTHOR, left_out)


def _from_lists(text: str) -> Iterator[Draft]:
    is_feature_list = is_code = False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif is_code:
            continue
        elif heading := HEADING.match(line):
            is_feature_list = bool(FEATURES.search(heading["text"]))
        elif is_feature_list and (bullet := BULLET.match(line)):
            yield from _from_item(bullet["text"].strip())


def _from_item(item: str) -> Iterator[Draft]:
    if LINK.search(item):
        return
    lead = LEAD.match(item)
    plain = item.replace("**", "").replace("__", "").replace("`", "")
    name = lead["name"] if lead else " ".join(plain.split()[:8]).rstrip(".,;:")
    description = (lead["rest"] if lead and lead["rest"] else plain).replace("**", "").replace("`", "")
    if 3 <= len(name) <= 90 and len(description) >= 8:
        yield Draft(name, description[:600], item[:600], Confidence.LOW)


def _from_tags(text: str, tags: Sequence[str]) -> Iterator[Draft]:
    for tag in tags:
        # A tag alone is a filter's word; it counts where the text says so too.
        said = re.search(tag.replace("-", "[- ]"), text, re.IGNORECASE) if tag in TASKS else None
        if said:
            name, inputs, outputs = TASKS[tag]
            words = f"Tagged by its publisher with the task {tag}."
            yield Draft(name, words, said[0].replace("-", " "), Confidence.LOW, inputs, outputs)
