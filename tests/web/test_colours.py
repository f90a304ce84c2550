"""The palette holds WCAG 2.2 AA in both themes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR, "static", "css", "unfragile.css")
PAIR = re.compile(r"--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)")
SINGLE = re.compile(r"--([a-z-]+): #([0-9a-f]{6});")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "surface", "sunken")),
    *((side, ground) for side in ("a", "b", "c", "d", "good", "bad") for ground in ("paper", "surface")),
    ("good", "good-wash"),
    ("bad", "bad-wash"),
    ("on-mark", "mark"),
    ("on-panel", "panel"),
    ("paper", "ink"),
]
MARKS = [("line-strong", "paper"), ("line-strong", "surface"), ("focus", "paper"), ("mark", "panel")]


def palette(theme: int) -> dict[str, str]:
    text = CSS.read_text()
    themed = {name: colours[theme] for name, *colours in PAIR.findall(text)}
    return themed | dict(SINGLE.findall(text))


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_contrast(theme: int, pairs: list[tuple[str, str]], least: float) -> None:
    colours = palette(theme)
    for one, other in pairs:
        assert contrast(colours[one], colours[other]) >= least, (one, other)
