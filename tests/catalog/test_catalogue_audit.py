"""What the shipped catalogue may claim: numbers that somebody stated, names that stand once, ties that fit."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from django.conf import settings
from django.core.management import call_command

from catalog.licences import known_licence
from catalog.seed.read import Names, read_catalogue
from catalog.seed.schema import ArtifactEntry, CapabilityEntry
from catalog.selectors import catalogue_coverage
from catalog.selectors.coverage import UNOPENED

# The best known besides the five conceived, and why; each is described to the same standard as those.
BEST_KNOWN = {
    "ai-toolkit": "the usual trainer of LoRAs for FLUX and what came after",
    "comfyui": "the node editor that new models support first",
    "controlnet": "the paper and weights that pose and edge control go back to",
    "diffusers": "the library that nearly every open model is published for",
    "flux-1-dev": "most liked open-weight image model on Hugging Face",
    "flux-1-schnell": "the FLUX model that may be used commercially",
    "flux-2-dev": "the weights of the FLUX.2 generation",
    "flux-2-flex": "FLUX.2 with steps and guidance to set, by API",
    "flux-2-klein-4b": "FLUX.2 under Apache-2.0 for consumer cards",
    "flux-2-klein-9b": "the larger small FLUX.2",
    "flux-2-max": "the best FLUX.2, by API",
    "flux-2-pro": "the FLUX.2 that most hosts sell",
    "fooocus": "the interface for people who want to type and draw",
    "hidream-i1-full": "the strongest open model of its spring under MIT",
    "invokeai": "the interface with a canvas and layers",
    "ip-adapter": "the adapter that made pictures into prompts",
    "kohya-ss-sd-scripts": "the scripts under most LoRA trainers",
    "kolors": "the Chinese and English model of 2024",
    "playground-v2-5": "the aesthetic SDXL-size model",
    "qwen-image": "the open model known for Chinese and English lettering",
    "real-esrgan": "the upscaler that every interface carries",
    "sana-1-6b": "the fast model with a high compression autoencoder",
    "sdxl-base-1-0": "most downloaded open image model",
    "sdxl-turbo": "the first one-step model that many used",
    "stable-diffusion-1-5": "the model that most LoRAs were made for",
    "stable-diffusion-3-5-large-turbo": "Stable Diffusion 3.5 in four steps",
    "stable-diffusion-3-5-medium": "Stable Diffusion 3.5 for consumer cards",
    "stable-diffusion-webui": "the interface that most people began with",
    "stable-diffusion-webui-forge": "its faster fork",
    "z-image-turbo": "the small model that leads open models in arenas",
}
UNITS = (
    "%|B|M|K|billion|million|thousand|GB|MB|bits?|steps?|pixels?|megapixels?|seconds?|minutes?|hours?|tokens?|"
    "images?|pictures?|photos?|languages?|prompts?|parameters?|cents?|dollars?"
)
FIGURE = re.compile(
    rf"(?<![\w.-])\$?\d[\d,.]*(?:\s?[×x]\s?\d+)?[\s-](?:{UNITS})\b|(?<![\w.-])\$\d|(?<![\w.-])0\.\d+|"
    r"(?<![\w.-])\d[\d.]*\s?%|\d,\d{3}|(?<![\w.-])\d+[BM]\b",
    re.IGNORECASE,
)
# Numbers that belong to a name, a version or a year are no measurements.
NAMING = re.compile(r"\b(?:version|of) \d+\.\d+|\b(?:19|20)\d\d\b|\b[A-Z]\w+-[\d.]+[BM]\b", re.IGNORECASE)
# Licences and terms that were not read, or say nothing on pictures: no answer is better than a guess.
UNANSWERED = {
    "LicenseRef-AWS-Service-Terms",
    "LicenseRef-Alibaba-Cloud-Model-Studio-terms",
    "LicenseRef-BytePlus-Terms-of-Service",
    "LicenseRef-Fair-AI-Public-License-1.0-SD",
    "LicenseRef-Ideogram-4-Non-Commercial",
    "LicenseRef-Microsoft-Product-Terms",
    "LicenseRef-NSCL-v2-custom",
    "LicenseRef-SAI-NC-Community",
}
INVERSE = {"runs", "fine-tuned-from", "finetuned-from", "distilled-from", "quantised-from", "successor-of"}


@cache
def real() -> tuple[ArtifactEntry, ...]:
    """Return the shipped artifacts that are no demonstrations."""
    catalogue = read_catalogue([settings.CATALOGUE_DIR], known=Names())
    return tuple(entry for entry in catalogue.artifacts if not entry.is_demonstration)


@cache
def names() -> re.Pattern[str]:
    """Return a pattern of every name in the catalogue, longest first."""
    known = {name for entry in real() for name in (entry.name, *entry.aliases)}
    return re.compile(
        "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True)), re.IGNORECASE
    )


def figures(text: str) -> list[str]:
    """Return the numbers in a text that measure something."""
    return [match[0] for match in FIGURE.finditer(names().sub("", NAMING.sub("", text)))]


def is_opened(entry: ArtifactEntry, keys: tuple[str, ...]) -> bool:
    """Say whether one of the sources was read."""
    return any(not entry.sources[key].name.endswith(UNOPENED) for key in keys)


def said_of(capability: CapabilityEntry) -> Iterator[str]:
    """Yield what is said of a capability."""
    parts = (capability.description, capability.unique_aspect, capability.versus_alternatives)
    yield from (part for part in parts if part)
    yield from (*capability.limitations, *capability.requirements)


def said_of_all(entry: ArtifactEntry) -> Iterator[str]:
    """Yield what is said of an artifact as a whole."""
    yield from (entry.summary, entry.about, *entry.best_for, *entry.limitations, *entry.requirements)


def test_the_figures_are_found() -> None:
    assert figures("Draws on 24 GB in 28 steps, 1,632 prompts, 0.95 and 12 % better, a 4-bit, 7B") == [
        "24 GB",
        "28 steps",
        "1,632 prompts",
        "0.95",
        "12 %",
        "4-bit",
        "7B",
    ]
    assert figures("FLUX.1 [dev] of 2024 and version 0.3 beat Sana-1.6B") == []


@pytest.mark.parametrize("entry", real(), ids=lambda entry: entry.slug)
def test_every_figure_in_prose_rests_on_a_source_that_was_read(entry: ArtifactEntry) -> None:
    for capability in entry.capabilities:
        if not is_opened(entry, tuple(capability.sources)):
            for text in said_of(capability):
                assert not figures(text), text
    if not is_opened(entry, tuple(entry.sources)):
        for text in said_of_all(entry):
            assert not figures(text), text


def test_at_least_three_capabilities_with_intents_and_a_source_each() -> None:
    for entry in real():
        assert len(entry.capabilities) >= 3, entry.slug
        for capability in entry.capabilities:
            assert capability.intents, (entry.slug, capability.name)
            assert capability.sources, (entry.slug, capability.name)


@pytest.mark.parametrize("slug", BEST_KNOWN)
def test_the_best_known_are_described_like_the_conceived(slug: str) -> None:
    entry = next(entry for entry in real() if entry.slug == slug)
    assert len(entry.capabilities) >= 8
    assert any(capability.unique_aspect for capability in entry.capabilities)
    for capability in entry.capabilities:
        assert is_opened(entry, tuple(capability.sources)), capability.name
        assert capability.versus_alternatives, capability.name
        assert capability.best_for, capability.name
        assert capability.limitations, capability.name


def test_no_sentence_of_prose_is_told_of_two_artifacts() -> None:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for entry in real():
        texts = [entry.summary, entry.about]
        for capability in entry.capabilities:
            texts += [
                capability.description,
                capability.unique_aspect or "",
                capability.versus_alternatives or "",
            ]
        for sentence in (part for text in texts for part in re.split(r"(?<=[.!?])\s+", text.strip())):
            if len(sentence.split()) >= 5:
                told[sentence.casefold()].add(entry.slug)
    assert {sentence: slugs for sentence, slugs in told.items() if len(slugs) > 1} == {}


def test_no_two_artifacts_bear_nearly_the_same_name() -> None:
    """Names and slugs without case, spaces and punctuation stand once; Greek letters keep PixArt's two apart."""
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for entry in real():
        for name in (entry.slug, entry.name, *entry.aliases):
            bearers[re.sub(r"[\W_]", "", name.casefold())].add(entry.slug)
    assert {name: slugs for name, slugs in bearers.items() if len(slugs) > 1} == {}


def test_a_licence_outside_spdx_answers_both_questions() -> None:
    """May pictures be sold, and the work be used for money; what the licence leaves open is listed."""
    unanswered = set()
    for entry in real():
        licence = entry.licence
        if licence is not None and known_licence(licence.id) is None:
            assert licence.name, entry.slug
            is_open = licence.weights_commercial is None and entry.hub_id is not None
            if licence.outputs_commercial is None or is_open:
                unanswered.add(licence.id)
    assert unanswered <= UNANSWERED


def test_ties_lead_to_others_once_and_not_both_ways() -> None:
    ties = Counter(
        (entry.slug, relation.type, relation.to) for entry in real() for relation in entry.relations
    )
    assert [tie for tie, n in ties.items() if n > 1] == []
    for source, kind, target in ties:
        assert source != target, source
        if kind in INVERSE:
            assert (target, kind, source) not in ties, (source, kind, target)


def test_shares_of_sources_that_were_read_do_not_fall() -> None:
    """Named from general knowledge and never read: fewer of these with every reading, never more."""
    capabilities = [is_opened(entry, tuple(c.sources)) for entry in real() for c in entry.capabilities]
    facts = [is_opened(entry, (key,)) for entry in real() for key in entry.sourced.values()]
    licences = [is_opened(entry, (entry.licence.source,)) for entry in real() if entry.licence]
    offers = [is_opened(entry, (offer.source,)) for entry in real() for offer in entry.offers]
    counts = [is_opened(entry, (signal.source,)) for entry in real() for signal in entry.adoption]
    whole = [is_opened(entry, tuple(entry.sources)) for entry in real()]
    for name, found, least in (
        ("capabilities", capabilities, 0.70),
        ("facts", facts, 0.79),
        ("licences", licences, 0.63),
        ("offers", offers, 0.95),
        ("counts", counts, 1.0),
        ("artifacts", whole, 0.93),
    ):
        assert sum(found) / len(found) >= least, (name, sum(found), len(found))


@pytest.mark.django_db
def test_every_value_that_pages_show_has_a_source() -> None:
    call_command("load_catalogue")
    coverage = catalogue_coverage()
    assert coverage.n_sourced == coverage.n_values
    assert coverage.n_opened / coverage.n_values > 0.84
    assert sum(row.n_artifacts for row in coverage.kinds) == len(real())
