"""A search from end to end: order, reasons, what is not known, weak matches, and what it costs."""

import pytest
from django.db import DatabaseError
from pytest_django.fixtures import DjangoAssertNumQueries

from catalog.models import Artifact, Category
from matchgraph.embedders.configured import EmbedderMissingError
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.models import Impression, SearchEvent
from matchgraph.search import ConstraintKind, Fit, retrieval, search
from matchgraph.services.build import build_matchgraph
from tests.builders import make_artifact, make_capability, make_offer, make_publisher
from tests.matchgraph.conftest import CountingEmbedder

pytestmark = pytest.mark.django_db

# One each for names, words, the generation, meaning, what visitors took, candidates, artifacts and capability texts.
TEXT_QUERIES = 8


@pytest.fixture
def catalogue(embedder: CountingEmbedder) -> None:
    painter = make_artifact("painter", name="Painter", aliases=["paintr pro"], memory_gb="8")
    make_capability(painter, "Text rendering", description="Puts readable words on posters.")
    make_capability(painter, "Inpainting", description="Removes people from photos.")
    closed = make_artifact("closed-painter", name="Closed Painter", openness="api-only")
    make_capability(closed, "Text rendering", description="Puts readable words on posters.")
    editor = make_artifact("editor", name="Photo Editor", kind="repository")
    make_capability(editor, "Inpainting", description="Removes people from photos.")
    tiny = make_artifact("tiny", name="Tiny Painter", is_demonstration=True)
    make_capability(tiny, "Text rendering", description="Puts readable words on posters.")
    build_matchgraph(embedder)


@pytest.mark.usefixtures("catalogue")
def test_the_capability_that_matches_is_named_with_its_words() -> None:
    first, *_ = search("readable words on a poster").results
    assert first.matched_capability is not None
    assert first.matched_capability.name == "Text rendering"
    assert any("Text rendering: close in meaning" in reason for reason in first.why)
    assert any("readable" in reason and "words" in reason for reason in first.why)
    assert 0 < first.score <= 1


@pytest.mark.usefixtures("catalogue")
def test_constraints_leave_out_what_violates_them_and_are_named() -> None:
    page = search("readable words on a poster, open weights, 8 GB card")
    slugs = [result.slug for result in page.results]
    assert slugs[0] == "painter"
    assert "closed-painter" not in slugs
    assert [item.kind for item in page.constraints] == [ConstraintKind.OPEN_WEIGHTS, ConstraintKind.MEMORY]
    assert page.residual == "readable words on a poster"
    assert {"Weights are open", "Runs in 8 GB"} <= set(page.results[0].why)


@pytest.mark.usefixtures("catalogue")
def test_what_is_not_known_is_kept_labelled_and_lower() -> None:
    results = {result.slug: result for result in search("remove people from photos on 8 GB").results}
    assert results["editor"].not_known == ("Memory needed: not known",)
    assert results["painter"].not_known == ()
    assert results["painter"].score > results["editor"].score


@pytest.mark.usefixtures("catalogue")
def test_memory_that_is_not_known_weighs_more_than_another_unknown() -> None:
    (memory,) = (r for r in search("remove people from photos on 8 GB").results if r.slug == "editor")
    (use,) = (r for r in search("remove people from photos, commercial use").results if r.slug == "editor")
    assert memory.confidence == Fit.LOW
    assert memory.score < use.score * 0.7


@pytest.mark.usefixtures("catalogue")
def test_a_model_that_cannot_fit_is_left_out_unless_named_and_then_says_why() -> None:
    Artifact.objects.filter(slug="editor").update(parameter_count=20_000_000_000)
    assert "editor" not in {r.slug for r in search("remove people from photos on 8 GB").results}
    named = {r.slug: r for r in search("photo editor on 8 GB").results}
    assert named["editor"].not_known == ("20B parameters need at least 10 GB even at 4 bits",)
    assert named["editor"].confidence == Fit.LOW


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("status", ["deprecated", "archived"])
def test_what_was_given_up_comes_after_the_others_unless_named(status: str) -> None:
    Artifact.objects.filter(slug="painter").update(status=status)
    page = search("readable words on a poster")
    assert [r.slug for r in page.results[:2]] == ["closed-painter", "painter"]
    assert (page.n_known, page.results[1].is_given_up) == (1, True)
    assert search("painter").results[0].slug == "painter"
    assert not search("painter").results[0].is_given_up


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    "query", ["painter", "Painter", "paintr pro", "paintr", "Photo Editor", "photo editr"]
)
def test_a_name_comes_first(query: str) -> None:
    expected = "editor" if "hoto" in query else "painter"
    first, *_ = search(query).results
    assert (first.slug, first.confidence) == (expected, Fit.HIGH)


@pytest.mark.usefixtures("catalogue")
def test_demonstration_models_are_found_by_name_alone() -> None:
    assert "tiny" not in {result.slug for result in search("readable words on a poster").results}
    assert search("tiny painter").results[0].slug == "tiny"


@pytest.mark.usefixtures("catalogue")
def test_like_another_artifact() -> None:
    page = search("like painter but open weights")
    assert page.constraints[0].value == "painter"
    assert [result.slug for result in page.results] == ["editor"]
    assert page.results[0].why[0] == "Shares 1 capability with Painter"


@pytest.mark.usefixtures("catalogue")
def test_what_is_for_the_same_use_is_alike_without_a_shared_word(embedder: HashingEmbedder) -> None:
    shelf = Category.objects.create(slug="text-to-image", name="Text to image")
    house = make_artifact("house", name="House", kind="product", openness="api-only")
    make_capability(house, "Strong house style")
    house.categories.add(shelf)
    painter = Artifact.objects.get(slug="painter")
    painter.categories.add(shelf)
    build_matchgraph(embedder)
    page = search("like house but free")
    assert [result.slug for result in page.results] == ["painter"]
    assert page.results[0].why[0] == "For the same use as House: Text to image"


@pytest.mark.usefixtures("catalogue")
def test_what_is_known_to_meet_a_constraint_comes_first_and_the_rest_is_counted(
    embedder: HashingEmbedder,
) -> None:
    make_capability(make_artifact("words", name="Words"), "Readable words on a poster", description="On it.")
    build_matchgraph(embedder)
    page = search("readable words on a poster, 8 GB")
    assert [result.slug for result in page.results[:2]] == ["painter", "words"]
    assert page.n_known == 1
    assert page.results[1].not_known


@pytest.mark.usefixtures("catalogue")
def test_the_cheapest_comes_first_and_no_price_last(embedder: HashingEmbedder) -> None:
    for slug, price in (("dear", "0.08"), ("cheap", "0.002"), ("unpriced", None)):
        artifact = make_artifact(slug, openness="api-only")
        make_capability(artifact, "Text rendering", description="Puts readable words on posters.")
        if price:
            make_offer(artifact, price)
    build_matchgraph(embedder)
    page = search("cheapest api for 10000 posters with readable words")
    assert [result.slug for result in page.results[:2]] == ["cheap", "dear"]
    assert page.constraints[0].label == "Cheapest first, for 10,000 pictures"
    assert "From $2.00 per 1,000 pictures: $20.00 for 10,000 pictures" in page.results[0].why
    unpriced = next(result for result in page.results if result.slug == "unpriced")
    assert unpriced.not_known == ("Price per picture not known",)


@pytest.mark.usefixtures("catalogue")
def test_where_nothing_fits_it_says_what_would_have_to_give() -> None:
    make_artifact("licensed", licence_id="MIT", licence_name="MIT")
    page = search("readable words on a poster, mit license, under 1b parameters, dataset")
    assert page.is_weak
    assert page.relaxations == ()
    page = search("dataset of readable words on a poster")
    assert page.is_weak
    assert [(item.constraint.value, item.slug) for item in page.relaxations] == [("dataset", "painter")]
    assert page.relaxations[0].n_more >= 1


@pytest.mark.usefixtures("catalogue")
def test_a_name_that_is_not_wanted_is_left_out() -> None:
    assert "painter" in {result.slug for result in search("readable words on a poster").results}
    page = search("readable words on a poster, not painter")
    assert "painter" not in {result.slug for result in page.results}
    assert page.constraints[0].kind == ConstraintKind.NOT


@pytest.mark.usefixtures("catalogue")
def test_what_a_publisher_makes_can_be_left_out() -> None:
    google, research = make_publisher("google", name="Google"), make_publisher("gr", name="Google Research")
    qwen = make_publisher("alibaba-qwen", name="Qwen (Alibaba)")
    for slug, publisher in (("g-one", google), ("g-two", research), ("q-one", qwen)):
        make_artifact(slug, publisher=publisher, openness="open-weights")
    assert shown("open weights") >= {"g-one", "g-two", "q-one", "painter"}
    assert shown("open weights, not from google") >= {"q-one", "painter"}
    assert not shown("open weights, no google") & {"g-one", "g-two"}
    assert shown("open weights, nothing by google or alibaba") == {"editor", "painter"}
    assert search("open weights, no alibaba").constraints[1].label == "Not from Alibaba"
    assert len(search("open weights, no goo").constraints) == 1


def shown(query: str) -> set[str]:
    """Return the slugs of what a search shows."""
    return {result.slug for result in search(query).results}


@pytest.mark.usefixtures("catalogue")
def test_constraints_alone_list_what_meets_them() -> None:
    page = search("open weights")
    assert [result.slug for result in page.results] == ["editor", "painter"]
    assert {result.confidence for result in page.results} == {Fit.HIGH}
    assert not page.is_weak


@pytest.mark.usefixtures("catalogue")
def test_constraints_that_nothing_meets_are_a_weak_answer() -> None:
    page = search("open weights under 1b parameters, mit license, closed-painter")
    assert all(result.slug != "closed-painter" for result in page.results)
    assert search("dataset for commercial use").is_weak


@pytest.mark.usefixtures("catalogue")
def test_nothing_fits_is_said_and_the_nearest_are_listed() -> None:
    page = search("quarterly tax return in Portugal")
    assert page.is_weak
    assert all(result.confidence == Fit.LOW for result in page.results)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["", "   ", "???", "'; DROP TABLE x; --", "%s %(x)s", "\x00", "é" * 1_000])
def test_any_text_is_answered(query: str) -> None:
    page = search(query, visitor="ann")
    assert page.query == " ".join(query.replace("\x00", "").split())[:400]
    assert bool(page.event_id) == bool(page.query)


def test_an_empty_catalogue_is_answered(embedder: CountingEmbedder) -> None:
    assert search("readable words").results == ()
    build_matchgraph(embedder)
    assert search("readable words").results == ()


@pytest.mark.usefixtures("catalogue")
def test_without_an_encoder_search_goes_by_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> None:
        raise EmbedderMissingError("no sentence encoder")

    monkeypatch.setattr(retrieval, "configured_embedder", missing)
    assert search("readable words on a poster").results[0].matched_capability is not None
    assert "Search goes by words alone: no sentence encoder" in caplog.text


@pytest.mark.usefixtures("catalogue")
def test_a_search_is_written_down_with_its_places() -> None:
    page = search("readable words on a poster, open weights", visitor="ann")
    assert page.event_id is not None
    event = SearchEvent.objects.get(pk=page.event_id)
    assert (event.visitor, event.n_results, event.is_weak) == ("ann", len(page.results), page.is_weak)
    assert event.constraints_parsed[0]["kind"] == "open-weights"
    shown = Impression.objects.filter(event=event).order_by("position")
    assert [item.artifact_id for item in shown] == [result.artifact_id for result in page.results]
    assert [item.position for item in shown] == list(range(1, len(page.results) + 1))


@pytest.mark.usefixtures("catalogue")
def test_without_a_visitor_nothing_is_written_down() -> None:
    assert search("readable words").event_id is None
    assert not SearchEvent.objects.exists()


@pytest.mark.usefixtures("catalogue")
def test_a_search_that_cannot_be_written_down_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(Impression.objects, "bulk_create", fail)
    page = search("readable words", visitor="ann")
    assert page.results
    assert page.event_id is None
    assert "could not be written down" in caplog.text
    assert not SearchEvent.objects.exists()


@pytest.mark.parametrize("n_artifacts", [1, 25])
def test_the_number_of_queries_does_not_grow(
    embedder: CountingEmbedder, django_assert_num_queries: DjangoAssertNumQueries, n_artifacts: int
) -> None:
    for number in range(n_artifacts):
        artifact = make_artifact(f"painter-{number}")
        for name in ("Text rendering", "Inpainting", "Outpainting"):
            make_capability(artifact, name)
    build_matchgraph(embedder)
    with django_assert_num_queries(TEXT_QUERIES):
        search("text rendering")
    # The artifacts that constraints allow, and the write with its savepoint, come on top.
    with django_assert_num_queries(TEXT_QUERIES + 1):
        search("text rendering, open weights")
    with django_assert_num_queries(TEXT_QUERIES + 5):
        search("text rendering", visitor="ann")


def test_a_price_per_picture_lists_those_who_sell_pictures_first(embedder: HashingEmbedder) -> None:
    make_artifact("free", name="Free", rank_score="90", rank_low="80", rank_high="95")
    make_offer(make_artifact("sold", name="Sold", openness="api-only"), "0.01")
    make_artifact("bench", name="Bench", kind="benchmark")
    build_matchgraph(embedder)
    page = search("under $0.02 per image")
    assert [result.slug for result in page.results] == ["sold", "free"]
    assert [result.why for result in page.results] == [("From $0.01 a picture",), ("Free to run yourself",)]
    assert page.n_known == 2


def test_a_volume_says_what_it_costs_and_the_cheapest_comes_first(embedder: HashingEmbedder) -> None:
    shelf = Category.objects.create(slug="text-to-image", name="Text to image")
    for slug, amount in (("dear", "0.04"), ("cheap", "0.0013")):
        artifact = make_artifact(slug, name=slug.title(), openness="api-only")
        make_offer(artifact, amount)
        artifact.categories.add(shelf)
    build_matchgraph(embedder)
    page = search("cheapest API for 50,000 pictures a month")
    assert [result.slug for result in page.results] == ["cheap", "dear"]
    assert "From $1.30 per 1,000 pictures: $65.00 for 50,000 pictures" in page.results[0].why
    volume = search("50,000 pictures a month")
    assert (volume.constraints[0].label, volume.residual) == ("50,000 pictures a month", "")
    assert volume.n_known == 2
    assert not any(result.not_known for result in volume.results)
