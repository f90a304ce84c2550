"""Does the adherence scorer tell a scene from the same scene with one thing changed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

import numpy as np
from PIL import Image

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import ObjectGroup, Scene
from evaluation.bundled.vocabulary import SHAPES
from evaluation.sanity.base import PUBLISHED, SIDE, Check, at_least, at_most, blanks, judge
from evaluation.scorers.adherence import EVEN
from evaluation.suites.grammar.adherence import ADHERENCE_FAMILIES
from evaluation.suites.questions import OPPOSITE
from evaluation.suites.spec import PromptSpec

_PER_SKILL: Final = 20
_COLOURS: Final = ("red", "yellow", "green", "blue", "purple", "black", "orange", "pink")
_FAMILY_OF: Final = {
    "shape": "two-objects",
    "colour": "two-objects",
    "count": "count-3",
    "size": "size-small",
    "background": "background-1",
    "relation": "relation-left",
    "absence": "absence-1",
}


def check_adherence(*, scale: int = 1) -> Iterator[Check]:
    """Yield one check per skill, and those on pictures that show nothing or something else."""
    rng = Random(5)  # noqa: S311 - reproducible, not secret
    for skill in _FAMILY_OF:
        yield from _one_violated(skill, rng, n_scenes=_PER_SKILL * scale)
    yield _blank(rng)
    yield _shuffled(rng)


def _one_violated(skill: str, rng: Random, *, n_scenes: int) -> Iterator[Check]:
    """Balanced accuracy of the skill's answer: yes on the scene as asked, no where it is violated.

    The second channel is measured on the same pictures.
    """
    answers: list[tuple[bool, dict[str, bool]]] = []
    for _ in range(n_scenes):
        spec = _draw_spec(_FAMILY_OF[skill], rng)
        answers.append((True, _says(skill, _painted(spec.scene, rng), spec)))
        answers.append((False, _says(skill, _painted(_violated(skill, spec, rng), rng), spec)))
    for channel, words, gate in (
        ("credit", "balanced accuracy", at_least(0.95)),
        ("second", "second channel, balanced accuracy", PUBLISHED),
    ):
        right = [said[channel] == truth for truth, said in answers if channel in said]
        if right:
            value = float(np.mean(right))
            yield Check("adherence", "one-violated", f"{words}, {skill}", value, gate, len(right))


def _blank(rng: Random) -> Check:
    specs = [_draw_spec("two-objects", rng) for _ in range(6)]
    images = blanks(seed=5)
    return _mean_credit("blank", "mean credit for blank and noise", images, specs)


def _shuffled(rng: Random) -> Check:
    """A picture of another prompt must not be all right; single things in it may be."""
    specs = [
        _draw_spec(family, rng)
        for family in ("two-objects", "relation-above", "count-4", "two-objects-2-1") * 5
    ]
    images = [_painted(spec.scene, rng) for spec in specs[1:] + specs[:1]]
    return _mean_credit(
        "shuffled", "everything right in another prompt's picture", images, specs, metric="all_correct"
    )


def _mean_credit(
    suite: str, words: str, images: list[Image.Image], specs: list[PromptSpec], *, metric: str = "adherence"
) -> Check:
    values = [judge("adherence", i, s)[metric].value or 0.0 for i, s in zip(images, specs, strict=True)]
    return Check("adherence", suite, words, float(np.mean(values)), at_most(0.05), len(values))


def _says(skill: str, image: Image.Image, spec: PromptSpec) -> dict[str, bool]:
    """Whether each channel says yes to every question of a skill; a channel that is not asked is absent."""
    answers = judge("adherence", image, spec)["all_correct"].evidence["answers"]
    mine = [answer for answer in answers if answer["skill"] == skill]
    return {
        channel: all(answer[channel] > EVEN for answer in mine)
        for channel in ("credit", "second")
        if all(answer[channel] is not None for answer in mine)
    }


def _draw_spec(family: str, rng: Random) -> PromptSpec:
    return next(found for found in ADHERENCE_FAMILIES if found.name == family).draw(rng)


def _painted(scene: Scene, rng: Random) -> Image.Image:
    return draw(scene, rng=np.random.default_rng(rng.randrange(2**32)), size=SIDE).image


def _violated(skill: str, spec: PromptSpec, rng: Random) -> Scene:
    """Return the scene with this one thing wrong."""
    scene, first = spec.scene, spec.scene.objects[0]
    if skill == "relation" and scene.relation:
        return replace(scene, relation=replace(scene.relation, predicate=OPPOSITE[scene.relation.predicate]))
    if skill == "background":
        taken = {scene.background, *(group.colour for group in scene.objects)}
        return replace(
            scene, background=rng.choice([c for c in ("yellow", "blue", "black", "white") if c not in taken])
        )
    if skill == "absence":
        return replace(
            scene, objects=(*scene.objects, ObjectGroup(spec.absent[0], _other_colour(scene, rng)))
        )
    changes = {
        "shape": {"shape": rng.choice([s for s in SHAPES if s not in {g.shape for g in scene.objects}])},
        "colour": {"colour": _other_colour(scene, rng)},
        "count": {"count": first.count + rng.choice((-1, 1))},
        "size": {"size": "large" if first.size == "small" else "small"},
    }
    return replace(scene, objects=(replace(first, **changes[skill]), *scene.objects[1:]))  # type: ignore[arg-type]


def _other_colour(scene: Scene, rng: Random) -> str:
    taken = {scene.background, *(group.colour for group in scene.objects)}
    return rng.choice([colour for colour in _COLOURS if colour not in taken])
