"""What a reader found in a picture, as marks to draw over it. Plain Python: no database here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mark:
    """One thing looked for: whether it is right, in words, and its boxes in hundredths of the picture.

    ``boxes`` are (x, y, width, height); empty where nothing was found to point at.
    """

    number: int
    words: str
    is_right: bool
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class MarkedBox:
    """A frame over the picture: right only if everything found there is. ``label`` names the marks."""

    x: float
    y: float
    width: float
    height: float
    label: str
    is_right: bool

    @property
    def flag_width(self) -> float:
        """Return how wide the label's ground is."""
        return 3.0 + 3.2 * len(self.label)


def marked_boxes(marks: Iterable[Mark]) -> tuple[MarkedBox, ...]:
    """Return each place once, wrong ones last, so that they lie on top.

    >>> box = (0.0, 0.0, 9.0, 9.0)
    >>> [found.label for found in marked_boxes([Mark(1, "a", False, (box,)), Mark(2, "b", True, (box,))])]
    ['1,2']
    """
    by_place: dict[tuple[float, float, float, float], list[Mark]] = {}
    for mark in marks:
        for box in mark.boxes:
            by_place.setdefault(box, []).append(mark)
    found = [
        MarkedBox(*box, _label([mark.number for mark in at]), all(mark.is_right for mark in at))
        for box, at in by_place.items()
    ]
    return tuple(sorted(found, key=lambda box: not box.is_right))


def _label(numbers: Sequence[int]) -> str:
    """Return the numbers of a box; of many the first and the last."""
    return ",".join(map(str, numbers)) if len(numbers) < 3 else f"{numbers[0]}-{numbers[-1]}"


def marks_of(evidence: Mapping[str, Any]) -> tuple[Mark, ...]:
    """Return what a scorer's evidence says, wrong things first; none for evidence of an unknown form.

    >>> [mark.words for mark in marks_of({"extra": [{"read": "XX", "box": [0, 0, 1, 1]}]})]
    ['Read “XX”, which nobody asked for']
    """
    found = [
        *(_text(row) for row in evidence.get("regions", ())),
        *((f"Read “{row['read']}”, which nobody asked for", False, [row["box"]]) for row in _extra(evidence)),
        *(_answer(row) for row in evidence.get("answers", ())),
        *(_figure(row) for row in evidence.get("figures", ())),
    ]
    ordered = sorted(found, key=lambda item: item[1])
    return tuple(
        Mark(number, words, is_right, tuple(_boxes(boxes)))
        for number, (words, is_right, boxes) in enumerate(ordered, start=1)
    )


_Found = tuple[str, bool, Sequence[Sequence[float]]]


def _extra(evidence: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    rows: Iterable[Mapping[str, Any]] = evidence.get("extra", ())
    return rows


def _text(row: Mapping[str, Any]) -> _Found:
    if row["is_exact"]:
        return f"Read “{row['read']}”, as asked", True, _one(row["box"])
    if row["read"] is None:
        return f"Asked for “{row['asked']}”, read nothing like it", False, []
    return f"Asked for “{row['asked']}”, read “{row['read']}”", False, _one(row["box"])


def _answer(row: Mapping[str, Any]) -> _Found:
    is_right = row["credit"] > 0.5
    words = row["question"] if is_right else f"{row['question']}: saw {row['saw']}"
    return words, is_right, row["boxes"]


def _figure(row: Mapping[str, Any]) -> _Found:
    fault = row["fault"]
    return f"{row['kind'].capitalize()}: {fault or 'whole'}", not fault, _one(row["box"])


def _one(box: Sequence[float] | None) -> list[Sequence[float]]:
    return [box] if box else []


def _boxes(boxes: Iterable[Sequence[float]]) -> Iterable[tuple[float, float, float, float]]:
    """Return corners in fractions as places and sizes in hundredths, kept inside the picture."""
    for corners in boxes:
        x0, y0, x1, y1 = (min(max(value, 0.0), 1.0) * 100 for value in corners)
        yield round(x0, 2), round(y0, 2), round(max(x1 - x0, 1.0), 2), round(max(y1 - y0, 1.0), 2)
