"""The page object of ``/styleguide/``. The tokens are read from the stylesheet, so the page cannot go stale."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.urls import reverse

from web.figures import Bar, rank_bar
from web.pages.cards import ArtifactCard
from web.pages.meta import Crumb, Meta
from web.pages.pictures import Picture

STYLESHEET: Final = "css/unfragile.css"
TOKEN = re.compile(r"^\s*--([a-z0-9-]+):\s*([^;]+);", re.MULTILINE)
PAIR = re.compile(r"light-dark\((.+),\s*(.+)\)")
# What a colour means; a token that is not here has its name for a meaning.
MEANINGS: Final = {
    "paper": "the page",
    "surface": "what lies on it: boxes, fields",
    "sunken": "the ground of pictures and code",
    "ink": "text",
    "ink-soft": "text beside the text",
    "line": "rules between rows",
    "line-strong": "edges of fields, 3:1 on every ground",
    "a": "side A, with a disc",
    "b": "side B, with a diamond",
    "c": "side C, with a square",
    "d": "side D, with a triangle",
    "good": "passed, always with ✓",
    "bad": "failed, always with ✕",
    "panel": "the dark panel that ends a page",
    "mark": "the one accent: differences, prices, targets",
    "focus": "where the keyboard is",
}


@dataclass(frozen=True)
class Colour:
    """A colour token in both themes."""

    name: str
    light: str
    dark: str
    meaning: str


@dataclass(frozen=True)
class Token:
    """A size or a font."""

    name: str
    value: str


@dataclass(frozen=True)
class StyleguidePage:
    """Tokens, and examples for the components."""

    meta: Meta
    colours: tuple[Colour, ...]
    type_scale: tuple[Token, ...]
    spaces: tuple[Token, ...]
    bars: tuple[Bar, ...]
    card: ArtifactCard
    failure: Picture
    pairs: tuple[dict[str, object], ...]


def styleguide_page() -> StyleguidePage:
    """Return the page; reads the stylesheet, no database."""
    tokens = read_tokens(Path(str(finders.find(STYLESHEET))).read_text("utf-8"))
    path = reverse("styleguide")
    return StyleguidePage(
        meta=Meta(
            title="Style guide",
            description="Tokens and components of the pages.",
            path=path,
            crumbs=(Crumb("Style guide", path),),
            is_indexable=False,
        ),
        colours=tuple(_colours(tokens)),
        type_scale=tuple(token for token in tokens if token.name.startswith("t-")),
        spaces=tuple(token for token in tokens if token.name.startswith("s-")),
        bars=tuple(
            rank_bar(30 + 12 * n, 22 + 12 * n, 41 + 12 * n, side=side) for n, side in enumerate(" abcd")
        ),
        card=_card(),
        failure=_failure(),
        pairs=({"path": path, "first": _card(), "second": _card()},),
    )


def read_tokens(stylesheet: str) -> tuple[Token, ...]:
    r"""Return the custom properties of a stylesheet in their order.

    >>> read_tokens(":root { color: red;\n  --s-1: 0.25rem;\n}")
    (Token(name='s-1', value='0.25rem'),)
    """
    return tuple(Token(name, value) for name, value in TOKEN.findall(stylesheet))


def _colours(tokens: Iterable[Token]) -> Iterable[Colour]:
    for token in tokens:
        pair = PAIR.fullmatch(token.value)
        is_single = token.value.startswith("#")
        if pair or is_single:
            light, dark = (pair[1], pair[2]) if pair else (token.value, token.value)
            yield Colour(token.name, light, dark, MEANINGS.get(token.name, token.name.replace("-", " ")))


def _card() -> ArtifactCard:
    return ArtifactCard(
        slug="example",
        name="An example",
        path=reverse("styleguide"),
        kind="Model",
        publisher="Somebody",
        summary="What it is, in one sentence.",
        openness="Open weights",
        is_demonstration=False,
        rank=rank_bar(61, 54, 68),
    )


def _failure() -> Picture:
    return Picture(
        maker="An example",
        url="",
        full_url="",
        width=1,
        height=1,
        alt="",
        seed=1234,
        score="0",
        is_pass=False,
        reason="No picture: refused by the filter",
        failure="Refused by the model's filter",
        run_path=reverse("styleguide"),
        letter="",
    )
