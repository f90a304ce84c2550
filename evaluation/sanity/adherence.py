"""Does the adherence scorer tell a scene from the same scene with one thing changed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

import numpy as np
from django.conf import settings
from PIL import Image

from evaluation.bundled.drawing import draw
from evaluation.bundled.specs import ObjectGroup, Scene
from evaluation.bundled.vocabulary import SHAPES
from evaluation.sanity.base import PUBLISHED, SIDE, Check, Gate, at_least, at_most, blanks, judge
from evaluation.scorers.answers import EVEN
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
    """Yield the checks of the scorer of drawings."""
    yield from _check_scenes("adherence", scale=scale)


def check_judged(*, scale: int = 1) -> Iterator[Check]:
    """Yield the checks of the judge, on the same scenes; nothing where no judge is set up."""
    if settings.JUDGE_MODEL:
        yield from _check_scenes("adherence-judged", scale=scale)


def _check_scenes(scorer: str, *, scale: int) -> Iterator[Check]:
    """Yield two or three checks per skill, and those on pictures that show nothing or something else."""
    rng = Random(5)  # noqa: S311 - reproducible, not secret
    for skill in _FAMILY_OF:
        yield from _one_violated(scorer, skill, rng, n_scenes=_PER_SKILL * scale)
    yield _blank(scorer, rng)
    yield _shuffled(scorer, rng)


def _one_violated(scorer: str, skill: str, rng: Random, *, n_scenes: int) -> Iterator[Check]:
    """Balanced accuracy and bias of the skill's answer: yes on the scene as asked, no where it is violated.

    The second channel is measured on the same pictures.
    """
    said_by_truth: list[tuple[bool, dict[str, float]]] = []
    for _ in range(n_scenes):
        spec = _draw_spec(_FAMILY_OF[skill], rng)
        said_by_truth.append((True, _credits(scorer, skill, _painted(spec.scene, rng), spec)))
        said_by_truth.append(
            (False, _credits(scorer, skill, _painted(_violated(skill, spec, rng), rng), spec))
        )
    for channel, words, gate in (
        ("credit", "balanced accuracy", at_least(0.95)),
        ("second", "second channel, balanced accuracy", PUBLISHED),
    ):
        right = [(said[channel] > EVEN) == truth for truth, said in said_by_truth if channel in said]
        if right:
            value = float(np.mean(right))
            yield Check(scorer, "one-violated", f"{words}, {skill}", value, gate, len(right))
    bias = abs(float(np.mean([said["credit"] for _, said in said_by_truth])) - EVEN)
    # As many scenes are right as wrong: a mean away from one half is an inclination to one answer.
    yield Check(
        scorer, "one-violated", f"bias to one answer, {skill}", bias, at_most(0.03), len(said_by_truth)
    )


def _blank(scorer: str, rng: Random) -> Check:
    specs = [_draw_spec("two-objects", rng) for _ in range(6)]
    values = _values(scorer, "adherence", blanks(seed=5), specs)
    return Check(scorer, "blank", "mean credit for blank and noise", *_mean(values))


def _shuffled(scorer: str, rng: Random) -> Check:
    """A picture of another prompt must not be all right; single things in it may be."""
    families = ("two-objects", "relation-above", "count-4", "two-objects-2-1")
    specs = [_draw_spec(family, rng) for family in families * 5]
    images = [_painted(spec.scene, rng) for spec in specs[1:] + specs[:1]]
    values = _values(scorer, "all_correct", images, specs)
    return Check(scorer, "shuffled", "everything right in another prompt's picture", *_mean(values))


def _values(scorer: str, metric: str, images: list[Image.Image], specs: list[PromptSpec]) -> list[float]:
    return [judge(scorer, i, s)[metric].value or 0.0 for i, s in zip(images, specs, strict=True)]


def _mean(values: list[float]) -> tuple[float, Gate, int]:
    return float(np.mean(values)), at_most(0.05), len(values)


def _credits(scorer: str, skill: str, image: Image.Image, spec: PromptSpec) -> dict[str, float]:
    """Return each channel's least credit for the questions of a skill; a channel that is not asked is absent."""
    answers = judge(scorer, image, spec)["all_correct"].evidence["answers"]
    mine = [answer for answer in answers if answer["skill"] == skill]
    return {
        channel: min(answer[channel] for answer in mine)
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
