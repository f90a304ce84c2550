"""The table of phrasings: what each asks for, and what is left of it."""

from pathlib import Path
from typing import TypedDict

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from matchgraph.search.constraints import parse
from matchgraph.search.records import Constraint, ParsedQuery
from matchgraph.texts import normalised


class Phrasing(TypedDict):
    """One row of the table."""

    query: str
    asks: list[str]
    left: str


PHRASINGS: list[Phrasing] = yaml.safe_load((Path(__file__).parent / "phrasings.yaml").read_text())
NAMES = {
    "sdxl": ("sdxl-base-1-0", "SDXL"),
    "flux pro": ("flux-1-pro", "FLUX.1 Pro"),
    "flux 1 pro": ("flux-1-pro", "FLUX.1 Pro"),
    "stable diffusion 3 5 large": ("stable-diffusion-3-5-large", "Stable Diffusion 3.5 Large"),
    "sdnext": ("sdnext", "SD.Next"),
    "midjourney": ("midjourney", "Midjourney"),
    "mj": ("midjourney", "Midjourney"),
    "a1111": ("stable-diffusion-webui", "Stable Diffusion web UI"),
    "sd15": ("stable-diffusion-1-5", "Stable Diffusion 1.5"),
    "flux schnell": ("flux-1-schnell", "FLUX.1 [schnell]"),
    "dalle 3": ("dall-e-3", "DALL·E 3"),
    "nano banana": ("gemini-2-5-flash-image", "Gemini 2.5 Flash Image"),
    "comfyui": ("comfyui", "ComfyUI"),
}


def find_name(words: str) -> tuple[str, str] | None:
    return NAMES.get(normalised(words))


MAKERS = ("google", "openai", "midjourney", "alibaba", "stability ai")


def find_maker(words: str, *, is_told: bool) -> tuple[str, str] | None:
    text = normalised(words)
    known = any(maker == text or (is_told and maker.startswith(f"{text} ")) for maker in MAKERS)
    return (text, text.title()) if known else None


def read(query: str) -> ParsedQuery:
    return parse(query, find_name, find_maker=find_maker)


def short(constraint: Constraint) -> str:
    return ":".join(part for part in (constraint.kind, constraint.value, constraint.unit) if part)


def test_the_table_is_large_enough() -> None:
    assert len(PHRASINGS) >= 150


@pytest.mark.parametrize("phrasing", PHRASINGS, ids=[row["query"] for row in PHRASINGS])
def test_phrasing(phrasing: Phrasing) -> None:
    parsed = read(phrasing["query"])
    assert [short(constraint) for constraint in parsed.constraints] == phrasing["asks"]
    assert parsed.residual == phrasing["left"]


@pytest.mark.parametrize("phrasing", PHRASINGS, ids=[row["query"] for row in PHRASINGS])
def test_each_constraint_quotes_the_query(phrasing: Phrasing) -> None:
    query = " ".join(phrasing["query"].split()).lower()
    for constraint in read(phrasing["query"]).constraints:
        assert constraint.text
        assert constraint.text in query
        assert constraint.label


@given(st.text(max_size=200))
def test_any_text_is_parsed_and_parsing_is_deterministic(query: str) -> None:
    parsed = read(query)
    assert parsed == read(query)
    assert len(parsed.residual) <= len(query) + 1
