"""Procedural scenes: every sampled scene draws, is fully described by its caption, and repeats by seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.bundled.foils import attributes, foil
from evaluation.bundled.scenes import (
    FAMILIES,
    VARIANTS,
    Figure,
    ObjectGroup,
    Scene,
    SceneError,
    Text,
    caption,
    draw,
    sample_scene,
)
from evaluation.bundled.vocabulary import COLOURS, NUMBERS

seeds = st.integers(min_value=0, max_value=2**32 - 1)
families = st.sampled_from(sorted(FAMILIES))


def scene_of(seed: int, family: str) -> Scene:
    return sample_scene(np.random.default_rng(seed), family=family)


@given(seeds, families)
def test_json_form_gives_the_scene_back(seed: int, family: str) -> None:
    scene = scene_of(seed, family)
    assert Scene.from_dict(scene.to_dict()) == scene


@given(seeds, families, st.sampled_from([64, 96]))
def test_every_sampled_scene_draws_all_its_things(seed: int, family: str, size: int) -> None:
    scene = scene_of(seed, family)
    drawing = draw(scene, rng=np.random.default_rng(seed), size=size)
    assert drawing.image.size == (size, size)
    assert drawing.image.mode == "RGB"
    assert len(drawing.boxes) == (
        sum(group.count for group in scene.objects)
        + len(scene.texts)
        + sum(figure.count for figure in scene.figures)
    )
    assert len(drawing.image.getcolors(size * size) or []) > 1


@given(seeds, families)
def test_drawing_is_the_same_for_the_same_seed(seed: int, family: str) -> None:
    first, second = (draw(scene_of(seed, family), rng=np.random.default_rng(seed)) for _ in range(2))
    assert first.image.tobytes() == second.image.tobytes()
    assert first.boxes == second.boxes


@given(seeds, families, st.integers(min_value=0, max_value=VARIANTS - 1))
def test_caption_mentions_every_attribute(seed: int, family: str, variant: int) -> None:
    scene = scene_of(seed, family)
    words = caption(scene, variant=variant)
    wanted = [scene.background] if scene.background != "white" else []
    for group in scene.objects:
        wanted += [
            group.shape,
            group.colour,
            group.size or "",
            NUMBERS[group.count] if group.count > 1 else "",
        ]
    for text in scene.texts:
        wanted += [f'"{text.text}"', text.colour, f"{text.board} sign" if text.board else ""]
    for figure in scene.figures:
        wanted += [figure.pose or "", NUMBERS[figure.fingers] if figure.fingers else ""]
        wanted += [NUMBERS[figure.count] if figure.count > 1 else ""]
    wanted += [scene.relation.predicate] if scene.relation else []
    assert [word for word in wanted if word not in words] == []


@given(seeds, families)
def test_a_foil_changes_the_caption(seed: int, family: str) -> None:
    scene, rng = scene_of(seed, family), np.random.default_rng(seed)
    for attribute in attributes(scene):
        changed = foil(scene, attribute=attribute, rng=rng)
        assert caption(changed) != caption(scene)
        draw(changed, rng=rng)


@given(seeds)
def test_relations_hold_in_the_picture(seed: int) -> None:
    scene = scene_of(seed, "relation")
    subject, other = draw(scene, rng=np.random.default_rng(seed)).boxes
    assert scene.relation is not None
    holds = {
        "left of": subject.x1 <= other.x0,
        "right of": subject.x0 >= other.x1,
        "above": subject.y1 <= other.y0,
        "below": subject.y0 >= other.y1,
    }
    assert holds[scene.relation.predicate]


@given(seeds)
def test_shapes_show_their_colour_at_their_centre(seed: int) -> None:
    scene = scene_of(seed, "count")
    drawing = draw(scene, rng=np.random.default_rng(seed), size=128)
    for box in drawing.boxes:
        centre = (int((box.x0 + box.x1) / 2), int((box.y0 + box.y1) / 2))
        assert drawing.image.getpixel(centre) == COLOURS[box.colour]


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"objects": [{"shape": "hexagon", "colour": "red"}]},
        {"objects": [{"shape": "circle", "colour": "red", "count": 0}]},
        {"objects": [{"shape": "circle", "colour": "mauve"}]},
        {"objects": [{"shape": "circle", "colour": "red", "weight": 3}]},
        {"texts": [{"text": " ", "colour": "black"}]},
        {"figures": [{"kind": "foot"}]},
    ],
)
def test_a_scene_that_cannot_be_drawn_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(SceneError):
        Scene.from_dict(spec)


def test_captions_read_as_prompts() -> None:
    two = Scene(objects=(ObjectGroup("star", "orange", 2, "small"),), background="blue")
    sign = Scene(texts=(Text("CAT", "black", "yellow"),))
    hand = Scene(figures=(Figure("hand", fingers=1),))
    assert caption(two) == "two small orange stars on a blue background"
    assert caption(sign, variant=1) == 'the word "CAT" in black letters on a yellow sign'
    assert caption(hand, variant=2) == "a picture of a hand with one finger"
