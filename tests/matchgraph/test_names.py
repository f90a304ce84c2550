"""Names: exact ones, misspelt ones, ones inside a sentence, and what must not pass for a name."""

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from matchgraph.search.names import NameMatch, longest, name_hits
from matchgraph.services.lexicon import sync_names
from matchgraph.texts import edit_distance, normalised, trigrams
from tests.builders import make_artifact


@pytest.fixture
def names(db: None) -> None:
    make_artifact(
        "flux-1-schnell", name="FLUX.1 [schnell]", aliases=["flux schnell"], hub_id="acme/FLUX.1-schnell"
    )
    make_artifact("flux-1-dev", name="FLUX.1 [dev]", aliases=["flux", "flux dev"])
    make_artifact("flux-2-dev", name="FLUX.2 [dev]", aliases=["flux 2"])
    make_artifact(
        "stable-diffusion-webui", name="Stable Diffusion web UI", aliases=["automatic1111", "a1111"]
    )
    make_artifact("sdnext", name="SD.Next")
    sync_names()


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("query", "slug", "match"),
    [
        ("flux schnell", "flux-1-schnell", NameMatch.EXACT),
        ("FLUX.1-schnell", "flux-1-schnell", NameMatch.EXACT),
        ("acme/FLUX.1-schnell", "flux-1-schnell", NameMatch.EXACT),
        ("Flux.1 schnell", "flux-1-schnell", NameMatch.EXACT),
        ("flux schnel", "flux-1-schnell", NameMatch.NEAR),
        ("flux shcnell", "flux-1-schnell", NameMatch.NEAR),
        ("sd next", "sdnext", NameMatch.EXACT),
        ("sdnxt", "sdnext", NameMatch.NEAR),
        ("automatik1111", "stable-diffusion-webui", NameMatch.NEAR),
        ("A1111", "stable-diffusion-webui", NameMatch.EXACT),
        ("stabel difusion webui", "stable-diffusion-webui", NameMatch.NEAR),
        ("flux schnell for posters", "flux-1-schnell", NameMatch.MENTIONED),
        ("lora for flux 2", "flux-2-dev", NameMatch.MENTIONED),
    ],
)
def test_best_name(query: str, slug: str, match: NameMatch) -> None:
    best = name_hits(query)[0]
    assert (best.slug, best.match) == (slug, match)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    "query",
    ["flux 3 dev", "web ui for stable diffusion on amd", "next", "remove a person from a photo", "???", "a"],
)
def test_what_is_no_name(query: str) -> None:
    assert [hit.text for hit in name_hits(query) if hit.match != NameMatch.MENTIONED] == []


@pytest.mark.usefixtures("names")
def test_a_wrong_digit_is_another_version_and_the_right_one_is_first() -> None:
    assert next((hit.slug, hit.match) for hit in name_hits("flux 2 dev")) == ("flux-2-dev", NameMatch.EXACT)
    assert not [
        hit for hit in name_hits("flux 1 schnell") if hit.slug == "flux-2-dev" and hit.match != "mentioned"
    ]


@pytest.mark.usefixtures("names")
def test_the_longer_name_wins() -> None:
    assert {hit.text for hit in name_hits("flux schnell for posters")} == {"flux schnell", "flux"}
    assert {hit.text for hit in longest(name_hits("flux schnell for posters"))} == {"flux schnell"}


@pytest.mark.usefixtures("names")
def test_names_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        name_hits("flux schnel for posters with many other words in the sentence")


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("sdnext", "sdnxet", 1),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
        ("abc", "acb", 1),
    ],
)
def test_edit_distance(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == edit_distance(second, first) == distance


def test_normalised_names() -> None:
    assert normalised("FLUX.1 [schnell]") == "flux 1 schnell"
    assert normalised("Größe  naïve\tSD_XL") == "grosse naive sd xl"
    assert trigrams("sd xl") == trigrams("sdxl")
