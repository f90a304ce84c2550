"""The standard suites: as large as declared, natural, answerable, and each foil wrong in one thing alone."""

import itertools
from collections import Counter

import pytest
from django.conf import settings

from evaluation.bundled.clip_tokens import MOST_TOKENS, count_clip_tokens
from evaluation.suites.questions import questions
from evaluation.suites.read import read_suite
from evaluation.suites.schema import PromptEntry
from evaluation.suites.spec import PromptSpec
from evaluation.suites.world.ask import OPPOSITE, foil_ask, wording
from evaluation.suites.world.atoms import atoms_of, with_atom
from evaluation.suites.world.describe import FEWEST_LONG, MOST_LONG
from evaluation.suites.world.scene import World
from evaluation.suites.world.write import LONGER_THAN_CLIP

SUITES = {
    slug: read_suite(settings.SUITES_DIR / slug)
    for slug in ("text-rendering", "prompt-adherence", "anatomy", "showcase")
}
PROMPTS = [(slug, prompt) for slug, file in SUITES.items() for prompt in file.prompts]
# Whoever changes a prompt, a question or a foil changes its suite's version with it.
PINNED = {
    "anatomy": ("2.1", "1fd60eedc04a761f"),
    "prompt-adherence": ("2", "8f733a4810bf4931"),
    "showcase": ("1", "bce35f1d24199a00"),
    "text-rendering": ("2", "9a81bd281cef677d"),
}


def world_of(prompt: PromptEntry) -> World:
    world = PromptSpec.from_dict(prompt.spec).world
    assert world is not None
    return world


def n_words(prompt: PromptEntry) -> int:
    return len(prompt.text.split())


@pytest.mark.parametrize(
    ("slug", "n_prompts", "n_seeds"),
    [("text-rendering", 300, 2), ("prompt-adherence", 400, 2), ("anatomy", 300, 2), ("showcase", 60, 4)],
)
def test_suites_have_the_declared_size(slug: str, n_prompts: int, n_seeds: int) -> None:
    header, prompts = SUITES[slug].header, SUITES[slug].prompts
    assert (len(prompts), header.seeds_per_prompt) == (n_prompts, n_seeds)
    assert Counter(prompt.stratum for prompt in prompts) == header.strata


@pytest.mark.parametrize("slug", SUITES)
def test_what_a_loaded_suite_asks_is_pinned(slug: str) -> None:
    file = SUITES[slug]
    assert (file.header.version, file.digest[:16]) == PINNED[slug], "changed prompts need a new version"


def test_no_two_prompts_are_equal() -> None:
    texts = Counter(prompt.text for _, prompt in PROMPTS)
    assert [text for text, n in texts.items() if n > 1] == []


@pytest.mark.parametrize("slug", SUITES)
def test_every_beginning_is_spread_over_the_strata(slug: str) -> None:
    prompts, header = SUITES[slug].prompts, SUITES[slug].header
    first = {prompt.stratum for prompt in prompts[: len(header.strata)]}
    assert first == set(header.strata)


def test_every_atom_has_one_question_and_each_of_its_foils_differs_in_it_alone() -> None:
    for slug, prompt in PROMPTS:
        world, asked = world_of(prompt), questions(PromptSpec.from_dict(prompt.spec))
        atoms = atoms_of(world)
        assert [question.atom for question in asked] == list(atoms), (slug, prompt.key)
        for question in asked:
            said = wording(world, question.atom)
            assert (question.skill, question.words, question.ask) == (said.skill, said.words, said.ask)
            assert question.foil_values, (slug, prompt.key, question.key)
            for value, ask in zip(question.foil_values, question.foil_asks, strict=True):
                foil = with_atom(world, question.atom, value)
                changed = {path for path, was in atoms.items() if atoms_of(foil).get(path) != was}
                assert changed == {question.atom}, (slug, prompt.key, question.key)
                assert ask == foil_ask(world, question.atom, foil) != question.ask


def test_questions_come_after_their_parents_and_keys_are_unique() -> None:
    for slug, prompt in PROMPTS:
        keys: list[str] = []
        for question in questions(PromptSpec.from_dict(prompt.spec)):
            assert question.parent is None or question.parent in keys, (slug, prompt.key)
            assert question.key not in keys, (slug, prompt.key)
            keys.append(question.key)


def test_texts_to_paint_stand_in_the_prompt_letter_for_letter() -> None:
    for slug, prompt in PROMPTS:
        for text in PromptSpec.from_dict(prompt.spec).asked_texts:
            assert f'"{text}"' in prompt.text, (slug, prompt.key)
            assert '"' not in text
            assert "{" not in text


def test_no_asked_text_is_asked_for_twice_in_one_picture() -> None:
    for _, prompt in PROMPTS:
        texts = PromptSpec.from_dict(prompt.spec).asked_texts
        assert len(set(texts)) == len(texts), prompt.key


def test_the_text_suite_covers_its_grid() -> None:
    cells = Counter(
        (prompt.tags[2], prompt.tags[3], prompt.tags[4])
        for prompt in SUITES["text-rendering"].prompts
        if prompt.stratum not in ("Cyrillic", "Chinese, Japanese, Korean")
    )
    lengths = ("1 to 2 words", "3 to 6 words", "7 to 15 words", "16 to 40 words")
    kinds = ("dictionary", "pseudo", "numbers", "mixed", "diacritics")
    regions = ("1 region", *(f"{n} regions" for n in range(2, 6)))
    impossible = {(n, "1 to 2 words") for n in regions[2:]}
    grid = {cell for cell in itertools.product(regions, lengths) if cell not in impossible}
    assert cells == {(kind, *cell): 3 for kind in kinds for cell in grid}


def test_texts_are_as_long_as_their_prompt_says() -> None:
    for prompt in SUITES["text-rendering"].prompts:
        if prompt.stratum != "Chinese, Japanese, Korean":
            fewest, most = (int(word) for word in prompt.tags[4].split() if word.isdigit())
            texts = PromptSpec.from_dict(prompt.spec).asked_texts
            assert fewest <= sum(len(text.split()) for text in texts) <= most, prompt.key


def test_the_adherence_suite_has_one_to_ten_atoms_and_a_quarter_long_prompts() -> None:
    for prompt in SUITES["prompt-adherence"].prompts:
        n_atoms = len(atoms_of(world_of(prompt)))
        if prompt.stratum == "long":
            assert 6 <= n_atoms <= 10
            assert FEWEST_LONG <= n_words(prompt) <= MOST_LONG, prompt.key
        else:
            assert prompt.stratum.split()[0] == str(n_atoms)
            assert n_words(prompt) < FEWEST_LONG


def test_the_adherence_suite_asks_for_every_skill_often_enough_to_report_it() -> None:
    skills = Counter(
        question["skill"]
        for prompt in SUITES["prompt-adherence"].prompts
        for question in prompt.spec["questions"]
    )
    for skill in (
        "object",
        "count",
        "colour",
        "material",
        "pattern",
        "size",
        "relation",
        "action",
        "absence",
    ):
        assert skills[skill] >= 40, skills
    predicates = Counter(
        relation["predicate"]
        for prompt in SUITES["prompt-adherence"].prompts
        for relation in prompt.spec["world"].get("relations", ())
    )
    for predicate in OPPOSITE:
        assert predicates[predicate] >= 8, predicates
    counts = {
        thing["count"]
        for prompt in SUITES["prompt-adherence"].prompts
        for thing in prompt.spec["world"]["things"]
        if "count" in thing
    }
    assert counts == set(range(1, 8))


def test_colours_in_one_scene_can_be_told_apart() -> None:
    for prompt in SUITES["prompt-adherence"].prompts:
        colours = [thing.colour for thing in world_of(prompt).things if thing.colour]
        assert len(set(colours)) == len(colours), prompt.key


def test_four_in_five_pictures_of_anatomy_are_photographs() -> None:
    styles = Counter(prompt.spec["world"]["style"] for prompt in SUITES["anatomy"].prompts)
    assert 0.75 <= styles["photo"] / 300 <= 0.85


def test_prompts_beyond_the_window_of_clip_are_tagged() -> None:
    for _, prompt in PROMPTS[::7]:
        is_longer = count_clip_tokens(prompt.text) > MOST_TOKENS
        assert is_longer == (LONGER_THAN_CLIP in prompt.tags), prompt.key
    assert all(LONGER_THAN_CLIP in p.tags for p in SUITES["prompt-adherence"].prompts if p.stratum == "long")
